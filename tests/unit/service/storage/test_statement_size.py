"""How much one statement holds."""

import pytest

from panko.storage.sql.rows.statement_size import (
    BYTES_PER_STATEMENT,
    ROWS_PER_STATEMENT,
    TooLargeError,
    chunks_of,
    require_room,
)
from panko.storage.sql.settings import MAX_PACKET


class Connected:
    """A connection of which only its info is looked at."""

    def __init__(self, most=None):
        self.info = {} if most is None else {MAX_PACKET: most}


def row(length, message_id="m"):
    return {"message_id": message_id, "raw": "x" * length, "traits": "[]", "packed": None}


def test_statements_end_by_rows_and_by_bytes():
    assert [len(chunk) for chunk in chunks_of([row(1)] * (2 * ROWS_PER_STATEMENT + 1))] == [500, 500, 1]
    large = row(BYTES_PER_STATEMENT // 2 + 1)
    assert [len(chunk) for chunk in chunks_of([large, large, row(1), large])] == [1, 2, 1]
    assert list(chunks_of([])) == []


def test_an_event_that_no_statement_holds_is_named_with_what_to_do():
    with pytest.raises(TooLargeError) as caught:
        require_room(Connected(100_000), [row(10), row(200_000, "large")])
    assert list(caught.value.reasons) == ["large"]
    assert "max_allowed_packet" in caught.value.reasons["large"]


def test_what_is_escaped_counts_twice():
    quotes = {"message_id": "m", "raw": '"' * 60_000, "traits": None, "packed": None}
    with pytest.raises(TooLargeError):
        require_room(Connected(100_000), [quotes])
    require_room(Connected(130_000), [quotes])


def test_other_databases_have_no_such_limit():
    require_room(Connected(), [row(10**7)])
