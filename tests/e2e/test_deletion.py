"""Deleting a Panko: Keystone is clean, the events stay, nothing else does, and it never hangs."""

import time

import pytest

from e2e.area import Area, Doomed
from live.resource import Panko
from live.waiting import until

BOUND_SECONDS = 90
NAMESPACE_SECONDS = 200  # pods end in their own time, HAProxy's within 75 s
PATIENCE_SECONDS = 150
"""The operator ends within two minutes, and the doomed Panko was not deleted at once."""


@pytest.mark.early
def test_deletion_cleans_keystone_keeps_the_events_and_leaves_no_child(early: tuple[Area, Panko]) -> None:
    area, panko = early
    area.admin.publish(panko.publisher_url(), "--recent")
    user = f"{area.namespace}-panko"
    assert user in area.keystone()["users"]

    area.cluster.delete("panko", "panko", area.namespace, seconds=BOUND_SECONDS)

    keystone = area.keystone()
    assert keystone["endpoints"] == {}
    assert user not in keystone["users"]
    assert (keystone["event_services"] > 0) == (keystone["event_endpoints"] > 0)
    until(lambda: not panko.children() and not panko.pods("api"), "no child left", seconds=90)

    again = area.panko()
    again.wait_ready(seconds=150)
    assert len(area.client.cli("event", "list", "--filter", "all_tenants=True")) == 21


@pytest.mark.early
def test_a_deleted_namespace_leaves_nothing_in_keystone(early: tuple[Area, Panko]) -> None:
    area, _ = early
    user = f"{area.namespace}-panko"
    assert user in area.keystone()["users"]

    area.cluster.delete("namespace", area.namespace, seconds=NAMESPACE_SECONDS)

    keystone = area.keystone()
    assert keystone["endpoints"] == {}
    assert user not in keystone["users"]


def test_deletion_ends_although_keystone_is_gone_and_says_what_was_left(doomed: Doomed) -> None:
    patience = PATIENCE_SECONDS - (time.monotonic() - doomed.since_monotonic)
    doomed.area.gone(doomed.panko, seconds=max(patience, 1))
    told = " ".join(doomed.area.events())
    assert "keystone.invalid" in told
    assert "endpoints" in told
    until(lambda: not doomed.panko.children(), "no child left", seconds=90)
