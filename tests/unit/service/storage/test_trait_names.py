"""What a writer may remember of the names of traits."""

from datetime import UTC, datetime, timedelta

from panko.storage.sql.writing.trait_names import NEVER, TraitName, TraitNames, day_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = day_of(NOON)


def named(*days):
    return {TraitName(1, 1, "name", day) for day in days}


def test_names_of_yesterday_and_later_are_remembered_until_they_are_older():
    now = NOON
    memory = TraitNames(lambda: now)
    names = named(TODAY - 2, TODAY - 1, TODAY, TODAY + 1, NEVER)
    assert memory.unknown(names) == names
    memory.remember(names)
    assert memory.unknown(names) == named(TODAY - 2)
    now += timedelta(days=2)
    assert memory.unknown(names) == named(TODAY - 2, TODAY - 1, TODAY)


def test_it_forgets_when_it_is_told_to():
    memory = TraitNames(lambda: NOON)
    memory.remember(named(TODAY))
    memory.forget()
    assert memory.unknown(named(TODAY)) == named(TODAY)
