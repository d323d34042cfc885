"""The source of the documentation's site: every page is reached, and what pages lead to is there."""

import posixpath
import re

import pytest

from panko import opts, policies
from rendering import references, site

READERS = ["You use the cloud", "You audit it", "You send events", "You run it", "You change it"]


@pytest.fixture(scope="module")
def made():
    return {name: content.decode() for name, content in site.files().items() if name.endswith(".md")}


@pytest.fixture(scope="module")
def names():
    return site.files().keys()


def contents(text):
    """The tables of contents of a page: pages by caption, in order."""
    found = re.findall(r"^```{toctree}\n.*?:caption: ([^\n]+)\n\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    return {caption: pages.splitlines() for caption, pages in found}


def test_every_page_is_in_the_navigation_once(made):
    listed = [f"{page}.md" for pages in contents(made["index.md"]).values() for page in pages]
    assert len(listed) == len(set(listed))
    assert set(listed) | {"index.md"} == made.keys()


def test_the_navigation_is_by_reader_as_the_index_is(made):
    assert list(contents(made["index.md"])) == [*READERS, "References", "Decisions", "Project"]
    assert contents(made["index.md"])["You use the cloud"][0] == "explore"


def test_what_pages_lead_to_is_part_of_the_site(made, names):
    for name, text in made.items():
        if name.startswith(f"{references.FOLDER}/"):  # they lead nowhere, and quote patterns
            continue
        for target in re.findall(r"\]\(([^)\s#]+)", text):
            if ":" not in target:
                assert posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) in names, (name, target)


def test_a_page_keeps_its_text(made):
    assert made["alerts.md"].replace("project/", "../") == (site.DOCS / "alerts.md").read_text()
    assert "decisions/)" not in made["index.md"]  # a folder, which a site cannot show


def test_every_page_has_one_title_at_its_top(made):
    for name, text in made.items():
        outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        titles = re.findall(r"^# .+$", outside, re.MULTILINE)
        assert len(titles) == 1, name
        assert outside.startswith(titles[0]), name


def test_references_are_made_of_the_code(made):
    text = {name: made[f"{references.FOLDER}/{name}"] for name in ("options.md", "policies.md", "openapi.md")}
    assert all(f"#{option.dest} =" in text["options.md"] for _, options in opts.list_opts() for option in options)
    assert all(f'"{rule.name}"' in text["policies.md"] for rule in policies.list_rules())
    assert '"/v2/events"' in text["openapi.md"]
    assert "## openstack event history" in made["reference/openstack.md"]
    assert "## kubectl panko status" in made["reference/kubectl.md"]
    assert "name: pankos.panko.openstack.org" in made["reference/definition.md"]
