"""Every login of a Panko is renewed under load: nobody notices, and what was there before is gone in the end."""

import re

import pytest

from e2e.area import Area
from e2e.load import load
from live.openstack import OpenStack
from live.resource import PUBLISHER, Panko
from live.waiting import until

ROTATE = "panko.openstack.org/rotate"
SECONDS = 420
"""A rollout of two pods, what is kept for two minutes, and another rollout without the previous password."""


@pytest.fixture(scope="module")
def area(busy_area: Area) -> Area:
    return busy_area


@pytest.fixture(scope="module")
def panko(busy: Panko) -> Panko:
    return busy


def _accounts(area: Area, panko: Panko) -> set[str]:
    """Return the accounts of this Panko that the database server has."""
    names = [one["account"] for one in panko.live()["status"]["credentials"] if one["role"] != "keystone"]
    suffixes = {re.sub(r"-[0-9a-f]{4}$", "", name) for name in names}
    found = area.sql("SELECT user FROM mysql.user").split()
    return {name for name in found if re.sub(r"-[0-9a-f]{4}$", "", name) in suffixes}


def _users(area: Area) -> set[str]:
    return {name for name in area.keystone()["users"] if name.startswith(f"{area.namespace}-panko")}


def _told(panko: Panko, field: str) -> dict[str, object]:
    return {one["role"]: one.get(field) for one in panko.live()["status"]["credentials"]}


def _ask(panko: Panko, what: str) -> None:
    words = ("annotate", "panko", panko.name, f"--namespace={panko.namespace}", f"{ROTATE}={what}", "--overwrite")
    panko.cluster.kubectl(*words)
    until(lambda: not _asked(panko), "the request taken up", seconds=60, explain=panko.told)


def _asked(panko: Panko) -> bool:
    return ROTATE in panko.live()["metadata"].get("annotations", {})


def _password(panko: Panko) -> str:
    """Return what the publisher is given: a password that every pod accepts."""
    return panko.secret(f"{panko.name}-binding-{PUBLISHER}")["password"]


def test_every_login_is_renewed_without_a_failed_request(area: Area, panko: Panko, openstack: OpenStack) -> None:
    before = (_accounts(area, panko), _users(area), _password(panko))
    assert [len(one) for one in before[:2]] == [3, 1]
    pods = panko.names("api")
    with load(panko, openstack) as ledger:
        _ask(panko, "all")
        # Before the pods are replaced: a rollout that takes its time may outlast what is kept.
        until(lambda: _accounts(area, panko) > before[0], "both accounts of each role", seconds=60, explain=panko.told)
        until(lambda: _users(area) > before[1], "both service users", seconds=60, explain=panko.told)
        until(lambda: panko.replaced("api", pods, count=2), "new API pods", seconds=180, explain=panko.told)
        until(lambda: _password(panko) != before[2], "the publisher's new password", seconds=60, explain=panko.told)
        ledger.change_password(_password(panko))  # as an agent does that is started again
        panko.wait_condition("CredentialsCurrent", status="True", saying="none of before is left", seconds=SECONDS)
        panko.wait_ready(seconds=180)
        assert _accounts(area, panko).isdisjoint(before[0])
    ledger.check(panko)
    assert len(_accounts(area, panko)) == 3
    assert len(_users(area)) == 1
    assert _users(area).isdisjoint(before[1])
    assert _password(panko) != before[2]
    assert "previous-password" not in panko.secret(f"{panko.name}-publisher-{PUBLISHER}")
    assert set(_told(panko, "retired").values()) == {None}


def test_a_word_that_nobody_knows_is_told_and_taken_away(area: Area, panko: Panko) -> None:
    before = _accounts(area, panko)
    _ask(panko, "everything")
    until(
        lambda: any("'everything'" in message for message in area.events()),
        "a Warning that says what to write",
        seconds=30,
    )
    assert _accounts(area, panko) == before


def test_a_panko_that_is_deleted_in_the_middle_leaves_nothing(area: Area, panko: Panko) -> None:
    there = _accounts(area, panko)
    _ask(panko, "database,keystone")
    until(lambda: _accounts(area, panko) > there, "the accounts that follow", seconds=60, explain=panko.told)
    words = ("delete", "panko", panko.name, f"--namespace={area.namespace}", "--wait=false")
    area.cluster.kubectl(*words)
    prefixes = {re.sub(r"-[0-9a-f]{4}$", "", name) for name in there}
    area.gone(panko, seconds=120)
    left = {name for name in area.sql("SELECT user FROM mysql.user").split() if name.startswith(tuple(prefixes))}
    assert left == set()
    assert _users(area) == set()
