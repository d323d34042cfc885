"""What is archived, deleted and imported through the API into another database is what it was, to the last bit."""

import datetime as dt
import itertools
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panko import validation
from panko.archive.directory import Directory
from panko.cmd.expiring import archive_and_expire
from panko.filters import EventFilter, Everything, Page
from panko_client.importing import command
from servers.local_event_api import LocalEventApi

ALL = EventFilter(Everything())
NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)
EVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
ODD = st.sampled_from(["", " ", "'\"\\", "\u2028\u2029\x85", "\r\n\t\x1a\x7f", "☃😀", "é e\u0301", "%s {}", "\u202e"])
TEXTS = ODD | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
TIMES = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31)).map(dt.datetime.isoformat)  # noqa: DTZ001 - UTC
VALUES = (
    st.tuples(st.just(1), st.none() | TEXTS),
    st.tuples(st.just(2), st.none() | st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just(3), st.none() | st.floats(allow_nan=False, allow_infinity=False)),
    st.tuples(st.just(4), st.none() | TIMES),
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**80), 2**80)
RAWS = st.recursive(
    st.none() | st.booleans() | NUMBERS | ODD | st.text(),  # halves of surrogate pairs and NULs included
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD | st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@st.composite
def documents(draw):
    """Draw what somebody posts; names begin with a number, so that no collation takes two for one."""
    values = draw(st.lists(st.one_of(*VALUES), max_size=8))
    return {
        "event_type": "t" + draw(TEXTS),
        "generated": draw(st.datetimes(dt.datetime(1, 1, 1), dt.datetime(2026, 11, 25)).map(dt.datetime.isoformat)),  # noqa: DTZ001 - UTC
        "traits": [[f"{number}{draw(ODD)}x", *value] for number, value in enumerate(values)],
        "raw": draw(RAWS),
    }


@pytest.fixture
def api(tmp_path):
    (tmp_path / "api").mkdir()
    with LocalEventApi(tmp_path / "api") as server:
        yield server


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


SERIAL = itertools.count()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(posted=st.lists(documents(), min_size=1, max_size=12))
def test_every_event_comes_back_as_it_was(store, api, folder, capsys, posted):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    sent = [one | {"message_id": f"{next(SERIAL)} Ü'\"\\"} for one in posted]
    events = validation.events(sent, max_raw_bytes=1024 * 1024, now=NOW)
    store.record_events(events)
    stored = list(store.get_events(ALL, Page(100)))
    removed = archive_and_expire(store, NOW, target=Directory(folder), batch_size=5, is_over=lambda: False)
    assert removed == len(events)
    assert list(store.get_events(ALL, Page(100))) == []
    assert command.main([str(folder), "--os-auth-type", "none", "--os-endpoint", api.url]) == 0, capsys.readouterr()
    imported = list(api.events())
    api.connection.expire(older_than=EVER, batch_size=100)
    assert sorted(imported, key=repr) == sorted(stored, key=repr)
    assert {repr(event) for event in imported} == {repr(event) for event in stored}  # 1 and 1.0 are not the same
