"""What `kubectl panko` says of a Panko, a plan, a log and a document: pure functions, and formats that it shares."""

import copy
import re
from datetime import UTC, datetime, timedelta

import click
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fakes.memory_world import SPEC, MemoryWorld
from fakes.rotating import ROLES, Scene
from panko_client.kubectl import durations, names, waiting
from panko_client.kubectl.controls import harmless
from panko_client.kubectl.errors import ForbiddenError, KubectlError, NotFoundError
from panko_client.kubectl.terminal import printing
from panko_client.kubectl.view import lines, loglines, plan, rotation
from panko_client.kubectl.view.panko import Panko
from panko_client.kubectl.view.producer import Producer
from panko_client.kubectl.view.summary import summary
from panko_operator import resource
from panko_operator.accounts import logins
from panko_operator.accounts import rotation as operators
from panko_operator.children.binding import event_pipeline
from panko_operator.children.binding.address import Address
from panko_operator.resource.roles import BY_NAME

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def memory():
    """The operator's own pass over a Panko, of which the plug-in tells."""
    memory = MemoryWorld()
    memory.body["metadata"]["creationTimestamp"] = "2029-12-31T22:00:00Z"
    memory.reconcile()
    return memory


def told(memory, pods=(), expirer=None):
    return summary(Panko(memory.body), pods=pods, expirer=expirer, now=NOW)


def shown(memory, **what):
    return "\n".join(lines.told(told(memory, **what)))


# What it shares with the operator


def test_names_and_annotations_are_those_of_the_operator(memory):
    panko = resource.Panko.from_body(memory.body)
    assert names.deployment(panko.name, "api") == panko.api_name
    assert names.deployment(panko.name, "haproxy") == panko.haproxy_name
    assert names.expirer(panko.name) == panko.expirer_name
    labels = dict(pair.split("=") for pair in names.selector(panko.name).split(","))
    assert labels.items() <= panko.child_labels.items()
    assert (names.PLAN, names.ROTATE, names.RELEASE) == (
        resource.PLAN_ANNOTATION,
        resource.ROTATE_ANNOTATION,
        resource.RELEASE_ANNOTATION,
    )
    assert set(rotation.WHAT) == {operators.ALL, *operators.BEGIN}


@pytest.mark.parametrize("authority", ["", "a certificate"])
@pytest.mark.parametrize("types", [(), ("compute.instance.*", "backup.end"), ("*.end",)])
@pytest.mark.parametrize("password", ["plain", "p/a?s#s:w@rd %"])
def test_event_pipeline_is_the_one_of_the_publishers_secret(authority, types, password):
    address = Address("https://panko.example:8777", authority)
    theirs = event_pipeline.text(address, username="nova", password=password, event_types=types)
    how = {"secret": "s", "get": ("kubectl",), "has_authority": bool(authority), "event_types": types}
    assert Producer("nova", address.uri, password=password, **how).pipeline() == theirs
    without = Producer("nova", address.uri, **how).pipeline().partition("\n")
    assert "kubectl get secret s -o" in without[0]
    assert yaml.safe_load(without[2]) == yaml.safe_load(
        event_pipeline.text(address, username="nova", password="PASSWORD", event_types=types)
    )


@pytest.mark.parametrize("shape", ["curl", "cloudevent"])
def test_an_example_is_an_event_that_the_account_may_store(shape):
    how = {"secret": "s", "get": ("kubectl",), "has_authority": False}
    free = Producer("nova", "http://p/v2/events", **how)
    confined = Producer("nova", "http://p/v2/events", event_types=("compute.*",), projects=("2f6e",), **how)
    assert "example.hello" in getattr(free, shape)("m-1", NOW)
    assert "2f6e" not in getattr(free, shape)("m-1", NOW)
    told = getattr(confined, shape)("m-1", NOW)
    assert "compute.hello" in told
    assert "2f6e" in told


def collecting(memory):
    """Let a Panko collect notifications, too."""
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url="rabbit://openstack:secret@rabbit:5672/")
    refs = [{"name": "rabbit", "key": "transport_url"}]
    memory.edit(collector={"transportURLSecretRefs": refs, "replicas": 1, "topics": ["notifications"]})


def test_components_are_those_that_the_operator_makes_pods_of(memory):
    collecting(memory)
    memory.reconcile()
    made, jobs = {}, set()
    for (kind, _, name), live in memory.kube.objects.items():
        if kind == "Deployment":
            made[live["spec"]["template"]["metadata"]["labels"][names.COMPONENT]] = name
        elif kind == "Job":
            jobs.add(live["spec"]["template"]["metadata"]["labels"][names.COMPONENT])
        elif kind == "CronJob":
            jobs.add(live["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"][names.COMPONENT])
    assert made == {component: names.deployment("panko", component) for component in names.DEPLOYED}
    assert set(names.COMPONENTS) == set(made) | jobs


def test_every_role_is_of_keystone_or_of_the_database_as_the_operator_has_them(memory):
    collecting(memory)
    memory.edit(keystone={**memory.body["spec"]["keystone"], "serviceAuth": "ApplicationCredential"})
    memory.reconcile()
    panko = Panko(memory.body)
    assert set(panko.accounts) == {*BY_NAME, logins.KEYSTONE, logins.APPLICATION}
    assert rotation.roles(panko, "database") == set(BY_NAME)
    assert {rotation.USER, rotation.APPLICATION} == {logins.KEYSTONE, logins.APPLICATION}


@pytest.mark.parametrize(
    ("component", "spec", "wanted"),
    [
        ("api", {}, True),
        ("haproxy", {}, True),
        ("haproxy", {"haproxy": {"enabled": False}}, False),
        ("collector", {}, False),
        ("collector", {"collector": {"replicas": 1}}, True),
    ],
)
def test_what_the_spec_asks_for_no_deployment_of_is_known(component, spec, wanted):
    assert Panko({"spec": spec}).wants(component) is wanted


# Sentences


def test_a_ready_panko_is_told_in_full(memory):
    memory.body["status"]["certificate"] = {"notAfter": "2030-03-02T00:00:00Z"}
    pod = {
        "metadata": {"name": "panko-api-1", "labels": {names.COMPONENT: "api"}},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"restartCount": 4, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}],
        },
    }
    expirer = {"status": {"lastScheduleTime": "2029-12-31T23:17:00Z", "lastSuccessfulTime": "2029-12-31T23:18:00Z"}}
    text = shown(memory, pods=[pod], expirer=expirer)
    assert "✓ Panko openstack/panko: The event API is running and registered." in text.replace("\x1b[32m", "").replace(
        "\x1b[0m", ""
    )
    assert "api 0/1 ready: panko-api-1 CrashLoopBackOff, 4 restarts" in text
    assert "720h, last run 43m ago, last good one 42m ago" in text
    assert "60 days left, until 2030-03-02T00:00:00Z" in text


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({}, "Nothing is left to do. `kubectl panko producer panko`"),
        ({"deletionTimestamp": "2030-01-01T00:00:00Z"}, "It is being deleted"),
        ({"generation": 2}, "The operator has not looked at this spec yet."),
        ({"annotations": {names.PLAN: "true"}}, "Nothing is changed while the annotation"),
    ],
)
def test_what_comes_next_is_said_by_what_is_most_pressing(memory, change, advice):
    memory.body["metadata"].update(change)
    assert told(memory)["next"].startswith(advice)
    assert told(memory)["ready"] is (not change or "annotations" in change)


def test_a_step_that_is_not_done_comes_next_with_its_own_words(memory):
    memory.database.outage = True
    memory.wait(minutes=30)
    memory.reconcile()
    found = told(memory)
    broken = next(one for one in found["conditions"] if one["status"] != "True")
    assert found["next"] == f"Wait: {broken['message']} ({broken['type']}, {broken['reason']})"
    assert not found["ready"]


def test_who_only_collects_is_not_told_to_name_publishers(memory):
    collecting(memory)
    memory.edit(publishers=[])
    memory.reconcile()
    assert told(memory)["next"].startswith("Nothing is left to do: the collector stores")
    del memory.body["spec"]["collector"]
    assert "name a publisher in spec.publishers" in told(memory)["next"]


FLOWING = {
    "published": True,
    "lastEventTime": "2029-12-31T23:57:00Z",
    "eventsPerMinute": 12,
    "services": [
        {"name": "cinder", "lastEventTime": "2029-12-30T00:00:00Z"},
        {"name": "nova", "lastEventTime": "2029-12-31T23:57:00Z"},
    ],
}


def test_while_nobody_has_published_that_is_told_with_how_to(memory):
    memory.body["status"]["ingest"] = {"published": False}
    assert "events       no producer has published yet" in shown(memory)
    assert told(memory)["next"].startswith("No producer has published yet. `kubectl panko producer panko` prints the")


def test_while_events_come_it_is_told_when_the_last_one_was(memory):
    memory.body["status"] |= {"ingest": FLOWING, "retention": {"oldestEventTime": "2029-12-03T00:00:00Z"}}
    assert "last event 3m ago or later, 12 a minute (cinder 2d ago, nova 3m ago)" in shown(memory)
    assert "720h, oldest event 29d ago, no run yet" in shown(memory)
    assert told(memory)["next"].startswith("Nothing is left to do.")


def test_when_events_come_no_more_that_is_told_and_after_an_hour_it_comes_next(memory):
    memory.body["status"]["ingest"] = {**FLOWING, "lastEventTime": "2029-12-31T23:50:00Z"}
    assert "last event 10m ago, and none since (" in shown(memory)
    assert told(memory)["next"].startswith("Nothing is left to do.")
    memory.body["status"]["ingest"] = {**FLOWING, "lastEventTime": "2029-12-31T21:00:00Z"}
    assert told(memory)["next"].startswith("Look at what publishes: no event has come for 3h.")


def test_of_events_that_the_operator_knows_nothing_of_nothing_is_told(memory):
    assert told(memory)["ingest"] is None
    assert "  events  " not in shown(memory)


def test_a_certificate_that_expires_soon_comes_next(memory):
    memory.body["status"]["certificate"] = {"notAfter": "2030-01-10T00:00:00Z"}
    assert told(memory)["next"] == "Renew the certificate: it expires in 9 days."


def test_a_panko_that_nobody_has_looked_at_is_told_too(memory):
    del memory.body["status"]
    assert "The operator has not looked at it yet." in shown(memory)
    assert "not known yet" in shown(memory)


def test_a_plan_that_was_just_taken_back_is_not_taken_for_the_state_of_now(memory):
    memory.body["metadata"]["annotations"] = {names.PLAN: "true"}
    memory.reconcile()
    assert Panko(memory.body).is_ready
    del memory.body["metadata"]["annotations"]
    assert not Panko(memory.body).is_ready
    memory.reconcile()
    assert Panko(memory.body).is_ready


def test_pods_on_their_way_out_are_named_and_not_counted(memory):
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    pods = [{"metadata": {"name": name, "labels": {names.COMPONENT: "api"}}, "status": ready} for name in ("a", "b")]
    pods[1]["metadata"]["deletionTimestamp"] = "2030-01-01T00:00:00Z"
    assert "api 1/1 ready: b Terminating" in shown(memory, pods=pods)


def test_a_list_is_a_row_each_with_what_comes_next_for_those_that_are_not_ready(memory):
    good = told(memory)
    del memory.body["status"]
    head, first, second = (re.split(r" {3,}", line) for line in lines.listed([good, told(memory)]))
    assert head[-1] == "NEXT"
    assert first[4] == "2/2"  # as the Panko says, whoever may not list pods
    assert first[0] == second[0] == "openstack"
    assert "✓" in first
    assert second[-1].startswith("The operator has not looked at this spec yet.")


def test_nothing_that_the_cluster_says_moves_the_cursor():
    assert harmless({"a": ["x\x1b[2Jy\r", 1, None], "b": "two\nlines"}) == {
        "a": ["x�[2Jy�", 1, None],
        "b": "two\nlines",
    }


# Rotations


def seen(scene):
    """Return the Panko, and what the operator has told of rotations, as `rotate --wait` asks for them."""
    told = {(reason, message) for _, reason, message in scene.memory.kube.events if reason in rotation.TOLD}
    return Panko(copy.deepcopy(scene.memory.body)), told


@pytest.mark.parametrize("what", ["database", "keystone", "all"])
@pytest.mark.parametrize("service_auth", ["Password", "ApplicationCredential"])
def test_a_rotation_is_over_when_every_account_of_it_is_another_and_the_pods_are_at_rest(what, service_auth):
    scene = Scene(keystone={**SPEC["keystone"], "serviceAuth": service_auth})
    before, told = seen(scene)
    at_keystone = {"application" if service_auth == "ApplicationCredential" else "keystone"}
    assert (
        rotation.roles(before, what)
        == {
            "database": set(ROLES),
            "keystone": at_keystone,
            "all": {*ROLES, *at_keystone},
        }[what]
    )
    assert not rotation.is_over(before, before, what, news=())
    scene.ask(what)
    for _ in range(10):
        scene.step()
        after, news = seen(scene)
        if rotation.is_over(before, after, what, news=news - told):
            break
    assert set(rotation.renewed(before, after)) == rotation.roles(before, what)
    assert scene.asked() is None


def test_a_rotation_of_a_panko_that_collects_waits_for_the_collectors_login_too():
    scene = Scene()
    collecting(scene.memory)
    scene.step()
    before, told = seen(scene)
    assert rotation.roles(before, "database") == {*ROLES, "collector"}
    late = copy.deepcopy(before.body)
    for one in late["status"]["credentials"]:
        if one["role"] != "collector":
            one["account"] += "-0001"
    assert not rotation.is_over(before, Panko(late), "database", news=())
    scene.ask("database")
    for _ in range(10):
        scene.step()
        after, news = seen(scene)
        if rotation.is_over(before, after, "database", news=news - told):
            break
    assert set(rotation.renewed(before, after)) == {*ROLES, "collector"}


def test_a_login_that_is_given_up_meanwhile_is_not_waited_for():
    scene = Scene()
    collecting(scene.memory)
    scene.step()
    before, _ = seen(scene)
    after = copy.deepcopy(before.body)
    after["status"]["credentials"] = [
        one | {"account": f"{one['account']}-0001"}
        for one in after["status"]["credentials"]
        if one["role"] != "collector"
    ]
    assert rotation.is_over(before, Panko(after), "database", news=())


def test_a_rotation_that_is_refused_is_over_with_the_operators_words():
    scene = Scene(database={"host": "mariadb", "accountSecretRef": {"name": "database-admin"}})
    before, told = seen(scene)
    scene.ask("database")
    scene.step()
    after, news = seen(scene)
    assert rotation.is_over(before, after, "database", news=news - told)
    assert rotation.renewed(before, after) == {}
    assert [reason for reason, _ in news] == ["NotRotated"]


# Plans


def entry(place, action="Change", **more):
    return {"place": place, "action": action, "object": f"Thing {place}", "step": "DBReady", **more}


def test_a_plan_is_told_by_place_with_fields_and_what_has_no_room():
    entries = [
        entry("Database", "Create"),
        entry("Kubernetes", fields=["spec.a"]),
        entry("Keystone", "Later", message="Waits."),
    ]
    text = "\n".join(plan.told({"changes": 5, "entries": entries}))
    assert [word for word in text.split() if word in ("Kubernetes", "Keystone", "Database")][::2] == [
        "Kubernetes",
        "Keystone",
        "Database",
    ]
    assert "spec.a" in text
    assert "Waits." in text
    assert text.endswith(
        "… and 2 more, which the plan has no room for.\n5 changes: 1 to create, 1 to change, 1 known later."
    )


def test_one_change_is_told_as_one():
    told = list(plan.told({"changes": 1, "entries": [entry("Kubernetes")]}))
    assert told[-1] == "1 change: 1 to change."


def test_a_place_that_is_new_is_not_left_out():
    assert "Moon\n" in "\n".join(plan.told({"changes": 1, "entries": [entry("Moon")]}))


# Waiting


class Cluster:
    """Answers in turn; an error is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def __call__(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_cluster_that_is_away_for_a_moment_ends_no_wait():
    cluster = Cluster(None, KubectlError("connection refused"), "ready")
    assert waiting.until(cluster, "Ready", seconds=30) == "ready"


@pytest.mark.parametrize(
    "answers", [(KubectlError("no such context"),), (None, ForbiddenError("no")), (None, NotFoundError("gone"))]
)
def test_an_answer_that_stays_as_it_is_ends_a_wait_at_once(answers):
    cluster = Cluster(*answers, "too late")
    with pytest.raises(KubectlError):
        waiting.until(cluster, "Ready", seconds=30)


def test_a_cluster_that_stays_away_is_told_at_the_end():
    cluster = Cluster(None, *[KubectlError("connection refused")] * 20)
    with pytest.raises(KubectlError, match="refused"):
        waiting.until(cluster, "Ready", seconds=0.5)


# Logs, documents, durations


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("2m", 120), ("1h30m", 5400), ("1d", 86400)])
def test_a_duration_is_read_as_people_write_it(text, seconds):
    assert durations.Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1h30", "-1s", "1.5h"])
def test_what_is_no_duration_is_wrong_usage(text):
    with pytest.raises(click.UsageError):
        durations.Duration().convert(text, None, None)


STAMP = "2030-01-01T00:00:00.123456789Z"
WHERE = {"time": STAMP, "pod": "panko-api-1", "container": "api"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"[pod/panko-api-1/api] {STAMP} hello [x] world\n", {**WHERE, "message": "hello [x] world"}),
        (f'[pod/panko-api-1/api] {STAMP} {{"severity": "info"}}', {**WHERE, "record": {"severity": "info"}}),
        (f"[pod/panko-api-1/api] {STAMP} {{broken", {**WHERE, "message": "{broken"}),
        (f"[pod/panko-api-1/api] {STAMP} ", {**WHERE, "message": ""}),
        ("something else", {"message": "something else"}),
    ],
)
def test_a_line_of_a_log_is_an_object(line, expected):
    assert loglines.parsed(line) == expected


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=12)
SCALARS = (
    st.none() | st.booleans() | st.integers() | TEXTS | st.sampled_from(["yes", "~", "1e3", "0x1", "a: b", "- a", "#"])
)


def nested(inner):
    return inner | st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)


DOCUMENTS = nested(nested(nested(SCALARS)))


@given(DOCUMENTS)
def test_a_document_in_yaml_is_the_same_document(value):
    assert yaml.safe_load(printing.document(value, "yaml")) == value


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (59, "59s"), (60, "1m"), (7199, "119m"), (7200, "2h"), (172800, "2d"), (-5, "0s")]
)
def test_an_age_is_told_in_its_largest_unit(seconds, text):
    assert durations.told(timedelta(seconds=seconds)) == text.replace("119m", "1h")
