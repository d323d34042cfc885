"""Lines that were refused, with the reasons; `panko-import` takes such a file again after it is corrected."""

import json
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from panko_client.delivery import set_aside
from panko_client.errors import InputError, RequestError
from panko_client.importing.lines import BadLine, Line


class Rejects:
    """A file that is opened for what comes after; without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        try:
            self._file: IO[str] | None = path.open("a", encoding="utf-8") if path else None
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}; name another file.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def keep_event(self, line: Line, refusal: RequestError) -> None:
        """Keep an event that the API has refused."""
        self._write(set_aside(line.body, refusal))

    def keep_line(self, line: BadLine) -> None:
        """Keep a line that is no event."""
        self._write({"reason": line.reason, "line": line.text})

    def _write(self, document: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(json.dumps(document) + "\n")
            self._file.flush()
