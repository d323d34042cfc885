"""Marks, colours, tables and documents. Colour never says anything alone, and NO_COLOR turns it off."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

MARKS: Final = {"True": ("✓", "green"), "False": ("✕", "red"), "Unknown": ("◌", "yellow")}
YAML: Final = "yaml"
_PLAIN: Final = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-./")
_WORDS: Final = {"", "true", "false", "null", "yes", "no", "on", "off", "y", "n", "-", ".", "~"}


def mark(status: str) -> str:
    """Return the mark of a status."""
    sign, colour = MARKS.get(status, MARKS["Unknown"])
    return click.style(sign, fg=colour)


def sentence(good: bool | None, text: str) -> str:  # noqa: FBT001 -- None is the third answer: nobody knows
    """Return a line with its mark: good, bad, or not known."""
    return f"{mark('Unknown' if good is None else str(good))} {text}"


def counted(count: int, noun: str) -> str:
    """Say how many there are."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table as kubectl writes them; the last column is as long as it likes."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "   ".join((*cells, row[-1])).rstrip()


def document(value: Any, form: str) -> str:
    """Write a document for programs, as JSON or as YAML."""
    if form == YAML:
        return "\n".join(yaml(value))
    return json.dumps(value, indent=2, ensure_ascii=False)


def yaml(value: Any, *, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a document of mappings, lists and scalars."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _entry(f"{pad}{_scalar(key)}:", inner, indent=indent)
    elif isinstance(value, list) and value:
        for inner in value:
            yield from _item(pad, inner, indent=indent)
    else:
        yield f"{pad}{_scalar(value)}"


def _entry(head: str, value: Any, *, indent: int) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        yield head
        yield from yaml(value, indent=indent + 1)
    else:
        yield f"{head} {_scalar(value)}"


def _item(pad: str, value: Any, *, indent: int) -> Iterator[str]:
    first, *rest = yaml(value, indent=indent + 1)
    yield f"{pad}- {first.lstrip()}"
    yield from rest


def _scalar(value: Any) -> str:
    if isinstance(value, str) and value.lower() not in _WORDS and set(value) <= _PLAIN and value[0] not in "-.":
        return value
    return json.dumps(value, ensure_ascii=False)
