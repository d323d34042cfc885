"""kube against a real kube-apiserver."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from importlib import metadata

import pytest

from fakes import crd
from fakes.recording_client import RecordingClient
from panko_operator.children import certificate, ingress
from panko_operator.errors import ForeignChildError, KindMissingError, KubernetesError, KubernetesUnreachableError
from panko_operator.kube import KubeAPI, Lease
from panko_operator.kube.differences import compare, handover
from panko_operator.kube.differences.compare import APPLIED
from panko_operator.kube.discovery import LASTS
from panko_operator.resource import ROTATE_ANNOTATION, Panko
from panko_operator.resource.ownership import ADOPT_ANNOTATION

NOW = datetime(2030, 1, 1, tzinfo=UTC)
PANKOS = "/apis/panko.openstack.org/v1beta1/namespaces/{}/pankos"


@pytest.fixture
def kube(kube_apiserver):
    return kube_apiserver.kube(now=lambda: NOW)


def deployment(namespace, **overrides):
    container = {
        "name": "main",
        "image": "example:1",
        "resources": {"requests": {"cpu": "1000m", "memory": "1024Mi"}},
        "securityContext": {"readOnlyRootFilesystem": True},
        **overrides,
    }
    labels = {"app": "thing"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "thing", "namespace": namespace, "labels": {"color": "blue"}},
        "spec": {
            "replicas": 1,
            "minReadySeconds": 0,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"hostNetwork": False, "containers": [container], "volumes": []},
            },
        },
    }


def secret(namespace, **overrides):
    metadata = {"name": "thing", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", **overrides}


def version(live):
    return live["metadata"]["resourceVersion"]


def test_a_second_apply_of_the_same_manifest_sends_nothing(kube_apiserver, namespace):
    client = RecordingClient(kube_apiserver.client())
    kube = KubeAPI(client, now=lambda: NOW)
    kube.apply(deployment(namespace))
    assert len(client.writes) == 1
    kube.apply(deployment(namespace))
    assert len(client.writes) == 1


def without_a_number(namespace, **overrides):
    """The Deployment as it is when an autoscaler chooses how many pods it has."""
    body = deployment(namespace, **overrides)
    del body["spec"]["replicas"]
    return body


def scale(kube_apiserver, namespace, number):
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/thing/scale"
    merge = {"content_type": "application/merge-patch+json", "field_manager": "kube-controller-manager"}
    kube_apiserver.request("patch", path, body={"spec": {"replicas": number}}, **merge)


@pytest.mark.parametrize("scaled_before", [False, True])
def test_the_number_of_pods_is_given_up_without_changing_it(kube_apiserver, kube, namespace, scaled_before):
    body = deployment(namespace)
    body["spec"]["replicas"] = 4
    kube.apply(body)
    if scaled_before:
        scale(kube_apiserver, namespace, 6)
    live = kube.apply(without_a_number(namespace))
    assert live["spec"]["replicas"] == (6 if scaled_before else 4)
    scale(kube_apiserver, namespace, 3)
    assert kube.apply(without_a_number(namespace))["spec"]["replicas"] == 3
    assert kube.apply(without_a_number(namespace, image="example:2"))["spec"]["replicas"] == 3
    assert kube.apply(body)["spec"]["replicas"] == 4  # and is taken back


def test_a_number_that_changes_while_it_is_given_up_is_kept(kube_apiserver, kube, namespace):
    class Overtaken(RecordingClient):
        def request(self, method, path, **options):
            if options.get("field_manager") == handover.MANAGER and not self.writes:
                scale(kube_apiserver, namespace, 5)
            return super().request(method, path, **options)

    kube.apply(deployment(namespace))
    with pytest.raises(KubernetesError):
        KubeAPI(Overtaken(kube_apiserver.client()), now=lambda: NOW).apply(without_a_number(namespace))
    assert kube.apply(without_a_number(namespace))["spec"]["replicas"] == 5


def network_policy(namespace, **spec):
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "thing", "namespace": namespace},
        "spec": {"podSelector": {"matchLabels": {"app": "thing"}}, "policyTypes": ["Ingress", "Egress"], **spec},
    }


EVERYBODY = {"namespaceSelector": {}}
RULE = {"from": [{"podSelector": {"matchLabels": {"app": "a"}}}], "ports": [{"protocol": "TCP", "port": 80}]}


@pytest.mark.parametrize(
    ("wanted", "opened"),
    [
        ({"ingress": [RULE]}, {"ingress": [RULE, {}]}),
        ({"ingress": [RULE]}, {"ingress": [{**RULE, "from": [*RULE["from"], EVERYBODY]}]}),
        ({"ingress": [RULE]}, {"ingress": [{"from": [{**RULE["from"][0], **EVERYBODY}], "ports": RULE["ports"]}]}),
        ({}, {"ingress": [{}]}),
        ({"egress": [{"to": [EVERYBODY]}]}, {"egress": [{}]}),
    ],
)
def test_a_network_policy_that_somebody_opens_is_closed(kube_apiserver, namespace, wanted, opened):
    client = RecordingClient(kube_apiserver.client())
    kube = KubeAPI(client, now=lambda: NOW)
    closed = kube.apply(network_policy(namespace, **wanted))["spec"]
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies/thing"
    merge = {"content_type": "application/merge-patch+json", "field_manager": "somebody"}
    kube_apiserver.request("patch", path, body={"spec": opened}, **merge)
    assert kube.apply(network_policy(namespace, **wanted))["spec"] == closed
    client.writes.clear()
    kube.apply(network_policy(namespace, **wanted))
    assert client.writes == []


def test_a_field_that_somebody_changed_is_healed(kube_apiserver, kube, namespace):
    kube.apply(deployment(namespace))
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/thing"
    kube_apiserver.request(
        "patch", path, body={"metadata": {"labels": {"color": "red"}}}, content_type="application/merge-patch+json"
    )
    assert kube.apply(deployment(namespace))["metadata"]["labels"]["color"] == "blue"


def test_a_field_that_somebody_added_is_left_alone(kube_apiserver, kube, namespace):
    kube.apply(deployment(namespace))
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/thing"
    kube_apiserver.request(
        "patch", path, body={"metadata": {"labels": {"team": "a"}}}, content_type="application/merge-patch+json"
    )
    assert kube.apply(deployment(namespace))["metadata"]["labels"] == {"color": "blue", "team": "a"}


def test_a_field_that_is_no_longer_wanted_is_removed(kube, namespace):
    kube.apply(deployment(namespace, env=[{"name": "A", "value": "1"}]))
    live = kube.apply(deployment(namespace))
    assert "env" not in live["spec"]["template"]["spec"]["containers"][0]


def test_a_secret_is_changed_when_its_values_are(kube, namespace):
    kube.apply(secret(namespace, stringData={"a": "1"}))
    live = kube.apply(secret(namespace, stringData={"a": "2"}))
    assert base64.b64decode(live["data"]["a"]) == b"2"


def test_the_digest_on_a_secret_does_not_depend_on_its_values(kube, namespace):
    first = kube.apply(secret(namespace, stringData={"a": "1"}))
    second = kube.apply(secret(namespace, stringData={"a": "2"}))
    assert first["metadata"]["annotations"][APPLIED] == second["metadata"]["annotations"][APPLIED]


def test_a_key_that_is_no_longer_wanted_leaves_the_secret(kube, namespace):
    kube.apply(secret(namespace, stringData={"a": "1", "b": "2"}))
    assert set(kube.apply(secret(namespace, stringData={"a": "1"}))["data"]) == {"a"}


def test_an_immutable_secret_is_not_applied_again(kube, namespace):
    first = kube.apply(secret(namespace, immutable=True, stringData={"a": "1"}))
    assert version(kube.apply(secret(namespace, immutable=True, stringData={"a": "1"}))) == version(first)


@pytest.mark.parametrize("data", [{"a": "2"}, {}, {"a": "1", "b": "2"}])
def test_an_immutable_secret_with_other_content_is_not_taken_for_ours(kube, namespace, data):
    kube.apply(secret(namespace, immutable=True, stringData=data))
    with pytest.raises(ForeignChildError, match="Secret thing exists and does not hold what the operator writes there"):
        kube.apply(secret(namespace, immutable=True, stringData={"a": "1"}))


def test_a_job_is_not_applied_again(kube, namespace):
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": "example:1"}]}
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "namespace": namespace},
        "spec": {"template": {"spec": pod}},
    }
    first = kube.apply(job)
    assert version(kube.apply(job)) == version(first)
    with pytest.raises(ForeignChildError, match="Job once exists and does not hold"):
        kube.apply({**job, "spec": {**job["spec"], "backoffLimit": 2}})


def test_what_is_not_there_is_none_and_deletes_as_nothing(kube, namespace):
    assert kube.get("v1", "Secret", "nothing", namespace) is None
    live = kube.apply(secret(namespace))
    assert kube.delete(live) is True
    assert kube.delete(live) is False


def test_delete_takes_the_object_away(kube, namespace):
    assert kube.delete(kube.apply(secret(namespace))) is True
    assert kube.get("v1", "Secret", "thing", namespace) is None


def test_delete_does_not_take_another_object_of_the_name(kube, namespace):
    before = kube.apply(secret(namespace))
    kube.delete(before)
    kube.apply(secret(namespace))
    assert kube.delete(before) is False
    assert kube.get("v1", "Secret", "thing", namespace) is not None


def owned(manifest, uid="1-2-3"):
    owner = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "name": "p", "uid": uid, "controller": True}
    return {**manifest, "metadata": {**manifest["metadata"], "ownerReferences": [owner]}}


@pytest.mark.parametrize(
    "theirs", [lambda thing: thing, lambda thing: owned(thing, uid="9")], ids=["nobody", "another"]
)
def test_what_somebody_else_made_is_not_written(kube, namespace, theirs):
    before = kube.apply(theirs(deployment(namespace)))
    with pytest.raises(ForeignChildError, match="Deployment thing exists and does not belong to this Panko"):
        kube.apply(owned(deployment(namespace, image="example:2")))
    assert version(kube.get("apps/v1", "Deployment", "thing", namespace)) == version(before)


def test_what_is_given_by_annotation_is_taken_with_its_fields(kube, namespace):
    given = deployment(namespace)
    given["metadata"] = {**given["metadata"], "annotations": {ADOPT_ANNOTATION: "true"}}
    kube.apply(given)
    live = kube.apply(owned(deployment(namespace, image="example:2")))
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "example:2"
    assert live["metadata"]["ownerReferences"][0]["uid"] == "1-2-3"


class Meanwhile:
    """A client at whose first write something else happens first."""

    def __init__(self, client, happens):
        self._client = client
        self._happens = [happens]

    def request(self, method, path, **options):
        if method != "get" and self._happens:
            self._happens.pop()()
        return self._client.request(method, path, **options)


@pytest.mark.parametrize(
    "manifest",
    [deployment, lambda namespace: secret(namespace, immutable=True, stringData={"a": "1"})],
    ids=["applied", "created"],
)
def test_what_comes_in_between_is_not_taken_over(kube_apiserver, kube, namespace, manifest):
    theirs = manifest(namespace)
    theirs = {**theirs, "metadata": {**theirs["metadata"], "labels": {"color": "red"}}}
    path = {
        "Deployment": f"/apis/apps/v1/namespaces/{namespace}/deployments",
        "Secret": f"/api/v1/namespaces/{namespace}/secrets",
    }[theirs["kind"]]
    body = compare.prepare(theirs)
    happens = lambda: kube_apiserver.request("post", path, body=body)  # noqa: E731
    with pytest.raises(KubernetesError):
        KubeAPI(Meanwhile(kube_apiserver.client(), happens), now=lambda: NOW).apply(owned(manifest(namespace)))
    live = kube.get(theirs["apiVersion"], theirs["kind"], "thing", namespace)
    assert live["metadata"]["labels"] == {"color": "red"}
    assert "ownerReferences" not in live["metadata"]


def test_what_was_replaced_in_between_is_not_written(kube_apiserver, kube, namespace):
    before = kube.apply(owned(deployment(namespace)))

    def replaced():
        kube.delete(before)
        kube.apply(deployment(namespace))

    with pytest.raises(KubernetesError):
        KubeAPI(Meanwhile(kube_apiserver.client(), replaced), now=lambda: NOW).apply(
            owned(deployment(namespace, image="example:2"))
        )
    live = kube.get("apps/v1", "Deployment", "thing", namespace)
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "example:1"


def test_list_takes_only_what_carries_every_label(kube, namespace):
    for name, labels in (("one", {"a": "1", "b": "2"}), ("two", {"a": "1"})):
        kube.apply(secret(namespace, metadata={"name": name, "namespace": namespace, "labels": labels}))
    (only,) = kube.list("v1", "Secret", namespace, labels={"a": "1", "b": "2"})
    assert (only["kind"], only["metadata"]["name"]) == ("Secret", "one")


def test_a_refusal_says_what_the_api_server_said(kube, namespace):
    with pytest.raises(KubernetesError, match="selector"):
        kube.apply({**deployment(namespace), "spec": {"replicas": 1}})


PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"affinity": {"podAntiAfinity": {}}}, "podAntiAfinity"),
        ({"affinity": {"nodeAffinity": []}}, "nodeAffinity"),
        ({"affinity": {"podAntiAffinity": {PREFERRED: [{"weight": "heavy"}]}}}, "weight"),
        ({"affinity": {"podAntiAffinity": {PREFERRED: [{"weight": 1000}]}}}, "weight"),
        ({"tolerations": [{"kay": "x"}]}, "kay"),
        ({"tolerations": [{"key": "x", "tolerationSeconds": "long"}]}, "tolerationSeconds"),
        ({"topologySpreadConstraints": [{"maxSkew": "x"}]}, "maxSkew"),
        ({"nodeSelector": {"disk": 1}}, "nodeSelector"),
        ({"containers": [{"name": "main", "resources": {"limits": {"cpu": "many"}}}]}, "quantities must match"),
    ],
    ids=["name", "list", "text", "range", "key", "number", "skew", "selector", "quantity"],
)
@pytest.mark.parametrize("first", [True, False], ids=["made", "changed"])
def test_what_does_not_fit_a_kind_is_a_refusal_with_its_words_and_no_outage(kube, namespace, field, told, first):
    if not first:
        kube.apply(deployment(namespace))
    broken = deployment(namespace)
    broken["spec"]["template"]["spec"].update(field)
    with pytest.raises(KubernetesError, match=told) as caught:
        kube.apply(broken)
    assert not isinstance(caught.value, KubernetesUnreachableError)
    assert caught.value.reason == "KubernetesError"


def test_a_refused_secret_does_not_show_its_values(kube, namespace):
    broken = secret(namespace, data={"bad key!": base64.b64encode(b"hunter2").decode()})
    with pytest.raises(KubernetesError) as caught:
        kube.apply(broken)
    assert "hunter2" not in str(caught.value)
    assert "bad key" not in str(caught.value)


def test_an_api_server_that_hangs_is_unreachable_in_bounded_time(kube_apiserver, namespace):
    kube = kube_apiserver.kube(now=lambda: NOW, timeout_seconds=(1, 1))
    kube_apiserver.freeze()
    try:
        with pytest.raises(KubernetesUnreachableError, match="does not answer"):
            kube.get("v1", "Secret", "thing", namespace)
    finally:
        kube_apiserver.thaw()


def test_an_event_that_repeats_is_one_event_with_a_count(kube_apiserver, kube, namespace):
    about = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko"}
    panko = {**about, "metadata": {"name": "events", "namespace": namespace, "uid": "1-2-3"}}
    for _ in range(3):
        kube.emit(panko, event_type="Warning", reason="Missing", message="Secret db is not there.")
    kube.emit(panko, event_type="Normal", reason="Ready", message="It runs.")
    found = kube_apiserver.request("get", f"/api/v1/namespaces/{namespace}/events")["items"]
    assert sorted((event["reason"], event["count"]) for event in found) == [("Missing", 3), ("Ready", 1)]


@pytest.fixture
def asking(kube_apiserver, namespace):
    """A live Panko that asks for something by annotation."""
    body = crd.sample("minimal")
    body["metadata"] = {"name": "asking", "annotations": {ROTATE_ANNOTATION: "all", "other": "kept"}}
    return kube_apiserver.request("post", f"{PANKOS.format(namespace)}", body=body)


def annotations(kube_apiserver, panko):
    path = f"{PANKOS.format(panko['metadata']['namespace'])}/{panko['metadata']['name']}"
    return kube_apiserver.request("get", path)["metadata"]["annotations"]


def test_an_annotation_is_replaced_and_taken_away_and_others_stay(kube_apiserver, kube, asking):
    kube.annotate(asking, ROTATE_ANNOTATION, "keystone")
    assert annotations(kube_apiserver, asking) == {ROTATE_ANNOTATION: "keystone", "other": "kept"}
    kube.annotate(
        {**asking, "metadata": {**asking["metadata"], "annotations": {ROTATE_ANNOTATION: "keystone"}}},
        ROTATE_ANNOTATION,
        None,
    )
    assert annotations(kube_apiserver, asking) == {"other": "kept"}


def test_an_annotation_that_somebody_has_written_anew_stays(kube_apiserver, kube, asking):
    kube.annotate(asking, ROTATE_ANNOTATION, "keystone")
    kube.annotate(asking, ROTATE_ANNOTATION, None)
    assert annotations(kube_apiserver, asking)[ROTATE_ANNOTATION] == "keystone"


def lease(kube, namespace, identity):
    return Lease(kube, name="leader", namespace=namespace, identity=identity, duration=timedelta(seconds=15))


def test_only_one_candidate_holds_the_lease(kube, namespace):
    one, two = lease(kube, namespace, "one"), lease(kube, namespace, "two")
    assert one.hold(NOW)
    assert not two.hold(NOW)
    assert one.hold(NOW + timedelta(seconds=3))


def test_a_lease_that_is_not_renewed_is_taken_over_after_its_duration(kube, namespace):
    one, two = lease(kube, namespace, "one"), lease(kube, namespace, "two")
    one.hold(NOW)
    assert not two.hold(NOW + timedelta(hours=1))  # seen for the first time: its clock may differ
    assert not two.hold(NOW + timedelta(hours=1, seconds=14))
    assert two.hold(NOW + timedelta(hours=1, seconds=15))
    assert not one.hold(NOW + timedelta(hours=1, seconds=16))


def test_a_released_lease_is_free_at_once(kube, namespace):
    one, two = lease(kube, namespace, "one"), lease(kube, namespace, "two")
    one.hold(NOW)
    one.release(NOW)
    assert two.hold(NOW)


def test_a_lease_is_renewed_by_one_write(kube_apiserver, namespace):
    client = RecordingClient(kube_apiserver.client())
    one = lease(KubeAPI(client, now=lambda: NOW), namespace, "one")
    one.hold(NOW)
    client.writes.clear()
    client.reads.clear()
    for seconds in (3, 6, 9):
        assert one.hold(NOW + timedelta(seconds=seconds))
    assert [method for method, _ in client.writes] == ["put"] * 3
    assert client.reads == []


def test_a_renewal_whose_answer_was_lost_is_no_loss_of_the_lease(kube_apiserver, kube, namespace):
    one = lease(kube, namespace, "one")
    one.hold(NOW)
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/leader"
    written = kube_apiserver.request("get", path)
    written["spec"]["renewTime"] = "2030-01-01T00:00:03.000000Z"
    kube_apiserver.request("put", path, body=written)
    assert one.hold(NOW + timedelta(seconds=4))


def test_a_lease_that_was_deleted_is_made_again_by_who_held_it(kube_apiserver, kube, namespace):
    one = lease(kube, namespace, "one")
    one.hold(NOW)
    kube_apiserver.request("delete", f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/leader")
    assert one.hold(NOW + timedelta(seconds=3))


def test_a_release_waits_for_a_renewal_that_is_under_way(kube_apiserver, namespace):
    begun, free = threading.Event(), threading.Event()

    class Slow(RecordingClient):
        def request(self, method, path, **options):
            if method == "put" and not free.is_set():
                begun.set()
                assert free.wait(10)
            return super().request(method, path, **options)

    one = lease(KubeAPI(Slow(kube_apiserver.client()), now=lambda: NOW), namespace, "one")
    one.hold(NOW)
    with ThreadPoolExecutor(2) as pool:
        renewing = pool.submit(one.hold, NOW + timedelta(seconds=3))
        assert begun.wait(10)
        with pytest.raises(KubernetesUnreachableError, match="not answered the last question"):
            one.hold(NOW + timedelta(seconds=4))
        releasing = pool.submit(one.release, NOW + timedelta(seconds=4))
        free.set()
        assert renewing.result()
        releasing.result()
    assert lease(kube_apiserver.kube(now=lambda: NOW), namespace, "two").hold(NOW + timedelta(seconds=5))


def test_a_standby_knows_when_the_lease_runs_out(kube, namespace):
    one, two = lease(kube, namespace, "one"), lease(kube, namespace, "two")
    one.hold(NOW)
    two.hold(NOW)
    assert two.free_in_seconds(NOW + timedelta(seconds=14)) == 1


def test_every_request_of_ours_bears_our_name(kube_apiserver, kube, namespace):
    lease(kube, namespace, "one").hold(NOW)
    live = kube.get("coordination.k8s.io/v1", "Lease", "leader", namespace)
    assert {entry["manager"] for entry in live["metadata"]["managedFields"]} == {"panko-operator"}
    agent = kube_apiserver.client().client.default_headers["User-Agent"]
    assert agent == f"panko-operator/{metadata.version('panko-operator')}"


def test_a_cluster_is_told_by_the_uid_of_its_kube_system(kube_apiserver, kube):
    live = kube_apiserver.request("get", "/api/v1/namespaces/kube-system")
    assert kube.cluster_id() == live["metadata"]["uid"]


def route(namespace):
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": "panko", "namespace": namespace, "labels": {"color": "blue"}},
        "spec": {"hostnames": ["events.example.org"]},
    }


def test_a_kind_that_the_cluster_lacks_has_no_objects_and_is_found_within_a_minute(kube_apiserver, namespace):
    time = [NOW]
    kube = kube_apiserver.kube(now=lambda: time[0])
    body = route(namespace)
    about = body["apiVersion"], body["kind"]
    assert not kube.serves(*about)
    assert kube.get(*about, "panko", namespace) is None
    assert kube.list(*about, namespace, labels={"color": "blue"}) == []
    with pytest.raises(KindMissingError, match=r"no kind HTTPRoute of gateway\.networking\.k8s\.io/v1; install"):
        kube.apply(body)
    with kube_apiserver.kind("gateway.networking.k8s.io", "HTTPRoute", "httproutes"):
        assert not kube.serves(*about)
        time[0] += LASTS
        assert kube.serves(*about)
        kube.apply(body)
        (found,) = kube.list(*about, namespace, labels={"color": "blue"})
        assert found["spec"] == body["spec"]
        kube.delete(found)
    time[0] += LASTS
    assert kube.list(*about, namespace, labels={}) == []


def test_what_leads_to_the_service_is_applied_once(kube_apiserver, namespace):
    counting = Counting(kube_apiserver.client())
    kube = KubeAPI(counting, now=lambda: NOW)
    body = crd.sample("tls")
    about = {"name": "panko", "namespace": namespace}
    spec = {
        "tls": {"issuerRef": {"name": "cloud"}},
        "ingress": {"host": "events.example.org", "tlsSecretName": "t", "className": "nginx"},
        "gateway": {"parentRefs": [{"name": "g", "port": 443}], "hostnames": ["events.example.net"]},
    }
    panko = Panko.from_body(crd.live({**body, "metadata": about, "spec": {**body["spec"], **spec}}))
    made = [ingress.ingress(panko), ingress.route(panko), certificate.request(panko, panko.spec.tls.issuer, "local")]
    with (
        kube_apiserver.kind("gateway.networking.k8s.io", "HTTPRoute", "httproutes"),
        kube_apiserver.kind("cert-manager.io", "Certificate", "certificates"),
    ):
        first = [kube.apply(manifest) for manifest in made]
        assert [live["kind"] for live in first] == ["Ingress", "HTTPRoute", "Certificate"]
        writes = counting.methods.count("patch")
        assert [kube.apply(manifest) for manifest in made] == first
        assert counting.methods.count("patch") == writes
        for live in first:
            kube.delete(live)


def test_whether_a_kind_is_there_is_asked_once_a_minute(kube_apiserver):
    counting = Counting(kube_apiserver.client())
    kube = KubeAPI(counting, now=lambda: NOW)
    for _ in range(3):
        assert not kube.serves("gateway.networking.k8s.io/v1", "HTTPRoute")
        assert kube.serves("apps/v1", "Deployment")
    assert counting.asked == ["/apis/gateway.networking.k8s.io/v1"]


class Counting:
    """A client that passes every request on and remembers the paths."""

    def __init__(self, client):
        self._client, self.asked, self.methods = client, [], []

    def request(self, method, path, **options):
        self.asked.append(path)
        self.methods.append(method)
        return self._client.request(method, path, **options)
