"""What counts as an addition inside of what is ours as a whole."""

import copy

import pytest

from panko_operator.kube.differences import surplus

SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "thing", "namespace": "ns", "resourceVersion": "7"},
    "spec": {"selector": {"app": "thing"}, "ports": [{"name": "http", "port": 80}]},
}
POD = {"containers": [{"name": "main", "env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]}]}
DEPLOYMENT = {**SERVICE, "kind": "Deployment", "spec": {"template": {"spec": POD}}}


def added(manifest, change):
    live = copy.deepcopy(manifest)
    change(live)
    return [surplus.pointer(path) for path in surplus.of(manifest, live)]


def test_what_the_api_server_fills_in_is_no_addition():
    assert added(SERVICE, lambda live: live["spec"]["ports"][0].update(protocol="TCP", nodePort=30000)) == []
    assert added(SERVICE, lambda live: live["spec"].update(clusterIP="10.0.0.1", sessionAffinity="None")) == []
    container = lambda live: live["spec"]["template"]["spec"]["containers"][0]  # noqa: E731
    field = lambda live: container(live)["env"][0]["valueFrom"]["fieldRef"].update(apiVersion="v1")  # noqa: E731
    assert added(DEPLOYMENT, field) == []
    assert added(DEPLOYMENT, lambda live: container(live).update(resources={}, imagePullPolicy="Always")) == []


def test_what_the_manifest_does_not_have_at_all_is_ours_too():
    change = lambda live: live["spec"]["template"]["spec"].update(nodeSelector={"disk": "ssd"})  # noqa: E731
    assert added(DEPLOYMENT, change) == ["/spec/template/spec/nodeSelector"]


def test_rules_are_ours_and_what_is_filled_into_them_is_not():
    route = {**SERVICE, "kind": "HTTPRoute", "spec": {"rules": [{"backendRefs": [{"name": "thing", "port": 80}]}]}}
    filled = lambda live: live["spec"]["rules"][0].update(matches=[{"path": {"value": "/"}}])  # noqa: E731
    assert added(route, filled) == []
    assert added(route, lambda live: live["spec"]["rules"].append({"backendRefs": []})) == ["/spec/rules/1"]


def test_items_are_named_from_the_last_to_the_first_so_that_each_index_holds():
    def change(live):
        live["spec"]["ports"][:0] = [{"name": "a", "port": 1}, {"name": "b", "port": 2}]

    assert added(SERVICE, change) == ["/spec/ports/1", "/spec/ports/0"]


def test_a_removal_names_the_version_and_escapes_what_a_pointer_has_to():
    patch = surplus.removal(SERVICE, [("spec", "selector", "example.org/a~b")])
    assert patch == [
        {"op": "test", "path": "/metadata/resourceVersion", "value": "7"},
        {"op": "remove", "path": "/spec/selector/example.org~1a~0b"},
    ]


@pytest.mark.parametrize("kind", ["Job", "Lease", "Event"])
def test_of_other_kinds_nothing_is_ours_as_a_whole(kind):
    assert surplus.of({**SERVICE, "kind": kind}, {**SERVICE, "spec": {"selector": {"b": "c"}}}) == []
