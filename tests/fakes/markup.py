"""A page as a browser would read it: elements with their attributes and texts. It refuses what is not well formed."""

import dataclasses
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Self

VOID = {"input", "link", "meta", "br", "hr", "img"}
CLOSED = {"rect", "line", "path"}  # of SVG, which close themselves


@dataclasses.dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    children: list["Element | str"] = dataclasses.field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str = "", css: str = "", **attributes: str) -> list["Element"]:
        return [each for each in self.walk() if each.fits(tag, css, attributes)]

    def one(self, tag: str = "", css: str = "", **attributes: str) -> "Element":
        (found,) = self.all(tag, css, **attributes)
        return found

    def fits(self, tag: str, css: str, attributes: dict[str, str]) -> bool:
        classes = set(self.attributes.get("class", "").split())
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return (
            tag in ("", self.tag)
            and set(css.split()) <= classes
            and all(self.attributes.get(name) == value for name, value in wanted.items())
        )

    @property
    def text(self) -> str:
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in CLOSED | VOID, tag
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, (tag, [each.tag for each in self.open])
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    @classmethod
    def read(cls, text: str) -> Self:
        reader = cls()
        reader.feed(text)
        reader.close()
        assert reader.open == [reader.root], [each.tag for each in reader.open]
        return reader


def page(text: str) -> Element:
    """Return the root of a page."""
    return _Reader.read(text).root
