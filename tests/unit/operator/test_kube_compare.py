"""Whether an apply has anything to do."""

import copy

import pytest

from panko_operator.kube.differences import compare

MANIFEST = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "thing", "namespace": "ns", "annotations": {"a": "1"}},
    "spec": {
        "minReadySeconds": 0,
        "args": ["one", "two"],
        "containers": [{"name": "main", "cpu": "1000m"}],
    },
}


@pytest.fixture
def live():
    """What the API server makes of the manifest: defaults, and no zero values."""
    live = copy.deepcopy(compare.prepare(MANIFEST))
    del live["spec"]["minReadySeconds"]
    live["spec"]["containers"][0] = {"name": "main", "cpu": "1", "imagePullPolicy": "Always"}
    live["spec"]["containers"].append({"name": "injected"})
    live["status"] = {"replicas": 1}
    return live


def current(live, manifest=MANIFEST):
    return compare.is_current(compare.prepare(manifest), live)


def test_defaults_additions_and_normalised_quantities_are_no_drift(live):
    assert current(live)


@pytest.mark.parametrize(
    "drift",
    [
        lambda live: live["spec"].update(minReadySeconds=5),
        lambda live: live["spec"]["args"].append("three"),
        lambda live: live["spec"]["containers"].pop(0),
        lambda live: live["spec"]["containers"][0].update(cpu="2"),
        lambda live: live["metadata"]["annotations"].pop("a"),
        lambda live: live["metadata"]["annotations"].pop(compare.APPLIED),
    ],
    ids=["number", "argument", "container", "quantity", "annotation", "digest"],
)
def test_a_changed_field_of_ours_is_drift(live, drift):
    drift(live)
    assert not current(live)


def test_a_field_that_is_no_longer_in_the_manifest_is_a_change(live):
    manifest = copy.deepcopy(MANIFEST)
    del manifest["spec"]["containers"][0]["cpu"]
    assert not current(live, manifest)


def test_the_order_of_keys_does_not_matter():
    turned = dict(reversed(MANIFEST.items()))
    assert compare.digest(turned) == compare.digest(MANIFEST)


def test_the_digest_stays_the_same_from_release_to_release():
    assert compare.digest(MANIFEST) == "86d85725ac8bd031"


def test_the_caller_keeps_its_manifest():
    before = copy.deepcopy(MANIFEST)
    compare.prepare(MANIFEST)
    assert before == MANIFEST


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {}, {"a": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {"c": None}}),
        ({"a": [1]}, {"a": [1, 2]}, {"a": [1, 2]}),
    ],
)
def test_a_merge_patch_says_only_what_changes(old, new, patch):
    assert compare.merge_patch(old, new) == patch


# The example of the module's own explanation


def deployment(replicas=2, **limits):
    container = {"name": "api", "resources": {"limits": limits} if limits else {}}
    spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
    return compare.prepare({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "x"}, "spec": spec})


def example(replicas=2):
    live = copy.deepcopy(deployment(replicas, cpu="1000m"))
    live["metadata"]["annotations"] = deployment(cpu="1000m")["metadata"]["annotations"]
    containers = live["spec"]["template"]["spec"]["containers"]
    containers[0] |= {"resources": {"limits": {"cpu": "1"}}, "terminationMessagePath": "/dev/termination-log"}
    containers.append({"name": "injected-proxy"})
    return live


def test_the_example_of_the_explanation_holds():
    wanted = deployment(cpu="1000m")
    assert compare.is_current(wanted, example())
    assert not compare.is_current(wanted, example(replicas=7))
    assert not compare.is_current(deployment(), example())
