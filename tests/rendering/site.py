"""The source of the documentation's site: the pages as they are in the repository, and references made of the code.

Pages keep their text. What they link to comes along, and stands where the site has a place for it; the navigation is
that of the tables in docs/index.md. `… site FOLDER` writes it all.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from rendering import programs, references

_TAKEN: Final = {"search.md": "searches.md"}  # Sphinx has pages of its own under these names
DOCS: Final = programs.REPOSITORY / "docs"
_LINK: Final = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_ROW: Final = re.compile(r"\]\(([^)\s#]+)\) \|$", re.MULTILINE)
_SECTION: Final = re.compile(r"^## (.+)$", re.MULTILINE)


def write(folder: Path) -> None:
    """Write the source into a folder."""
    for name, content in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def files() -> dict[str, bytes]:
    """Return every file of the source, by its place in the site."""
    found = {placed(path): path for path in sorted(DOCS.rglob("*.md"))}
    todo = list(found.values())
    while todo:
        for target in _led_to(todo.pop()):
            if target.is_file() and placed(target) not in found:
                found[placed(target)] = target
                todo += [target] if target.suffix == ".md" else []
    made = {name: _content(path) for name, path in found.items()}
    made |= {f"{references.FOLDER}/{name}": text.encode() for name, text in references.pages().items()}
    index = made["index.md"].decode() + _navigation(made)
    return {**made, "index.md": index.encode()}


def placed(path: Path) -> str:
    """Return where a file of the repository stands in the site: docs/ is its top."""
    inside = path.relative_to(programs.REPOSITORY)
    if inside.parts[0] != "docs":
        return f"project/{inside}"
    name = str(inside.relative_to("docs"))
    return _TAKEN.get(name, name)


def _led_to(page: Path) -> Iterator[Path]:
    for _, target in _LINK.findall(page.read_text()):
        name = target.partition("#")[0]
        if name and ":" not in name:
            yield (page.parent / name).resolve()


def _content(path: Path) -> bytes:
    if path.suffix != ".md":
        return path.read_bytes()
    here = PurePosixPath(placed(path)).parent

    def led(match: re.Match[str]) -> str:
        words, target = match.groups()
        name, hash_, anchor = target.partition("#")
        if not name or ":" in name:
            return match[0]
        found = (path.parent / name).resolve()
        if found.is_dir():  # a site has no folders to look into
            return words
        return f"[{words}]({_relative(placed(found), here)}{hash_}{anchor})"

    return _LINK.sub(led, path.read_text()).encode()


def _relative(target: str, folder: PurePosixPath) -> str:
    parts, above = PurePosixPath(target).parts, folder.parts
    shared = 0
    while shared < min(len(parts) - 1, len(above)) and parts[shared] == above[shared]:
        shared += 1
    return "/".join((*([".."] * (len(above) - shared)), *parts[shared:]))


def _navigation(made: Mapping[str, bytes]) -> str:
    """Return a table of contents for each section of the index: the pages that its rows name, in their order."""
    _, *sections = _SECTION.split(made["index.md"].decode())
    seen: set[str] = set()
    parts = []
    for caption, body in zip(sections[::2], sections[1::2], strict=True):
        pages = [name for name in dict.fromkeys(_ROW.findall(body)) if name in made and name not in seen]
        seen.update(pages)
        parts.append(_contents(caption, pages))
    decisions = [name for name in made if name.startswith("decisions/")]
    left = sorted(name for name in made if name.endswith(".md") and name not in {*seen, *decisions, "index.md"})
    generated = [name for name in left if name.startswith(f"{references.FOLDER}/")]
    rest = [name for name in left if name not in generated]
    more = {"References": generated, "Decisions": decisions, "Project": rest}
    return "".join((*parts, *(_contents(caption, pages) for caption, pages in more.items())))


def _contents(caption: str, pages: list[str]) -> str:
    names = "\n".join(name.removesuffix(".md") for name in pages)
    return f"\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n:caption: {caption}\n\n{names}\n```\n" if pages else ""


if __name__ == "__main__":
    write(Path(sys.argv[1]))
