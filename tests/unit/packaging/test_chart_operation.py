"""What the chart installs to watch the operator, and to keep it reachable and to itself."""

import pytest

from fakes.memory_network import Host, MemoryNetwork
from rendering import chart

PROMETHEUS = "monitoring.coreos.com/v1"
FIGURES = 8081


def of_kind(objects, kind):
    return [one for one in objects if one["kind"] == kind]


def operator(objects):
    """Return the pod template of the operator."""
    (deployment,) = of_kind(objects, "Deployment")
    return deployment["spec"]["template"]


def test_the_service_finds_the_figures_of_each_pod(default_release):
    (service,) = of_kind(default_release, "Service")
    pod = operator(default_release)
    assert service["spec"]["selector"].items() <= pod["metadata"]["labels"].items()
    ports = {port["name"]: port["containerPort"] for one in pod["spec"]["containers"] for port in one["ports"]}
    assert [(port["name"], port["port"]) for port in service["spec"]["ports"]] == [("metrics", ports["metrics"])]
    assert ports["metrics"] == FIGURES


@pytest.mark.parametrize(
    ("wanted", "has_kinds", "made"),
    [("auto", False, 0), ("auto", True, 1), ("enabled", False, 1), ("disabled", True, 0)],
)
@pytest.mark.parametrize(
    ("value", "kind"), [("serviceMonitor", "ServiceMonitor"), ("prometheusRule", "PrometheusRule")]
)
def test_prometheus_finds_what_is_asked_for_or_what_the_cluster_can_have(
    tmp_path, value, kind, wanted, has_kinds, made
):
    versions = [PROMETHEUS] if has_kinds else []
    objects = chart.render({"monitoring": {value: wanted}}, tmp_path, api_versions=versions)
    assert len(of_kind(objects, kind)) == made


def test_a_prometheus_selects_both_by_labels_of_the_values_and_keeps_the_namespace_of_a_panko(tmp_path):
    objects = chart.render({"monitoring": {"labels": {"release": "stack"}}}, tmp_path, api_versions=[PROMETHEUS])
    (monitor,), (rule,) = of_kind(objects, "ServiceMonitor"), of_kind(objects, "PrometheusRule")
    assert {one["metadata"]["labels"]["release"] for one in (monitor, rule)} == {"stack"}
    (service,) = of_kind(objects, "Service")
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert [(one["port"], one["honorLabels"]) for one in monitor["spec"]["endpoints"]] == [("metrics", True)]


def test_alerts_of_pankos_and_of_the_operator_send_people_to_one_page(tmp_path):
    page = "https://docs.example.org/alerts"
    objects = chart.render({"monitoring": {"runbookURL": page}}, tmp_path, api_versions=[PROMETHEUS])
    (rule,) = of_kind(objects, "PrometheusRule")
    urls = {one["annotations"]["runbook_url"] for group in rule["spec"]["groups"] for one in group["rules"]}
    assert all(url.startswith(f"{page}#") for url in urls)
    (container,) = operator(objects)["spec"]["containers"]
    assert {"name": "RUNBOOK_URL", "value": page} in container["env"]


def test_nobody_is_told_of_a_missing_leader_where_no_pod_is_wanted(tmp_path):
    objects = chart.render({"replicas": 0}, tmp_path, api_versions=[PROMETHEUS])
    (rule,) = of_kind(objects, "PrometheusRule")
    assert "PankoOperatorNoLeader" not in str(rule)


@pytest.mark.parametrize(("replicas", "budgets"), [(1, []), (2, [1]), (3, ["50%"])])
def test_a_drained_node_leaves_a_pod_of_several(render, replicas, budgets):
    values = {"podDisruptionBudget": {"maxUnavailable": budgets[0]}} if budgets else {}
    objects = render(replicas=replicas, **values)
    found = of_kind(objects, "PodDisruptionBudget")
    assert [one["spec"]["maxUnavailable"] for one in found] == budgets
    labels = operator(objects)["metadata"]["labels"]
    assert all(one["spec"]["selector"]["matchLabels"].items() <= labels.items() for one in found)


def test_the_network_of_the_operator_is_open_unless_it_is_asked_for(default_release):
    assert of_kind(default_release, "NetworkPolicy") == []


@pytest.mark.parametrize(
    ("peers", "reached_by"),
    [([], {"monitoring", "tenant"}), ([{"namespaceSelector": {"matchLabels": {"prometheus": "1"}}}], {"monitoring"})],
)
def test_only_who_reads_figures_reaches_the_operator_and_it_reaches_everybody(render, peers, reached_by):
    objects = render(networkPolicy={"enabled": True, "allowMetricsFrom": peers})
    network = MemoryNetwork(of_kind(objects, "NetworkPolicy"), {"monitoring": {"prometheus": "1"}})
    pod = Host("10.0.0.9", chart.NAMESPACE, operator(objects)["metadata"]["labels"])
    others = [Host("10.0.0.1", namespace) for namespace in ("monitoring", "tenant")] + [Host("192.0.2.1")]
    assert {one.namespace for one in others if network.reaches(one, pod, FIGURES)} == reached_by
    assert not any(network.reaches(one, pod, 8080) for one in others)
    assert all(network.reaches(pod, one, 6443) for one in others)
