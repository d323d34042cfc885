"""Rows for spreadsheets: whoever stores an event must not run anything where it is read."""

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from osc_lib.command import command

FORMULA: Final = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")
# Many spreadsheets cut lines at these, whatever the quotes say: a cell of its own begins behind each.
SEPARATED: Final = re.compile(r"(?<=[;\t\r\n])(?=[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%])")
NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class GuardedLister(command.Lister):
    """Writes no text into CSV that a spreadsheet would take for a formula."""

    def produce_output(
        self, parsed_args: argparse.Namespace, column_names: Sequence[str], data: Iterable[Sequence[Any]]
    ) -> int:
        """Write rows; those of CSV with an apostrophe where one is needed, as the server's own CSV has them."""
        if parsed_args.formatter == "csv":
            column_names = [guarded(name) for name in column_names]
            data = ([guarded(one) for one in row] for row in data)
        written: int = super().produce_output(parsed_args, column_names, data)
        return written


def guarded(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    inside = SEPARATED.sub("'", value)
    return f"'{inside}" if FORMULA.match(value) and not NUMBER.fullmatch(value) else inside
