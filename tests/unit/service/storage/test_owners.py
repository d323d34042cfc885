"""The numbers of owners: one range for a project, and one number in it for each of its users."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from panko.event import Trait, TraitType
from panko.storage.sql.rows import owners

LARGEST = 2**63 - 1
hashes = st.integers(0, LARGEST)


def owned(**traits):
    return [Trait(name, TraitType.TEXT, value) for name, value in traits.items()]


def number(**traits):
    return owners.of_traits(*owners.numbers(owned(**traits)))


@given(project=hashes, owner=hashes)
def test_every_number_of_a_project_lies_in_its_range_and_fits_a_column(project, owner):
    made = owners.of_traits(project, owner)
    assert 0 <= owners.first_of(project) <= made <= owners.last_of(project) <= LARGEST


def test_ranges_of_projects_do_not_overlap():
    ranges = sorted(
        (owners.first_of(one), owners.last_of(one)) for one in (owners.hashed(f"p{n}") for n in range(1000))
    )
    assert all(last < first for (_, last), (first, _) in itertools.pairwise(ranges))


def test_users_of_a_project_and_its_events_without_a_user_differ():
    made = {number(project_id="p", user_id=user) for user in ("a", "b", "c")} | {number(project_id="p")}
    assert len(made) == 4
    assert number(project_id="p") == owners.first_of(owners.hashed("p"))


def test_an_event_without_a_project_is_nobodys():
    assert owners.numbers(owned(user_id="u")) == (owners.NOBODY, owners.NOBODY)
    assert number() == number(user_id="u") == owners.NOBODY
    assert owners.of_traits(*owners.numbers([Trait("project_id", TraitType.INTEGER, 1)])) == owners.NOBODY
