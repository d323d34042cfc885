"""Pages of the list of events, one after the other and only when they are wanted."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from panko_client.errors import UnexpectedAnswerError
from panko_client.patience import Patience
from panko_client.query import Query
from panko_client.transport import Transport

PATH: Final = "/v2/events"
PAGE_SIZE: Final = 1000


class Reading:
    """Reads a list to its end: a page may be shorter than was asked for, and only an empty one is the last."""

    def __init__(self, transport: Transport, patience: Patience) -> None:
        self._transport = transport
        self._patience = patience

    def documents(
        self, query: Query, *, limit: int | None = None, marker: str | None = None, page_size: int = PAGE_SIZE
    ) -> Iterator[Mapping[str, Any]]:
        """Yield events as the API shows them, `limit` at most."""
        left = limit
        while left is None or left > 0:
            size = page_size if left is None else min(page_size, left)
            page = self.page(query, limit=size, marker=marker)
            if not page:
                return
            yield from page
            left = None if left is None else left - len(page)
            marker = str(page[-1]["message_id"])

    def page(self, query: Query, *, limit: int | None = None, marker: str | None = None) -> list[Mapping[str, Any]]:
        """Return one page, of the server's own length without a limit."""
        found = self.get(PATH, query.arguments(limit=limit, marker=marker))
        if not isinstance(found, list) or not all(isinstance(one, dict) and "message_id" in one for one in found):
            raise UnexpectedAnswerError("The answer is no list of events; is this the event API?")
        return found

    def get(self, path: str, arguments: list[tuple[str, str]] | None = None) -> Any:
        """Return the document at a path; wait for what may heal."""
        return self._patience.retry(lambda: self._transport.get(path, arguments or []))

    def download(self, path: str, arguments: list[tuple[str, str]]) -> Iterator[bytes]:
        """Yield an answer in pieces. It is not tried again: what has come of it is somewhere already."""
        return self._transport.download(path, arguments)
