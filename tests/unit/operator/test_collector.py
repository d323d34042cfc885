"""Notifications are collected where the spec asks for it: what is made, what is told, and what goes with the field."""

import base64
import copy

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.children.collector.deployment import ACCOUNT_ANNOTATION
from panko_operator.resource import Panko, as_applied

URL = "rabbit://openstack:r%40bbit-secret@rabbit-1.openstack.svc:5672,openstack:r%40bbit-secret@192.0.2.7:5673/cloud"
COLLECTOR = {
    "transportURLSecretRefs": [{"name": "rabbit", "key": "transport_url"}],
    "replicas": 1,
    "topics": ["notifications"],
}
DEFINITIONS = "- event_type: compute.*\n  traits: {}\n"
NAME = "panko-collector"


def collector(**fields):
    return copy.deepcopy(COLLECTOR) | fields


@pytest.fixture
def memory():
    """A Panko that collects."""
    made = MemoryWorld()
    made.kube.put_secret(made.namespace, "rabbit", transport_url=f"{URL}\n")
    made.edit(collector=collector())
    made.reconcile()
    return made


def give_definitions(memory, text=DEFINITIONS, key="event_definitions.yaml"):
    metadata = {"name": "definitions", "namespace": memory.namespace}
    memory.kube.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {key: text}})
    ref = {"name": "definitions", "key": "event_definitions.yaml"}
    memory.edit(collector=collector(definitionsConfigMapRef=ref))
    memory.reconcile()


def live(memory, kind, name=NAME):
    return memory.kube.objects.get((kind, memory.namespace, name))


def config_name(memory):
    volumes = live(memory, "Deployment")["spec"]["template"]["spec"]["volumes"]
    return next(one["secret"]["secretName"] for one in volumes if one["name"] == "config")


def files(memory):
    return {key: base64.b64decode(value).decode() for key, value in memory.secret(config_name(memory)).items()}


def account(memory):
    return live(memory, "Deployment")["spec"]["template"]["metadata"]["annotations"][ACCOUNT_ANNOTATION]


def names_of_collector(memory):
    return {(kind, name) for kind, _, name in memory.kube.objects if "collector" in name}


def test_without_the_field_nothing_of_it_is_made():
    memory = MemoryWorld()
    memory.reconcile()
    assert names_of_collector(memory) == set()
    assert memory.condition("CollectorReady")["reason"] == "NoCollector"
    assert memory.condition("Ready")["status"] == "True"
    assert not any("collector" in name for name in memory.database.accounts)


def test_a_panko_that_collects_is_ready(memory):
    assert memory.condition("CollectorReady")["reason"] == "Available"
    assert memory.condition("Ready")["status"] == "True"
    (container,) = live(memory, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "panko-collector:11"
    assert container["command"] == ["panko-collector", "--config-file", "/etc/panko/panko.conf"]


def test_its_configuration_has_the_url_and_an_account_of_its_own(memory):
    conf = files(memory)["panko.conf"]
    assert f"\ntransport_url = {URL}\n" in conf
    assert account(memory) in conf
    assert account(memory).startswith("panko-collector-")
    assert account(memory) in memory.database.accounts
    assert live(memory, "Secret", config_name(memory))["immutable"] is True


def test_the_url_is_in_no_other_object_and_in_no_variable(memory):
    def tells(one):
        data = one.get("data", {}).values() if one["kind"] == "Secret" else ()
        return "bbit-secret" in f"{one} {[base64.b64decode(value).decode() for value in data]}"

    holders = {name for (_, _, name), one in memory.kube.objects.items() if tells(one)}
    assert holders == {"rabbit", config_name(memory)}
    (container,) = live(memory, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert "env" not in container


def test_another_url_is_another_configuration_and_a_rollout(memory):
    before = config_name(memory)
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url="rabbit://other/")
    memory.reconcile()
    assert config_name(memory) != before
    assert live(memory, "Secret", before) is not None  # for `kubectl rollout undo`
    assert Panko.from_body(memory.body).referenced_secrets() >= {"rabbit"}


def test_a_second_pass_changes_nothing(memory):
    before = copy.deepcopy(memory.kube.objects)
    memory.reconcile()
    assert memory.kube.objects == before


def test_the_apis_pods_are_not_touched_by_it():
    memory = MemoryWorld()
    memory.reconcile()
    before = copy.deepcopy(live(memory, "Deployment", "panko-api")["spec"])
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url=URL)
    memory.edit(collector=collector(), customServiceConfig="[collector]\nbatch_size = 50\n")
    memory.reconcile()
    assert live(memory, "Deployment", "panko-api")["spec"] == before
    assert "\nbatch_size = 50\n" in files(memory)["panko.conf"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("amqp://host/", "does not begin with rabbit://"),
        ("rabbit:///", "names no host"),
        ("rabbit://a:secret-word@host:port/", "has a port that is none"),
        ("rabbit://a:secret-word@host:5672/\n[api]", "holds a blank or a line break"),
    ],
)
def test_an_url_that_is_none_is_told_without_a_word_of_it(memory, url, said):
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url=url)
    before = live(memory, "Deployment")["spec"]
    memory.reconcile()
    condition = memory.condition("CollectorReady")
    assert (condition["status"], condition["reason"]) == ("False", "TransportUnusable")
    assert condition["message"].startswith(f"Key transport_url of Secret rabbit {said}; write rabbit://")
    assert "secret-word" not in condition["message"]
    assert live(memory, "Deployment")["spec"] == before


def test_everything_that_is_missing_is_told_at_once_and_holds_up_nothing_else():
    memory = MemoryWorld()
    telemetry = {"name": "telemetry", "key": "telemetry_secret"}
    memory.edit(collector=collector(sampleTopics=["event"], telemetrySecretRef=telemetry))
    memory.reconcile()
    condition = memory.condition("CollectorReady")
    assert condition["reason"] == "SecretMissing"
    assert condition["message"] == (
        "Secret rabbit does not exist; create it in openstack with transport_url, for the collector. "
        "Secret telemetry does not exist; create it in openstack with telemetry_secret, for the collector."
    )
    others = [one for one in memory.body["status"]["conditions"] if one["type"] not in {"CollectorReady", "Ready"}]
    steps = [one for one in others if one["type"] not in {"Reconciling", "Stalled"}]
    assert {one["status"] for one in steps} == {"True"}


def test_definitions_are_given_to_the_pods_as_they_are(memory):
    give_definitions(memory)
    assert files(memory)["event_definitions.yaml"] == DEFINITIONS
    assert "event_definitions = /etc/panko/event_definitions.yaml" in files(memory)["panko.conf"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b", "is no YAML list"),
        ("[]", "is no YAML list"),
        ("- event_type: a\n  traits: [", "is no YAML (line 3)"),
        ("- event_type: a\n- traits: {}\n", "has no definition as entry 2"),
        ("[" * 5000, "is no YAML"),
    ],
)
def test_definitions_that_cannot_be_read_reach_no_pod(memory, text, said):
    before = config_name(memory)
    give_definitions(memory, text)
    condition = memory.condition("CollectorReady")
    assert (condition["status"], condition["reason"]) == ("False", "DefinitionsUnusable")
    assert condition["message"].startswith(f"Key event_definitions.yaml of ConfigMap definitions {said}")
    assert config_name(memory) == before


def test_definitions_that_are_missing_are_told(memory):
    ref = {"name": "definitions", "key": "event_definitions.yaml"}
    memory.edit(collector=collector(definitionsConfigMapRef=ref))
    memory.reconcile()
    assert memory.condition("CollectorReady")["reason"] == "ConfigMapMissing"
    assert "create it in openstack with event_definitions.yaml" in memory.condition("CollectorReady")["message"]
    give_definitions(memory, key="other")
    assert memory.condition("CollectorReady")["message"].startswith(
        "ConfigMap definitions has no key event_definitions"
    )


def test_it_waits_for_the_schema():
    memory = MemoryWorld()
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url=URL)
    memory.kube.come_up = lambda _live: None
    memory.edit(collector=collector())
    memory.reconcile()
    assert memory.condition("CollectorReady")["message"] == "Waits for DBSyncReady."
    assert live(memory, "Deployment") is None


def test_taking_the_field_away_takes_all_of_it(memory):
    former = account(memory)
    memory.edit(collector=None)
    del memory.body["spec"]["collector"]
    memory.reconcile()
    assert {name for kind, name in names_of_collector(memory) if kind != "Secret"} == set()
    assert former in memory.database.accounts  # a pod may have it yet
    memory.wait(hours=1)
    memory.reconcile()
    memory.reconcile()
    assert former not in memory.database.accounts
    assert names_of_collector(memory) == set()
    assert "recentCollectorConfigs" not in memory.body["status"]


def pod(memory, name, owner_account, image="panko-collector:11"):
    metadata = {
        "name": name,
        "namespace": memory.namespace,
        "labels": Panko.from_body(memory.body).labels("collector"),
        "annotations": {ACCOUNT_ANNOTATION: owner_account},
        "creationTimestamp": "2030-01-01T00:00:00Z",
    }
    spec = {"volumes": [], "containers": [{"name": "collector", "image": image}]}
    memory.kube.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})


def test_a_rotation_keeps_an_account_until_no_pod_has_it(memory):
    before = account(memory)
    pod(memory, "panko-collector-1", before)
    memory.body["metadata"]["annotations"] = {"panko.openstack.org/rotate": "database"}
    memory.reconcile()
    after = account(memory)
    assert after != before
    memory.wait(hours=1)
    memory.reconcile()
    assert before in memory.database.accounts
    assert "panko-collector-1" in memory.condition("CredentialsCurrent")["message"]
    pod(memory, "panko-collector-1", after)
    memory.reconcile()
    assert before not in memory.database.accounts
    assert after in memory.database.accounts


def test_a_deletion_takes_its_account_too(memory):
    name = account(memory)
    memory.kube.delete_panko(memory.body, memory.time)
    for _ in range(5):
        if memory.body is None:
            break
        memory.reconcile()
    assert memory.body is None
    assert name not in memory.database.accounts


def test_a_suspended_panko_tells_how_it_is(memory):
    memory.kube.objects.pop(("Deployment", memory.namespace, NAME))
    memory.edit(suspend=True)
    memory.reconcile()
    assert memory.condition("CollectorReady")["message"].startswith("Deployment panko-collector is not there")
    assert live(memory, "Deployment") is None


def test_it_reaches_the_database_and_every_rabbitmq_and_nothing_else(memory):
    policy = live(memory, "NetworkPolicy")["spec"]
    ports = {port["port"] for rule in policy["egress"] for port in rule.get("ports", ())}
    assert ports == {53, 5353, 3306, 5672, 5673}
    (ingress,) = policy["ingress"]
    assert [port["port"] for port in ingress["ports"]] == [9778]


def test_several_pods_have_a_budget(memory):
    assert live(memory, "PodDisruptionBudget") is None
    memory.edit(collector=collector(replicas=2))
    memory.reconcile()
    assert live(memory, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1


SCALED = {"maxReplicas": 8, "messagesPerReplica": 5000}


def test_keda_scales_it_by_what_waits(memory):
    memory.edit(collector=collector(autoscaling=SCALED))
    memory.reconcile()
    spec = live(memory, "ScaledObject")["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 8)
    assert {trigger["metadata"]["queueName"] for trigger in spec["triggers"]} == {
        "notifications.info",
        "notifications.error",
    }
    (login,) = {trigger["authenticationRef"]["name"] for trigger in spec["triggers"]}
    (target,) = live(memory, "TriggerAuthentication", login)["spec"]["secretTargetRef"]
    held = base64.b64decode(memory.secret(target["name"])[target["key"]]).decode()
    assert (target["parameter"], held) == (
        "host",
        "amqp://openstack:r%40bbit-secret@rabbit-1.openstack.svc:5672/cloud",
    )
    # The number is KEDA's from here on.
    live(memory, "Deployment")["spec"]["replicas"] = 5
    memory.reconcile()
    assert live(memory, "Deployment")["spec"]["replicas"] == 5


def trusting(memory, url):
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url=url)
    memory.kube.put_secret(memory.namespace, "rabbit-ca", **{"bundle.pem": "certificates"})
    ref = {"name": "rabbit-ca", "key": "bundle.pem"}
    memory.edit(collector=collector(autoscaling=SCALED, caSecretRef=ref))
    memory.reconcile()


def login_of_keda(memory):
    held = live(memory, "TriggerAuthentication", f"{NAME}-0")["spec"]["secretTargetRef"]
    secrets = {one["parameter"]: memory.secret(one["name"])[one["key"]] for one in held}
    return {parameter: base64.b64decode(value).decode() for parameter, value in secrets.items()}


def test_a_private_authority_is_mounted_and_trusted_by_the_collector_and_by_keda(memory):
    trusting(memory, "rabbit://a:b@host:5671/")
    assert memory.condition("CollectorReady")["reason"] == "Available"
    assert Panko.from_body(memory.body).referenced_secrets() >= {"rabbit-ca"}
    path = "/etc/panko-trust/rabbitmq"
    assert f"[oslo_messaging_rabbit]\nssl = true\nssl_ca_file = {path}/ca.crt\n" in files(memory)["panko.conf"]
    spec = live(memory, "Deployment")["spec"]["template"]["spec"]
    volumes = {one["name"]: one for one in spec["volumes"]}
    (mounted,) = [one["name"] for one in spec["containers"][0]["volumeMounts"] if one["mountPath"] == path]
    assert volumes[mounted]["secret"]["secretName"] == "rabbit-ca"
    assert volumes[mounted]["secret"]["items"] == [{"key": "bundle.pem", "path": "ca.crt"}]
    assert login_of_keda(memory) == {"host": "amqps://a:b@host:5671/%2F", "tls": "enable", "ca": "certificates"}


def test_a_rabbitmq_whose_url_wants_no_encryption_is_asked_for_no_certificate(memory):
    trusting(memory, "rabbit://a:b@host/?ssl=0")
    assert login_of_keda(memory) == {"host": "amqp://a:b@host:5672/%2F"}


def test_an_authority_that_is_missing_is_told(memory):
    memory.edit(collector=collector(caSecretRef={"name": "rabbit-ca", "key": "ca.crt"}))
    memory.reconcile()
    condition = memory.condition("CollectorReady")
    assert (condition["status"], condition["reason"]) == ("False", "SecretMissing")
    assert "Secret rabbit-ca does not exist; create it in openstack with ca.crt" in condition["message"]


def test_without_keda_the_number_is_fixed_and_that_is_told(memory):
    memory.kube.absent = {"ScaledObject", "TriggerAuthentication"}
    memory.edit(collector=collector(autoscaling=SCALED))
    memory.reconcile()
    assert live(memory, "Deployment")["spec"]["replicas"] == 1
    assert "has no KEDA" in memory.condition("CollectorReady")["message"]
    assert memory.condition("Ready")["status"] == "True"


def test_what_is_no_longer_scaled_is_so_at_once(memory):
    memory.edit(collector=collector(autoscaling=SCALED))
    memory.reconcile()
    memory.edit(collector=collector(replicas=3))
    memory.keystone.outage = True  # nothing is pruned meanwhile
    memory.reconcile()
    assert live(memory, "ScaledObject") is None
    assert live(memory, "Deployment")["spec"]["replicas"] == 3
    memory.keystone.outage = False
    memory.reconcile()
    assert live(memory, "Secret", "panko-collector-queues") is None


def test_prometheus_finds_its_figures(memory):
    spec = live(memory, "PodMonitor")["spec"]
    assert spec["selector"]["matchLabels"]["app.kubernetes.io/component"] == "collector"


def test_a_given_account_is_the_collectors_too():
    given = {"host": "mariadb", "accountSecretRef": {"name": "database-account"}}
    memory = MemoryWorld(SPEC | {"database": given})
    memory.kube.put_secret(memory.namespace, "database-account", username="panko", password="given-password")
    memory.database.accounts["panko"] = "given-password"
    memory.kube.put_secret(memory.namespace, "rabbit", transport_url=URL)
    memory.edit(collector=collector())
    memory.reconcile()
    assert "://panko:given-password@" in files(memory)["panko.conf"]


def test_a_renewed_login_reaches_it_while_the_panko_is_suspended(memory):
    assert as_applied(memory.body) is not None
    before = account(memory)
    memory.edit(suspend=True, suspendMode="AllButHousekeeping")
    memory.body["metadata"]["annotations"] = {"panko.openstack.org/rotate": "database"}
    memory.reconcile()
    memory.reconcile()
    assert account(memory) != before


def test_the_schema_is_not_contracted_while_a_collector_of_before_runs(memory):
    pod(memory, "panko-collector-1", account(memory), image="panko-collector:10")
    memory.kube.reported = {"revision": "0007", "contractDue": True}
    memory.edit(image="panko:12")
    memory.reconcile()
    assert memory.condition("DBContractReady")["reason"] == "PodsOfBefore"
    assert "panko-collector-1" in memory.condition("DBContractReady")["message"]
    pod(memory, "panko-collector-1", account(memory))
    memory.reconcile()
    assert memory.condition("DBContractReady")["status"] == "True"


def upgraded(memory, kept, **changes):
    """Have a release with something to contract come, where the spec names the collector's image."""
    memory.edit(collector=collector(image=kept))
    memory.reconcile()
    memory.kube.reported = {"revision": "0007", "contractDue": True}
    memory.edit(image="registry.example.org:5000/panko:12", **changes)
    memory.reconcile()
    return memory.condition("DBContractReady")


def test_the_schema_is_not_contracted_while_the_spec_keeps_the_collector_of_before(memory):
    condition = upgraded(memory, "panko-collector:11")
    assert (condition["status"], condition["reason"]) == ("Unknown", "PodsOfBefore")
    assert "spec.collector.image is panko-collector:11 as before the upgrade. Write the image" in condition["message"]
    assert memory.condition("CollectorReady")["status"] == "True"
    memory.edit(collector=collector(image="panko-collector:12"))
    memory.reconcile()
    assert memory.condition("DBContractReady")["status"] == "True"
    assert memory.body["status"]["collectorImage"] == "panko-collector:12"


@pytest.mark.parametrize("after", ["panko-collector:12", "panko-collector@sha256:12", None])
def test_a_collector_that_changes_with_the_release_holds_nothing_up(memory, after):
    named = {"image": after} if after else {}
    assert upgraded(memory, "panko-collector:11", collector=collector(**named))["status"] == "True"


def test_a_collector_that_has_the_tag_of_the_release_already_holds_nothing_up(memory):
    assert upgraded(memory, "registry.example.org:5000/panko-collector:12@sha256:12")["status"] == "True"
