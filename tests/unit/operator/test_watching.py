"""Election, echo and the triggers of the watches."""

import asyncio
from datetime import UTC, datetime, timedelta

import kopf
import pytest

from fakes.memory_world import MemoryWorld
from panko_operator.errors import KubernetesUnreachableError
from panko_operator.kube import PANKO_API, Store
from panko_operator.resource import ALLOW_REWRITE_ANNOTATION, FINALIZER, Panko
from panko_operator.resource.kinds import find
from panko_operator.watching import Echo, Election, Key, Liveness, Sightings, Triggers, configure
from panko_operator.watching.echo import NoEchoError
from panko_operator.watching.election import (
    ANSWER,
    LEASE_DURATION,
    RENEW_DEADLINE,
    RENEW_PERIOD,
    RETRY_PERIOD,
    WATCH_PERIOD,
    Periods,
)
from panko_operator.watching.liveness import HUNG, NotAliveError

START = datetime(2030, 1, 1, tzinfo=UTC)
KEY = Key("openstack", "panko")
BOUND_SECONDS = 10


class Candidate:
    """A Lease whose answers a test writes; the last one for ever. Each takes a second of the test's clock."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.now = START
        self.released = False

    def hold(self, _now):
        self.now += timedelta(seconds=1)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def free_in_seconds(self, _now):
        return 60

    def release(self, _now):
        self.released = True


def elect(candidate, *, heard=lambda: None):
    """Run an election until the Lease is lost, or a second is over; return whether it led and whether it lost."""

    async def main():
        gate, lost = asyncio.Event(), asyncio.Event()
        election = Election(
            candidate,
            gate=gate,
            now=lambda: candidate.now,
            on_answer=heard,
            on_lost=lost.set,
            periods=Periods(*[timedelta(milliseconds=1)] * 3),
        )
        running = asyncio.create_task(election.run())
        await asyncio.wait([running], timeout=1)
        running.cancel()
        await election.release()
        return gate.is_set(), lost.is_set()

    return asyncio.run(main())


AWAY = KubernetesUnreachableError("away")


def test_a_standby_waits_and_then_leads():
    assert elect(Candidate(False, False, True)) == (True, False)


def test_a_leader_whose_lease_was_taken_ends():
    assert elect(Candidate(True, False)) == (True, True)


def test_a_short_outage_is_survived():
    assert elect(Candidate(True, *[AWAY] * 5, True)) == (True, False)


def test_an_outage_as_long_as_the_lease_ends_the_leader_before_another_may_begin():
    candidate = Candidate(True, AWAY)
    assert elect(candidate) == (True, True)
    assert candidate.now - START < LEASE_DURATION


def test_a_killed_leader_is_followed_within_fifteen_seconds():
    asking = ANSWER.total_seconds() / 3
    assert (WATCH_PERIOD + LEASE_DURATION).total_seconds() + asking <= 15
    assert RENEW_DEADLINE < LEASE_DURATION
    assert timedelta(seconds=5) <= RENEW_DEADLINE - RENEW_PERIOD - RETRY_PERIOD


def test_a_standby_lives_through_an_outage():
    assert elect(Candidate(AWAY)) == (False, False)


def test_only_a_leader_releases_the_lease():
    leader, standby = Candidate(True), Candidate(False)
    elect(leader)
    elect(standby)
    assert (leader.released, standby.released) == (True, False)


def test_every_answer_is_an_echo_and_no_answer_is_none():
    heard = []
    elect(Candidate(True, False), heard=lambda: heard.append(1))
    assert len(heard) == 2
    elect(Candidate(AWAY), heard=lambda: heard.append(1))
    assert len(heard) == 2


def test_silence_for_too_long_fails_the_probe():
    clock = [START]
    echo = Echo(lambda: clock[0])
    clock[0] += timedelta(seconds=60)
    echo.check()
    clock[0] += timedelta(seconds=1)
    with pytest.raises(NoEchoError, match="not answered for 61 s"):
        echo.check()
    echo.heard()
    echo.check()


@pytest.fixture
def liveness():
    return Liveness(Echo(lambda: START), lambda: 0)


def test_a_watch_that_tells_of_nothing_fails_the_probe(liveness):
    for _ in range(2):
        liveness.missed("cronjobs")
    liveness.check()
    liveness.missed("cronjobs")
    with pytest.raises(NotAliveError, match="the watch of cronjobs tells of no change"):
        liveness.check()


def test_a_watch_that_tells_again_is_alive(liveness):
    for _ in range(5):
        liveness.missed("cronjobs")
        liveness.told("cronjobs")
        liveness.told("secrets")
    liveness.check()


def test_a_pass_that_never_ends_fails_the_probe():
    seconds = [HUNG.total_seconds()]
    liveness = Liveness(Echo(lambda: START), lambda: seconds[0])
    liveness.check()
    seconds[0] += 1
    with pytest.raises(NotAliveError, match="a pass has been running for 901 s"):
        liveness.check()


class Triggered(list):
    """A queue that only remembers, and which of them nobody waits for."""

    def __init__(self):
        super().__init__()
        self.looks = []

    trigger = list.append

    def look(self, key):
        self.append(key)
        self.looks.append(key)


@pytest.fixture
def queue():
    return Triggered()


@pytest.fixture
def store():
    return Store(lambda: START, fresh_for=timedelta(minutes=5))


@pytest.fixture
def triggers(queue, store):
    return Triggers(
        queue,
        store=store,
        sightings=Sightings(),
        told=lambda _plural: None,
        secrets_of=lambda body: Panko.from_body(body).referenced_secrets(),
    )


@pytest.fixture
def body():
    return MemoryWorld().body


def send(handler, type_, live):
    api_version, kind = {"secret": ("v1", "Secret"), "panko": (PANKO_API, "Panko"), "child": ("apps/v1", "Deployment")}[
        handler.__name__
    ]
    known = find(api_version, kind)
    resource = kopf.Resource(known.group, known.version, known.plural, kind)
    asyncio.run(handler({"type": type_, "object": live}, resource=resource))


def owned(name="panko-api", kind="Panko", api="panko.openstack.org/v1beta1"):
    owner = {"apiVersion": api, "kind": kind, "name": "panko", "uid": "1-2-3"}
    return {"metadata": {"name": name, "namespace": "openstack", "ownerReferences": [owner]}}


def test_a_panko_triggers_itself_once_for_each_change(triggers, queue, body):
    send(triggers.panko, None, body)
    send(triggers.panko, "MODIFIED", body)
    assert queue == [KEY]
    body["metadata"]["generation"] += 1
    send(triggers.panko, "MODIFIED", body)
    assert queue == [KEY, KEY]


@pytest.mark.parametrize(
    ("metadata", "generation", "is_patient"),
    [({}, 1, True), ({}, 0, False), ({"deletionTimestamp": "x"}, 1, False)],
    ids=["as it was left", "edited", "deleted"],
)
def test_only_what_a_list_finds_as_it_was_left_can_wait(triggers, queue, body, metadata, generation, is_patient):
    status = {"settled": {"generation": generation}}
    listed = {**body, "metadata": {**body["metadata"], "generation": 1, **metadata}, "status": status}
    send(triggers.panko, None, listed)
    assert (queue, bool(queue.looks)) == ([KEY], is_patient)


def test_children_that_are_listed_can_wait_and_those_that_change_cannot(triggers, queue):
    send(triggers.child, None, owned())
    assert queue.looks == [KEY]
    send(triggers.child, "MODIFIED", owned())
    assert (queue, queue.looks) == ([KEY, KEY], [KEY])


def test_what_a_list_finds_changed_since_it_was_seen_cannot_wait(triggers, queue, body):
    """The watch was cut meanwhile."""
    settled = {**body, "status": {"settled": {"generation": body["metadata"]["generation"]}}}
    child = owned()
    child["metadata"] |= {"labels": {"app.kubernetes.io/managed-by": "panko-operator"}, "resourceVersion": "5"}
    send(triggers.panko, None, settled)
    send(triggers.child, None, child)
    assert queue.looks == [KEY, KEY]
    edited = {**settled, "metadata": {**body["metadata"], "annotations": {ALLOW_REWRITE_ANNOTATION: "true"}}}
    send(triggers.panko, None, edited)
    send(triggers.child, None, {**child, "metadata": {**child["metadata"], "resourceVersion": "6"}})
    assert (len(queue), queue.looks) == (4, [KEY, KEY])


def test_the_status_that_a_pass_writes_triggers_no_pass(triggers, queue, body):
    send(triggers.panko, None, body)
    send(triggers.panko, "MODIFIED", {**body, "status": {"replicas": 2}})
    assert queue == [KEY]


@pytest.mark.parametrize(
    ("field", "value"), [("annotations", {ALLOW_REWRITE_ANNOTATION: "true"}), ("deletionTimestamp", "x")]
)
def test_annotations_and_deletion_trigger(triggers, queue, body, field, value):
    send(triggers.panko, None, body)
    send(triggers.panko, "MODIFIED", {**body, "metadata": {**body["metadata"], field: value}})
    assert queue == [KEY, KEY]


def test_a_child_triggers_its_owner(triggers, queue):
    send(triggers.child, "DELETED", owned())
    assert queue == [KEY]


def test_a_child_of_another_operator_triggers_nothing(triggers, queue):
    send(triggers.child, "MODIFIED", owned(kind="CronJob", api="batch/v1"))
    send(triggers.child, "MODIFIED", owned(api="other.example/v1"))
    assert queue == []


def test_a_referenced_secret_triggers_who_refers_to_it(triggers, queue, body):
    send(triggers.panko, None, body)
    queue.clear()
    for name, namespace in (("database-admin", "openstack"), ("database-admin", "elsewhere"), ("other", "openstack")):
        send(triggers.secret, "MODIFIED", {"metadata": {"name": name, "namespace": namespace}})
    assert queue == [KEY]


def test_a_panko_that_is_gone_is_no_longer_triggered_by_secrets(triggers, queue, body):
    send(triggers.panko, None, body)
    send(triggers.panko, "DELETED", body)
    queue.clear()
    send(triggers.secret, "MODIFIED", {"metadata": {"name": "database-admin", "namespace": "openstack"}})
    assert queue == []


def test_kopf_would_not_take_our_finalizer_away():
    settings = kopf.OperatorSettings()
    configure(settings, clusterwide=True)
    assert settings.persistence.finalizer != FINALIZER


def test_kopf_notices_a_dead_watch_before_the_resync_would():
    settings = kopf.OperatorSettings()
    configure(settings, clusterwide=True)
    assert settings.watching.inactivity_timeout == 70
    assert settings.watching.server_timeout < settings.watching.client_timeout
