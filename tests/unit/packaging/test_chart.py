"""The Helm chart: what it installs, what it may do, and what it refuses."""

import itertools
import json
import shutil
import subprocess
from collections import defaultdict

import pytest
import yaml

from panko_operator.__main__ import LEASE_NAME
from panko_operator.resource.kinds import KINDS
from panko_operator.settings import VARIABLES, Settings
from panko_operator.tenancy import Tenancy
from rendering import chart, programs, values_table

RESTRICTED_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
QUERY, UNINSTALL = HOOK_PODS = ("panko-operator-test-query", "panko-operator-uninstall")


def only(objects, kind, name=None):
    """Return the one object of a kind (and name)."""
    (found,) = (one for one in objects if one["kind"] == kind and name in (None, one["metadata"]["name"]))
    return found


def rules(objects):
    """Return (group, resource) -> verbs of the roles that are bound to the operator; the Lease's has two rules."""
    bound = {
        (one["roleRef"]["kind"], one["roleRef"]["name"])
        for one in objects
        if one["kind"] in ("ClusterRoleBinding", "RoleBinding") and not chart.is_hook(one)
    }
    found = defaultdict(set)
    for one in objects:
        for rule in one["rules"] if (one["kind"], one["metadata"]["name"]) in bound else ():
            for where in itertools.product(rule["apiGroups"], rule["resources"]):
                found[where].update(rule["verbs"])
    return dict(found)


def environment(objects):
    (container,) = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry.get("value") for entry in container["env"]}


def test_lint_finds_nothing():
    programs.run(programs.helm(), "lint", "--strict", "--quiet", chart.PATH)


def test_the_crd_is_byte_for_byte_the_authority():
    assert chart.CRD_IN_CHART.read_bytes() == chart.CRD.read_bytes(), "run `make manifests`"


def test_the_crd_is_installed_whole_and_survives_an_uninstall(default_release):
    installed = only(default_release, "CustomResourceDefinition")
    assert installed["metadata"]["annotations"].pop("helm.sh/resource-policy") == "keep"
    authority = yaml.safe_load(chart.CRD.read_text())
    authority["metadata"].setdefault("annotations", {})
    assert installed == authority


@pytest.mark.parametrize(
    ("crds", "kinds"),
    [({"install": False}, []), ({"keep": False}, [{}])],
    ids=["not installed", "not kept"],
)
def test_the_crd_can_be_left_to_somebody_else(render, crds, kinds):
    found = [one for one in render(crds=crds) if one["kind"] == "CustomResourceDefinition"]
    policies = [
        {key: value for key, value in one["metadata"].get("annotations", {}).items() if key.startswith("helm.sh/")}
        for one in found
    ]
    assert policies == kinds


def test_every_pod_meets_the_restricted_standard(default_release):
    hooks = [one["spec"] for one in default_release if one["kind"] == "Pod"]
    pods = [only(default_release, "Deployment")["spec"]["template"]["spec"], *hooks]
    assert len(hooks) == len(HOOK_PODS)
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert all(container["securityContext"] == RESTRICTED_CONTAINER for container in pod["containers"])


def test_the_log_of_helm_test_can_be_read_when_it_has_passed(default_release):
    annotations = only(default_release, "Pod", QUERY)["metadata"]["annotations"]
    assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"


@pytest.mark.parametrize("namespaces", [[], ["cloud-a", "cloud-b"]])
def test_hooks_have_an_account_of_their_own_that_reads_pankos_alone(render, namespaces):
    rendered = render(watchNamespaces=namespaces)
    stops = ("Role", "RoleBinding")
    hooks = [
        one
        for one in rendered
        if chart.is_hook(one) and (one["kind"] not in stops or one["metadata"]["name"] != UNINSTALL)
    ]
    account = only(hooks, "ServiceAccount")["metadata"]["name"]
    assert {one["spec"]["serviceAccountName"] for one in hooks if one["kind"] == "Pod"} == {account}
    assert account != "panko-operator"
    roles = [one for one in hooks if one["kind"] in ("ClusterRole", "Role")]
    assert [one["metadata"].get("namespace") for one in roles] == (namespaces or [None])
    assert [one["rules"] for one in roles] == len(roles) * [
        [{"apiGroups": ["panko.openstack.org"], "resources": ["pankos"], "verbs": ["get", "list"]}]
    ]
    bound = [subject["name"] for one in hooks if one["kind"].endswith("Binding") for subject in one["subjects"]]
    assert bound == len(roles) * [account]


def test_before_an_uninstall_somebody_looks_for_pankos_and_helm_prints_what_they_say(default_release):
    annotations = only(default_release, "Pod", UNINSTALL)["metadata"]["annotations"]
    assert annotations["helm.sh/hook"] == "pre-delete"
    assert annotations["helm.sh/hook-output-log-policy"] == "hook-failed"
    account = [one for one in default_release if chart.is_hook(one) and one["metadata"]["name"].endswith("-hooks")]
    assert {one["metadata"]["annotations"]["helm.sh/hook"] for one in account} == {"test,pre-delete"}


def test_an_uninstall_may_stop_the_operator_and_see_its_lease_and_a_test_may_not(default_release):
    role = only(default_release, "Role", UNINSTALL)
    assert role["metadata"]["namespace"] == chart.NAMESPACE
    assert [(rule["resources"], rule["resourceNames"], rule["verbs"]) for rule in role["rules"]] == [
        (["deployments/scale"], [only(default_release, "Deployment")["metadata"]["name"]], ["patch"]),
        (["leases"], [LEASE_NAME], ["get"]),
    ]
    for kind in ("Role", "RoleBinding"):
        metadata = only(default_release, kind, UNINSTALL)["metadata"]
        assert metadata["annotations"]["helm.sh/hook"] == "pre-delete"


def test_an_uninstall_that_is_told_so_looks_for_nothing(render):
    hooks = [one["metadata"] for one in render(uninstall={"refuse": False}) if chart.is_hook(one)]
    assert {one["annotations"]["helm.sh/hook"] for one in hooks} == {"test"}
    assert UNINSTALL not in {one["name"] for one in hooks}


def test_tenants_are_confined_by_the_operators_environment(render):
    tenants = {
        "databaseHosts": ["mariadb.openstack.svc", "*.db.example.org"],
        "keystoneURLs": ["https://keystone.example.org:5000"],
        "labelledSecretsOnly": True,
    }
    settings = Settings.from_environment(
        {"POD_NAME": "p", "POD_NAMESPACE": "n"}
        | {name: value for name, value in environment(render(tenants=tenants)).items() if value is not None}
    )
    assert settings.tenancy == Tenancy(tuple(tenants["databaseHosts"]), tuple(tenants["keystoneURLs"]), True)


@pytest.mark.parametrize("values", [{}, {"nameOverride": "other", "podLabels": {"a": "b"}}])
def test_the_operator_knows_the_labels_of_its_own_pods_and_of_the_tests(render, values):
    release = render(**values)
    told = dict(pair.split("=") for pair in environment(release)["OPERATOR_LABELS"].split(","))
    pods = [only(release, "Deployment")["spec"]["template"], *(one for one in release if one["kind"] == "Pod")]
    assert len(pods) > 1
    assert all(told.items() <= pod["metadata"]["labels"].items() for pod in pods)


def test_no_rule_has_a_wildcard(default_release):
    roles = [one for one in default_release if one["kind"] in ("ClusterRole", "Role")]
    words = [word for one in roles for rule in one["rules"] for values in rule.values() for word in values]
    assert words
    assert "*" not in words


# Beside its kinds: whether the definition is there, and the uid of kube-system.
OF_THE_CLUSTER = {("apiextensions.k8s.io", "customresourcedefinitions"): {"list", "watch"}, ("", "namespaces"): {"get"}}


def test_the_operator_may_do_with_each_kind_what_the_table_says_and_no_more(default_release):
    wanted = {(kind.group, kind.plural): set(kind.verbs) for kind in KINDS}
    for kind in KINDS:
        wanted |= {(kind.group, f"{kind.plural}/{name}"): set(verbs) for name, verbs in kind.subresources.items()}
    assert rules(default_release) == wanted | OF_THE_CLUSTER


def test_the_lease_is_the_own_one_in_the_own_namespace(default_release):
    cluster_wide = only(default_release, "ClusterRole", "panko-operator")
    assert not any("leases" in rule["resources"] for rule in cluster_wide["rules"])
    role = only(default_release, "Role", "panko-operator-lease")
    assert role["metadata"]["namespace"] == chart.NAMESPACE
    create, hold = role["rules"]
    assert create["verbs"] == ["create"]
    assert hold["resourceNames"] == [LEASE_NAME]


def test_watched_namespaces_are_all_that_the_operator_may_touch(render):
    objects = [one for one in render(watchNamespaces=["cloud-a", "cloud-b"]) if not chart.is_hook(one)]
    bindings = [one for one in objects if one["kind"].endswith("Binding")]
    assert {one["kind"] for one in bindings} == {"RoleBinding"}
    # In kube-system the one right is to read that namespace's uid.
    assert {one["metadata"]["namespace"] for one in bindings} == {"cloud-a", "cloud-b", chart.NAMESPACE, "kube-system"}
    (rule,) = only(objects, "Role", "panko-operator-cluster-id")["rules"]
    assert rule == {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": ["kube-system"], "verbs": ["get"]}
    assert {subject["namespace"] for one in bindings for subject in one["subjects"]} == {chart.NAMESPACE}
    assert environment(objects)["WATCH_NAMESPACE"] == "cloud-a,cloud-b"


def test_the_operator_understands_its_environment(default_release):
    given = environment(default_release) | {"POD_NAME": "panko-operator-0", "POD_NAMESPACE": chart.NAMESPACE}
    settings = Settings.from_environment(given)
    assert settings.watch_namespaces == ()
    assert set(given) <= {variable.name for variable in VARIABLES}


def test_bindings_point_to_the_service_account_of_the_pod(render):
    objects = [one for one in render(serviceAccount={"create": False, "name": "given"}) if not chart.is_hook(one)]
    bindings = [one for one in objects if one["kind"].endswith("Binding")]
    assert {subject["name"] for one in bindings for subject in one["subjects"]} == {"given"}
    assert only(objects, "Deployment")["spec"]["template"]["spec"]["serviceAccountName"] == "given"
    assert not any(one["kind"] == "ServiceAccount" for one in objects)


def test_images_are_the_values(render):
    objects = render(
        image={"repository": "example/op", "tag": "dev"}, panko={"image": "example/panko:1"}, haproxy={"image": "h:2"}
    )
    (container,) = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"]
    hooks = [only(objects, "Pod", name)["spec"]["containers"][0] for name in HOOK_PODS]
    assert {one["image"] for one in [container, *hooks]} == {"example/op:dev"}
    assert environment(objects)["PANKO_IMAGE"] == "example/panko:1"
    assert environment(objects)["HAPROXY_IMAGE"] == "h:2"


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"replica": 2}, "replica"),
        ({"image": {"name": "x"}}, "name"),
        ({"replicas": "two"}, "replicas"),
        ({"watchNamespaces": "openstack"}, "watchNamespaces"),
        ({"logFormat": "xml"}, "logFormat"),
        ({"test": {"panko": "no-namespace"}}, "panko"),
        ({"monitoring": {"serviceMonitor": True}}, "serviceMonitor"),
        ({"monitoring": {"prometheusRule": "yes"}}, "prometheusRule"),
        ({"monitoring": {"dashboard": True}}, "dashboard"),
        ({"monitoring": {"runbookURL": "a page"}}, "runbookURL"),
        ({"monitoring": {"labels": {"release": 1}}}, "release"),
        ({"podDisruptionBudget": {"maxUnavailable": 0}}, "maxUnavailable"),
        ({"podDisruptionBudget": {"maxUnavailable": "0%"}}, "maxUnavailable"),
        ({"networkPolicy": {"allowMetricsFrom": [{}]}}, "allowMetricsFrom"),
        ({"networkPolicy": {"allowMetricsFrom": [{"pods": {}}]}}, "pods"),
    ],
    ids=str,
)
def test_a_wrong_value_is_refused_by_name(render, values, named):
    with pytest.raises(subprocess.CalledProcessError) as refused:
        render(**values)
    assert named in "".join(refused.value.__notes__)


def test_every_value_is_in_the_schema_and_explained():
    text = (chart.PATH / "values.yaml").read_text()
    values = yaml.safe_load(text)
    schema = json.loads((chart.PATH / "values.schema.json").read_text())
    assert set(values) == set(schema["properties"]) - {"global"}
    for key, value in values.items():
        if isinstance(value, dict) and "properties" in schema["properties"][key] and key != "resources":
            assert set(value) == set(schema["properties"][key]["properties"]), key


def test_the_readme_has_every_value():
    assert values_table.PATH.read_text() == values_table.text(), "run `make manifests`"
    named = {path.partition(".")[0] for path, _, _ in values_table.rows_of_values()}
    assert named == set(yaml.safe_load((chart.PATH / "values.yaml").read_text()))
    assert all(meaning for _, _, meaning in values_table.rows_of_values())


def test_notes_name_the_chosen_namespace_and_how_to_go_on(tmp_path):
    # helm shows notes only where it has a cluster; here a copy of the chart has them in a ConfigMap.
    copied = shutil.copytree(chart.PATH, tmp_path / "chart")
    shutil.move(copied / "templates" / "NOTES.txt", copied / "notes.tpl")
    (copied / "templates" / "notes.yaml").write_text(
        'kind: Notes\nmetadata: {name: x}\ntext: {{ tpl (.Files.Get "notes.tpl") . | toJson }}\n'
    )
    notes = only(chart.render({"watchNamespaces": ["cloud"]}, tmp_path, path=copied), "Notes")["text"]
    assert "kubectl -n cloud create secret generic keystone-admin" in notes
    assert "kind: Panko" in notes
    assert "helm -n panko-system test panko-operator" in notes
