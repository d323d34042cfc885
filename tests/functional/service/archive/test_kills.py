"""Wherever the expirer is killed, nothing is deleted that is in no verified object, and the next run goes on."""

import pytest
from sqlalchemy import text

from panko.filters import Page
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.url import normalise

from .conftest import ALL, SETTINGS, old

EVENTS = [old(number) for number in range(60)]
NAMES = {event.message_id for event in EVENTS}

MOMENTS = {
    "in the middle of the upload": ("PUT", "part-"),
    "after the upload, before the manifest": ("PUT", "manifest.json"),
    "after the manifest, before the deletion": ("GET", "manifest.json"),
}


@pytest.fixture
def stored(store):
    store.record_events(EVENTS)
    return store


@pytest.fixture
def ends_well(run, archive, left):
    """Run it once more, and look whether everything is in the archive as it was."""

    def check(stored):
        code, said = run(archive.options())
        assert code == 0, said
        assert left() == set()
        found = {line["message_id"]: (line["event_type"], line["traits"][0]) for line in archive.lines()}
        assert found == {event.message_id: (event.event_type, ["n", 2, event.traits[0].value]) for event in stored}
        assert archive.listed() == archive.parts()

    return check


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
@pytest.mark.usefixtures("stored")
def test_killed_before_the_deletion_it_has_deleted_nothing(moment, archive, gate, start, left, ends_well):
    gate.hold(*MOMENTS[moment])
    process = start(archive.options(gate.url))
    gate.wait_until_held()
    process.kill()
    process.wait(timeout=30)
    gate.cut()
    assert left() == NAMES
    assert len(archive.parts()) == (0 if moment == "in the middle of the upload" else 1)
    ends_well(EVENTS)
    assert len(archive.lines()) == len(EVENTS)  # the same part again, under its name


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_killed_in_the_middle_of_the_deletion_it_has_deleted_what_is_archived(
    stored, database, archive, start, ends_well, waits_for
):
    def left():
        return {event.message_id for event in stored.get_events(ALL, Page(100))}

    engine = make_engine(normalise(database), SETTINGS)
    with engine.begin() as holder:  # somebody holds a row of the second batch
        holder.execute(text("SELECT id FROM event WHERE message_id = 'm00030' FOR UPDATE"))
        process = start(archive.options())
        waits_for(lambda: len(left()) == 40)
        process.kill()
        process.wait(timeout=30)
    engine.dispose()
    assert left() | archive.message_ids() == NAMES
    assert len(archive.message_ids()) == 60
    ends_well(EVENTS)
    assert len(archive.parts()) == 2
