"""A format beside cliff's: an object a line, written as it comes."""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from cliff.formatters.base import ListFormatter

WHOLE = ("event",)  # a row that is a document of the API


class NdjsonFormatter(ListFormatter):
    """Writes a row a line, and does not wait for the next one."""

    def add_argument_group(self, parser: argparse.ArgumentParser) -> None:
        """Take no option."""

    def emit_list(
        self,
        column_names: Sequence[str],
        data: Iterable[Sequence[Any]],
        stdout: TextIO,
        _parsed_args: argparse.Namespace,
    ) -> None:
        """Write each row as it comes."""
        for row in data:
            names = (name.lower().replace(" ", "_") for name in column_names)
            document: Mapping[str, Any] = row[0] if tuple(column_names) == WHOLE else dict(zip(names, row, strict=True))
            stdout.write(json.dumps(document) + "\n")
            stdout.flush()
