"""The pictures of the documentation: each is shown somewhere, said in words, and all of them are small together."""

import re

from rendering.programs import REPOSITORY

IMAGES = sorted((REPOSITORY / "docs" / "images").glob("*"))
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
MOST_BYTES = 400 * 1024


def shown():
    for page in PAGES:
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", page.read_text()):
            yield words, (page.parent / target).resolve()


def test_every_picture_is_shown_and_no_other_one():
    assert IMAGES
    assert {path for _, path in shown()} == set(IMAGES)


def test_every_picture_is_said_in_words():
    assert [path.name for words, path in shown() if len(words.split()) < 4] == []


def test_all_pictures_together_are_small():
    assert {path.suffix for path in IMAGES} == {".png"}
    assert sum(path.stat().st_size for path in IMAGES) <= MOST_BYTES
