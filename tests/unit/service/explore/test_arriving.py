"""What arrives first: how many events there are when is seen while the list is still looked for."""

import zlib

import pytest
from falcon import testing

from fakes.browser import MEMBER
from fakes.markup import page


@pytest.fixture
def arriving(browser):
    """Ask for the list; return its status and the pieces of the answer, none of which is made before it is taken."""

    def ask(query="", **headers):
        environ = testing.create_environ("/explore/", query_string=query, headers={**MEMBER, **headers})
        told = []
        pieces = browser.client.app(environ, lambda status, *_: told.append(status))
        return told[0], iter(pieces)

    return ask


def test_bars_arrive_before_the_list_is_looked_for(arriving, connection, stored):
    status, pieces = arriving("from=-1h")
    first = next(pieces).decode()
    assert status == "200 OK"
    assert '<figure class="histogram"' in first
    assert connection.asked == []
    rest = b"".join(pieces).decode()
    assert connection.asked
    assert [row["data-id"] for row in page(first + rest).all("tr", "event")][:1] == ["m030"]
    assert "\0" not in first + rest


def test_packed_they_can_be_read_as_soon(arriving, connection, stored):
    _, pieces = arriving("from=-1h", **{"Accept-Encoding": "gzip"})
    reading = zlib.decompressobj(16 + zlib.MAX_WBITS)
    first = reading.decompress(next(pieces))
    assert b'<figure class="histogram"' in first
    assert connection.asked == []
    rest = b"".join(map(reading.decompress, pieces))
    assert reading.eof
    assert page((first + rest).decode()).all("tr", "event")


def test_what_goes_wrong_after_the_bars_is_told_where_the_list_would_be(arriving, connection, stored):
    status, pieces = arriving("from=-1h")
    first = next(pieces).decode()
    connection.outage = "The database does not answer."
    screen = page(first + b"".join(pieces).decode())
    assert status == "200 OK"
    assert "The database does not answer." in screen.one("div", "problem").text
    assert screen.one("figure", "histogram")
    assert not screen.all("section", "empty")


def test_without_bars_nothing_is_sent_before_the_list_is_there(arriving, connection, stored):
    connection.outage = "The database does not answer."
    assert arriving("from=")[0].startswith("503")
    connection.outage = None
    status, pieces = arriving("from=")
    assert status == "200 OK"
    assert connection.asked
    assert b"m030" in b"".join(pieces)


def test_a_search_has_its_place_while_it_looks_and_none_while_it_sends(arriving, browser, stored):
    answers = [arriving("from=-1h")[1] for _ in range(40)]  # more than there are places
    for pieces in answers:
        next(pieces)
    assert all(b"m030" in b"".join(pieces) for pieces in answers)
