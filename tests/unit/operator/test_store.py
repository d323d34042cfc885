"""What is remembered of live objects, and that it never leads to a wrong write."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from fakes.memory_kube import MemoryKube
from panko_operator.errors import ForeignChildError, KubernetesUnreachableError
from panko_operator.kube import CachedKube, Store
from panko_operator.kube.store import Key, Room, key_of

START = datetime(2030, 1, 1, tzinfo=UTC)
FRESH = timedelta(minutes=5)
NAME = Key("v1", "ConfigMap", "openstack", "panko-x")
ROOM = Room(*NAME[:3])
OURS = {"app.kubernetes.io/managed-by": "panko-operator", "app.kubernetes.io/instance": "panko"}


class Clock:
    def __init__(self):
        self.time, self.looks = START, 0

    def __call__(self):
        self.looks += 1
        return self.time

    def wait(self, **duration):
        self.time += timedelta(**duration)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    return Store(clock, fresh_for=FRESH)


@pytest.fixture
def live(clock):
    return MemoryKube(clock)


@pytest.fixture
def kube(live, store, clock):
    return CachedKube(live, store, clock)


def config_map(data="a", *, version=None, uid="u-1", labels=OURS, kind="ConfigMap", name=NAME.name):
    owner = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "name": "panko", "uid": "1-2-3"}
    metadata = {
        "name": name,
        "namespace": NAME.namespace,
        "labels": labels,
        "ownerReferences": [{**owner, "controller": True}],
    }
    if version is not None:
        metadata |= {"resourceVersion": str(version), "uid": uid}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, "data": {"x": data}}


def known(store):
    found = store.get(NAME)
    return found and found["data"]["x"]


# The store


def test_what_came_later_wins_in_whatever_order_it_arrives(store):
    store.put(config_map("new", version=11))
    store.put(config_map("old", version=10))
    assert known(store) == "new"


def test_a_late_word_of_an_object_does_not_bring_it_back(store):
    store.gone(config_map(version=12))
    store.put(config_map(version=11))
    assert known(store) is None
    store.put(config_map("another", version=13, uid="u-2"))
    assert known(store) == "another"


def test_a_late_word_of_an_end_does_not_take_a_new_object(store):
    store.put(config_map("another", version=13, uid="u-2"))
    store.gone(config_map(version=12))
    assert known(store) == "another"


def test_nothing_is_believed_for_ever(store, clock):
    store.put(config_map(version=1))
    store.fill(ROOM, [config_map(version=1)], asked=clock())
    clock.wait(minutes=4, seconds=59)
    assert known(store) == "a"
    assert store.find(ROOM, OURS) is not None
    clock.wait(seconds=1)
    assert known(store) is None
    assert store.find(ROOM, OURS) is None


def test_what_is_gone_is_not_remembered_for_ever(store, clock):
    for number in range(3):
        store.gone(config_map(version=number, name=f"panko-{number}"))
        clock.wait(minutes=5)
    assert len(store._seen) == 1


def test_what_no_watch_tells_of_is_not_remembered(store):
    store.put(config_map(version=1, labels={}))
    store.put(config_map(version=1, kind="Pod"))
    assert known(store) is None
    assert store.get(Key("v1", "Pod", *NAME[2:])) is None


def test_an_answer_can_be_changed_without_changing_what_is_known(store):
    store.put(config_map(version=1))
    store.get(NAME)["data"]["x"] = "changed"
    assert known(store) == "a"


def test_a_list_takes_away_what_went_unseen_and_keeps_what_came_since(store, clock):
    store.put(config_map(version=1))
    asked = clock.time + timedelta(seconds=1)
    clock.wait(seconds=2)
    store.put(config_map(version=5, name="panko-since"))
    store.fill(ROOM, [config_map(version=3, name="panko-listed")], asked=asked)
    assert {one["metadata"]["name"] for one in store.find(ROOM, OURS)} == {"panko-since", "panko-listed"}


# Reading and writing through it


def test_a_list_costs_the_same_however_much_is_known_of_other_namespaces(store, clock):
    def looks():
        before = clock.looks
        store.fill(ROOM, [config_map(version=1)], asked=clock.time)
        return clock.looks - before

    looks()
    alone = looks()
    for number in range(300):
        elsewhere = config_map(version=2, name=f"x{number}")
        elsewhere["metadata"]["namespace"] = "elsewhere"
        store.put(elsewhere)
    assert looks() == alone


def test_a_settled_child_costs_no_request(kube, live):
    kube.apply(config_map())
    live.reads.clear()
    live.writes.clear()
    assert kube.apply(config_map())["data"] == {"x": "a"}
    assert kube.get(*NAME[:2], NAME.name, NAME.namespace)["data"] == {"x": "a"}
    assert (live.reads, live.writes) == ([], [])


def test_what_is_missing_is_looked_for_live(kube, live, store):
    """Nothing is made twice, and no password again, because of what has not arrived yet."""
    live.put(config_map("theirs"))
    store.gone(config_map(version=1))
    assert kube.get("v1", "ConfigMap", NAME.name, NAME.namespace)["data"] == {"x": "theirs"}


def test_an_object_that_a_watch_has_not_told_of_yet_is_written_as_it_is(kube, live):
    kube.apply(config_map("a"))
    live.objects["ConfigMap", NAME.namespace, NAME.name]["data"] = {"x": "drifted"}
    assert kube.apply(config_map("b"))["data"] == {"x": "b"}


def test_a_refusal_makes_the_next_look_a_live_one(kube, live, store):
    kube.apply(config_map())
    live.outage = True
    with pytest.raises(KubernetesUnreachableError):
        kube.apply(config_map("b"))
    assert store.get(NAME) is None


def test_a_child_that_is_another_uid_by_now_is_not_deleted(kube, live):
    stale = kube.apply(config_map())
    live.objects["ConfigMap", NAME.namespace, NAME.name]["metadata"]["uid"] = "another"
    assert kube.delete(stale) is False
    assert live.names("ConfigMap") == {NAME.name}


def test_what_was_deleted_is_no_longer_known(kube, store):
    kube.delete(kube.apply(config_map()))
    assert store.get(NAME) is None


def test_a_list_is_asked_for_once(kube, live):
    kube.apply(config_map())
    for _ in range(2):
        assert [key_of(one) for one in kube.list("v1", "ConfigMap", NAME.namespace, labels=OURS)] == [NAME]
    assert live.reads.count(("ConfigMap", "*")) == 1


def test_passes_that_come_together_share_one_list(kube, live):
    """With many Pankos in a namespace the answer is large, and each would hold one of its own."""
    kube.apply(config_map())
    both, ask = threading.Barrier(2, timeout=30), live.list

    def slow(*arguments, **options):
        time.sleep(0.1)
        return ask(*arguments, **options)

    def one_pass(_number):
        both.wait()
        return kube.list("v1", "ConfigMap", NAME.namespace, labels=OURS)

    live.list = slow
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(one_pass, range(2)))
    assert found[0] == found[1] != []
    assert live.reads.count(("ConfigMap", "*")) == 1


def test_pods_are_always_read_live(kube, live):
    for _ in range(2):
        kube.list("v1", "Pod", NAME.namespace, labels={})
    assert live.reads == [("Pod", "*")] * 2


def test_somebody_elses_object_is_refused_whatever_is_known(kube, live):
    theirs = config_map()
    theirs["metadata"]["ownerReferences"][0]["uid"] = "9"
    live.put(theirs)
    assert kube.get("v1", "ConfigMap", NAME.name, NAME.namespace) is not None
    with pytest.raises(ForeignChildError):
        kube.apply(config_map())
