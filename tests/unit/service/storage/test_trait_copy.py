"""The copy of the traits beside an event, and whose the event is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from panko.event import Trait, TraitType
from panko.storage.sql.rows import owners, trait_copy

NOON = datetime(2026, 11, 22, 12, 0, 0, 1, tzinfo=UTC)
OWNED = (Trait("project_id", TraitType.TEXT, "p"), Trait("user_id", TraitType.TEXT, "u"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (TraitType.TEXT, 'snow ☃ 😀 " \\ '),
        (TraitType.TEXT, "2026-11-22T12:00:00"),
        (TraitType.INTEGER, -(2**63)),
        (TraitType.FLOAT, 3.0),
        (TraitType.FLOAT, 5e-324),
        (TraitType.DATETIME, NOON),
        (TraitType.DATETIME, datetime(1, 1, 1, tzinfo=UTC)),
        *((kind, None) for kind in TraitType),
    ],
)
def test_a_copy_says_the_same_to_the_last_bit(kind, value):
    (back,) = trait_copy.from_text(trait_copy.to_text([Trait("n", kind, value)]))
    assert (back, type(back.value)) == (Trait("n", kind, value), type(value))


def test_a_time_of_another_zone_is_copied_in_utc():
    there = NOON.astimezone(timezone(timedelta(hours=5)))
    (back,) = trait_copy.from_text(trait_copy.to_text([Trait("n", TraitType.DATETIME, there)]))
    assert back.value.isoformat() == NOON.isoformat()


def test_an_owner_has_one_number_and_nobody_else_has_it():
    projects, both = owners.numbers(OWNED)
    assert (projects, both) == owners.numbers(OWNED[::-1])
    assert projects == owners.hashed("p")
    assert both == owners.hashed("p", "u")
    assert len({owners.NOBODY, projects, both, owners.hashed("P"), owners.hashed("p ", "u"), owners.hashed("pu")}) == 6
