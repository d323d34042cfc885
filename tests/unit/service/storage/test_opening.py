"""The database is opened as the configuration says, and nothing is sent to it before it is asked."""

import pytest

from event_model import corpus
from panko.event import Event
from panko.filters import EventFilter, Everything, Page
from panko.storage import opening
from panko.storage.sql.schema.migrate import upgrade


@pytest.fixture
def opened(make_conf, tmp_path):
    path, stores = tmp_path / "panko.sqlite", []

    def open_(database="", api=""):
        text = f"[database]\nconnection = sqlite:///{path}\n{database}\n[api]\n{api}\n"
        stores.append(opening.connect(make_conf(text)))
        return stores[-1]

    yield open_
    for store in stores:
        store.dispose()


@pytest.fixture
def tables(tmp_path):
    upgrade(f"sqlite:///{tmp_path}/panko.sqlite")


def test_opening_asks_nothing_and_takes_as_many_connections_as_it_may(opened, tmp_path):
    assert opened("max_pool_size = 3").pool().size == 3
    assert list(tmp_path.glob("*.sqlite")) == []


@pytest.mark.usefixtures("tables")
def test_a_page_holds_as_many_bytes_as_it_may(opened):
    store = opened(api="max_page_bytes = 65536")
    store.record_events([Event(f"{number}", "t", corpus.BEGIN, (), "x" * 30_000) for number in range(4)])
    assert len(store.get_events(EventFilter(Everything()), Page(4))) == 2


@pytest.mark.parametrize(("seconds", "is_logged"), [("0.000001", True), ("0", False)])
def test_statements_are_logged_from_that_time_on_and_never_for_zero(opened, capfd, seconds, is_logged):
    store = opened(f"slow_query_seconds = {seconds}")
    store.check()
    assert ("A statement took" in capfd.readouterr().err) is is_logged
