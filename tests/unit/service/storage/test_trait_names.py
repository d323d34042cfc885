"""What a writer may remember of the names of traits."""

from datetime import UTC, datetime, timedelta

from panko.storage.sql.writing.trait_names import NEVER, TraitName, TraitNames, day_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = day_of(NOON)


def named(*days):
    return {TraitName(1, 1, "name", day): day for day in days}


def told(memory, names):
    unknown, old = memory.known(set(names))
    return unknown, {name: id_ for _day, id_, name in old}


def test_names_of_yesterday_and_later_are_certain_until_they_are_older():
    now = NOON
    memory = TraitNames(lambda: now)
    names = named(TODAY - 2, TODAY - 1, TODAY, TODAY + 1, NEVER)
    assert told(memory, names) == (set(names), {})
    memory.remember(names)
    assert told(memory, names) == (set(), named(TODAY - 2))
    now += timedelta(days=2)
    assert told(memory, names) == (set(), named(TODAY - 2, TODAY - 1, TODAY))


def test_old_names_without_an_id_are_not_known():
    memory = TraitNames(lambda: NOON)
    memory.remember(dict.fromkeys(named(TODAY - 9, TODAY)))
    assert told(memory, named(TODAY - 9, TODAY)) == (set(named(TODAY - 9)), {})


def test_it_forgets_when_it_is_told_to():
    memory = TraitNames(lambda: NOON)
    memory.remember(named(TODAY))
    memory.forget()
    assert told(memory, named(TODAY)) == (set(named(TODAY)), {})
