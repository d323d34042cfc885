"""A Panko of which only a plan is wanted: nothing is written but its status, which tells what would be."""

import copy
import json

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.changes import Action, Change, Place
from panko_operator.controller.planning import report
from panko_operator.controller.planning.draft import MOST_ENTRIES, MOST_FIELDS, Draft, Entry
from panko_operator.controller.reconcile import Pace
from panko_operator.memory import Memory
from panko_operator.passes.context import Context
from panko_operator.resource import PLAN_ANNOTATION, RECONCILE_ANNOTATION, ROTATE_ANNOTATION, Panko

WITHOUT_PUBLISHERS = {**SPEC, "publishers": []}  # where they do not matter: hashing takes its time
API = ("Deployment", "openstack", "panko-api")
SECRETS = ("generated-", "made-up-", "root-password", "admin-password", "$2b$")


def annotate(memory, **annotations):
    memory.body["metadata"].setdefault("annotations", {}).update(annotations)


def ask(memory):
    annotate(memory, **{PLAN_ANNOTATION: "true"})


def take_back(memory):
    del memory.body["metadata"]["annotations"][PLAN_ANNOTATION]


def plan(memory):
    """Have a plan; return its entries by place and object."""
    memory.reconcile()
    return {(entry["place"], entry["object"]): entry for entry in memory.body["status"]["plan"]}


def untouched(memory):
    """Return everything but what may be written of the Panko itself."""
    others = {key: live for key, live in memory.kube.objects.items() if key[0] != "Panko"}
    metadata = {key: value for key, value in memory.body["metadata"].items() if key != "resourceVersion"}
    accounts, clouds = memory.database.accounts, memory.keystone.clouds
    users = {url: (dict(cloud.users), list(cloud.endpoints)) for url, cloud in clouds.items()}
    state = (others, metadata, memory.body["spec"], accounts, memory.database.roles, memory.database.marks, users)
    return copy.deepcopy((*state, memory.keystone.service, memory.database.databases))


def created(_memory):
    """Do nothing: all of it is still to be made."""


def drifted(memory):
    memory.kube.objects[API]["spec"]["replicas"] = 7
    del memory.kube.objects["Service", "openstack", "panko"]
    memory.keystone.clouds["http://keystone:5000/v3"].endpoints.pop()
    memory.database.roles[next(name for name in memory.database.roles if "-api-" in name)] = "none"


def rotated(memory):
    annotate(memory, **{ROTATE_ANNOTATION: "all"})


def expired(memory):
    memory.edit(rotation={"interval": "24h", "retainPrevious": "15m"})
    memory.wait(hours=25)


SITUATIONS = {
    "create": created,
    "change": lambda memory: memory.edit(replicas=5, customServiceConfig="[DEFAULT]\ndebug = true\n"),
    "upgrade": lambda memory: memory.edit(image="panko:12"),
    "drift": drifted,
    "rotation asked for": rotated,
    "rotation due": expired,
    "another Keystone": lambda memory: memory.edit(
        keystone={**memory.body["spec"]["keystone"], "authURL": "http://other:5000/v3"}
    ),
    "another database server": lambda memory: memory.edit(
        database={**memory.body["spec"]["database"], "host": "other"}
    ),
    "withdrawn": lambda memory: memory.edit(keystone={**memory.body["spec"]["keystone"], "publish": False}),
}


@pytest.fixture
def settled():
    memory = MemoryWorld(WITHOUT_PUBLISHERS)
    memory.reconcile()
    assert memory.reconcile().pace is Pace.SETTLED
    memory.kube.writes.clear()
    memory.kube.events.clear()
    return memory


@pytest.mark.parametrize("situation", SITUATIONS)
def test_nothing_at_all_is_written_while_a_panko_is_planned(situation):
    memory = MemoryWorld(WITHOUT_PUBLISHERS)
    if situation != "create":
        memory.reconcile()
        memory.reconcile()
    SITUATIONS[situation](memory)
    ask(memory)
    memory.kube.writes.clear()
    before = untouched(memory)
    operator = Memory(memory.world)
    for _ in range(3):
        operator.reconcile(copy.deepcopy(memory.body))
        assert untouched(memory) == before
        assert {write[0] for write in memory.kube.writes} <= {"status"}
    assert memory.body["status"]["plan"]
    assert [reason for _, reason, _ in memory.kube.events if reason == "Planned"] == ["Planned"]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_no_secret_is_in_a_plan(situation):
    memory = MemoryWorld()
    if situation != "create":
        memory.reconcile()
    SITUATIONS[situation](memory)
    ask(memory)
    memory.reconcile()
    told = json.dumps([memory.body["status"], memory.kube.events])
    assert [text for text in SECRETS if text in told] == []


def test_a_plan_of_what_does_not_exist_yet_names_all_of_it():
    memory = MemoryWorld(WITHOUT_PUBLISHERS)
    ask(memory)
    found = plan(memory)
    objects = {name for _, name in found}
    assert {entry["action"] for key, entry in found.items() if "Schema" not in key[1]} == {"Create"}
    assert {"Database panko_openstack_panko", "KeystoneUser panko-openstack-panko", "KeystoneService panko"} <= objects
    assert {f"KeystoneEndpoint {interface}" for interface in ("public", "internal", "admin")} <= objects
    assert {"Deployment panko-api", "Deployment panko-haproxy", "CronJob panko-expirer"} <= objects
    assert "Secret panko-config-*" in objects  # what it is named by is not generated yet
    schema = found["Database", "Schema panko_openstack_panko"]
    assert "After the database exists" in schema["message"]
    assert memory.body["status"]["planned"] == {"observedGeneration": 1, "changes": len(found)}


def test_the_order_of_a_plan_is_that_of_the_steps(settled):
    settled.edit(image="panko:12", replicas=3)
    ask(settled)
    plan(settled)
    conditions = [one["type"] for one in settled.body["status"]["conditions"]]
    places = [conditions.index(entry["step"]) for entry in settled.body["status"]["plan"]]
    assert places == sorted(places)


def test_a_change_is_told_by_the_fields_that_differ(settled):
    settled.edit(replicas=5, image="panko:12")
    ask(settled)
    entry = plan(settled)["Kubernetes", "Deployment panko-api"]
    assert entry["action"] == "Change"
    assert entry["fields"] == ["spec.replicas", "spec.template.spec.containers[api].image"]
    assert entry["step"] == "DeploymentReady"


def test_an_upgrade_tells_the_revision_and_the_rows(settled):
    settled.edit(image="panko:12")
    ask(settled)
    found = plan(settled)
    message = found["Database", "Schema panko_openstack_panko"]["message"]
    assert "From revision 0006 to that of image panko:12" in message
    assert "about 1000 events" in message
    (contraction,) = [entry for (_, name), entry in found.items() if "panko-contract-" in name]
    assert contraction["message"].startswith("Only if")


def test_a_schema_job_that_has_to_run_again_is_replaced(settled):
    settled.database.without_schema.add("panko_openstack_panko")
    settled.edit(replicas=5)
    ask(settled)
    found = plan(settled)
    (job,) = [entry for (_, name), entry in found.items() if "panko-dbsync-" in name]
    assert job["action"] == "Replace"
    assert found["Kubernetes", "Deployment panko-api"]["fields"] == ["spec.replicas"]
    assert "Later" not in {entry["action"] for entry in found.values()}


def test_drift_is_planned_by_what_was_changed(settled):
    drifted(settled)
    ask(settled)
    found = plan(settled)
    assert found["Kubernetes", "Deployment panko-api"]["fields"] == ["spec.replicas"]
    assert found["Kubernetes", "Service panko"]["action"] == "Create"
    assert found["Keystone", "KeystoneEndpoint admin"]["action"] == "Create"
    (account,) = [entry for (place, name), entry in found.items() if place == "Database" and "panko-api" in name]
    assert account["fields"] == ["grants"]
    assert "drift" not in settled.body["status"]


def test_what_is_not_wanted_any_more_is_removed(settled):
    settled.edit(haproxy={**settled.body["spec"]["haproxy"], "enabled": False})
    ask(settled)
    found = plan(settled)
    assert found["Kubernetes", "Deployment panko-haproxy"]["action"] == "Remove"
    assert found["Kubernetes", "Service panko"]["fields"]


def test_a_rotation_tells_of_accounts_that_follow_and_of_those_that_go(settled):
    rotated(settled)
    ask(settled)
    found = plan(settled)
    ours = {name: entry for (place, name), entry in found.items() if place == "Database"}
    made = [name for name, entry in ours.items() if entry["action"] == "Create"]
    gone = [name for name, entry in ours.items() if entry["action"] == "Remove"]
    assert sorted(made) == sorted(f"{name}-*" for name in gone)
    assert len(made) == 3
    assert "Once nothing uses it" in ours[gone[0]]["message"]
    assert found["Keystone", "KeystoneUser panko-openstack-panko-*"]["action"] == "Create"
    assert settled.body["metadata"]["annotations"][ROTATE_ANNOTATION] == "all"


@pytest.mark.parametrize("what", ["keystone", "database", "all"])
def test_what_a_plan_does_not_do_in_each_of_its_rounds_nobody_is_said_to_undo(settled, what):
    settled.edit(rotation={"retainPrevious": "10s"})
    settled.reconcile()
    settled.wait(minutes=1)
    annotate(settled, **{ROTATE_ANNOTATION: what})
    ask(settled)
    found = plan(settled)
    assert [entry["message"] for entry in found.values() if entry["action"] == "Later"] == []


def test_what_cannot_be_gone_through_is_known_later(settled):
    settled.edit(image="panko:12", replicas=3)
    settled.database.outage = True
    ask(settled)
    found = plan(settled)
    assert found["Kubernetes", "Condition DBReady"]["action"] == "Later"
    assert "does not answer" in found["Kubernetes", "Condition DBReady"]["message"]
    assert found["Kubernetes", "Condition EventAPIReady"]["message"] == "Waits for DBReady."
    assert found["Kubernetes", "Deployment panko-api"]["fields"] == ["spec.replicas"]
    assert settled.reconcile().pace is Pace.FAILED
    settled.database.outage = False
    assert ("Kubernetes", "Condition DBReady") not in plan(settled)


def test_conditions_tell_how_it_is_and_kstatus_that_nothing_is_under_way(settled):
    settled.edit(replicas=5)
    ask(settled)
    assert settled.reconcile().pace is Pace.SETTLED
    told = {type_: settled.condition(type_) for type_ in ("Ready", "Reconciling", "Stalled")}
    assert {type_: one["status"] for type_, one in told.items()} == {
        "Ready": "True",
        "Reconciling": "False",
        "Stalled": "False",
    }
    assert {one["reason"] for one in told.values()} == {"PlanOnly"}
    assert settled.body["status"]["observedGeneration"] == settled.body["metadata"]["generation"]
    del settled.kube.objects[API]
    settled.reconcile()
    assert settled.condition("Ready")["status"] == "False"
    message = settled.condition("DeploymentReady")["message"]
    assert "Deployment panko-api is not there" in message
    assert "spec.suspend" not in message


def test_a_second_pass_over_the_same_writes_and_says_nothing(settled):
    settled.edit(replicas=5)
    ask(settled)
    settled.reconcile()
    settled.kube.writes.clear()
    settled.reconcile()
    assert settled.kube.writes == []
    assert settled.kube.reasons("Normal") == ["Planned"]


def test_another_spec_is_another_plan_and_is_told_once_more(settled):
    ask(settled)
    assert plan(settled) == {}
    settled.edit(replicas=5)
    assert ("Kubernetes", "Deployment panko-api") in plan(settled)
    assert settled.body["status"]["planned"]["observedGeneration"] == settled.body["metadata"]["generation"]
    assert settled.kube.reasons("Normal") == ["Planned", "Planned"]


def test_a_plan_goes_with_its_annotation_and_is_carried_out(settled):
    settled.edit(replicas=5)
    ask(settled)
    settled.reconcile()
    take_back(settled)
    assert settled.reconcile().pace is Pace.SETTLED
    assert settled.kube.objects[API]["spec"]["replicas"] == 5
    assert {"plan", "planned"}.isdisjoint(settled.body["status"])
    assert settled.condition("Ready")["reason"] == "Ready"


def test_a_plan_does_not_outlive_its_annotation_where_the_panko_is_suspended(settled):
    settled.edit(replicas=5, suspend=True)
    ask(settled)
    assert ("Kubernetes", "Deployment panko-api") in plan(settled)
    take_back(settled)
    settled.reconcile()
    assert {"plan", "planned"}.isdisjoint(settled.body["status"])
    assert settled.condition("Ready")["reason"] == "Suspended"


def test_a_deletion_is_no_plan(settled):
    ask(settled)
    settled.kube.delete_panko(settled.body, settled.time)
    assert settled.reconcile().pace is Pace.SETTLED
    assert settled.body is None
    assert settled.keystone.users == {}


def test_servers_are_asked_once_for_a_plan_until_the_next_resync(settled):
    settled.edit(replicas=5)
    ask(settled)
    operator = Memory(settled.world)
    operator.reconcile(copy.deepcopy(settled.body))
    asked = settled.database.logins
    first = copy.deepcopy(settled.body["status"])
    operator.reconcile(copy.deepcopy(settled.body))
    assert settled.database.logins == asked
    assert settled.body["status"] == first
    annotate(settled, **{RECONCILE_ANNOTATION: "now"})
    operator.reconcile(copy.deepcopy(settled.body))
    assert settled.database.logins > asked


def test_keystone_is_not_asked_again_for_what_was_just_planned(settled):
    settled.edit(keystone={**settled.body["spec"]["keystone"], "authURL": "http://other:5000/v3"})
    ask(settled)
    operator, reach = Memory(settled.world), settled.keystone.unreachable
    operator.reconcile(copy.deepcopy(settled.body))
    first = copy.deepcopy(settled.body["status"]["plan"])
    reach.add("http://other:5000/v3")
    operator.reconcile(copy.deepcopy(settled.body))
    assert settled.body["status"]["plan"] == first
    settled.wait(minutes=6)
    operator.reconcile(copy.deepcopy(settled.body))
    assert settled.body["status"]["plan"] != first


def test_a_plan_is_as_long_as_the_status_has_room_for():
    memory = MemoryWorld(WITHOUT_PUBLISHERS)
    ask(memory)
    entries = [Entry(Change(Place.KUBERNETES, Action.CREATE, "Secret", f"s{number}"), "Ready") for number in range(60)]
    told = report.status(Context(Panko.from_body(memory.body), memory.body, memory.world), entries, types=("Ready",))
    assert [entry["object"] for entry in told["plan"]] == [f"Secret s{number}" for number in range(MOST_ENTRIES)]
    assert told["planned"]["changes"] == 60


def test_an_object_that_is_somebody_elses_is_told_and_left(settled):
    settled.kube.objects[API]["metadata"]["ownerReferences"] = []
    settled.edit(replicas=5)
    ask(settled)
    found = plan(settled)
    assert ("Kubernetes", "Deployment panko-api") not in found
    assert "does not belong to this Panko" in found["Kubernetes", "Condition DeploymentReady"]["message"]


def noted(*changes):
    draft = Draft()
    for change in changes:
        draft.note(change)
    return [entry.as_status() for entry in draft.entries()]


def test_what_happens_to_one_thing_is_one_entry():
    job = (Place.KUBERNETES, "Job", "panko-dbsync")
    create, change, remove = (
        Change(job[0], action, *job[1:]) for action in (Action.CREATE, Action.CHANGE, Action.REMOVE)
    )
    assert noted(create, remove) == []
    assert [entry["action"] for entry in noted(remove, create)] == ["Replace"]
    assert [entry["action"] for entry in noted(create, change)] == ["Create"]
    assert [entry["action"] for entry in noted(change, remove)] == ["Remove"]


def test_many_fields_are_counted():
    fields = tuple(f"spec.field{number}" for number in range(MOST_FIELDS + 5))
    (entry,) = noted(Change(Place.KUBERNETES, Action.CHANGE, "Deployment", "panko-api", fields))
    assert len(entry["fields"]) == MOST_FIELDS + 1
    assert entry["fields"][-1] == "and 5 more"
