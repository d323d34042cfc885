"""What is made for Prometheus and Grafana, by what the spec says and what the cluster has."""

import json
import re
from pathlib import Path

import pytest

from fakes.memory_world import SPEC, MemoryWorld
from panko_operator.children import api
from panko_operator.children.monitoring import dashboard, prometheus_rule, service_monitor

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
KINDS = {"ServiceMonitor", "PrometheusRule"}
COLLECTOR = {"transportURLSecretRefs": [{"name": "rabbit", "key": "transport_url"}]}
OURS = {("ServiceMonitor", "panko-api"), ("PrometheusRule", "panko-alerts"), ("ConfigMap", "panko-dashboard")}


class Cluster:
    """A Panko in a cluster with or without the Prometheus operator."""

    def __init__(self, *, prometheus, **monitoring):
        self.memory = MemoryWorld({**SPEC, "monitoring": monitoring})
        if not prometheus:
            self.memory.kube.absent |= KINDS
        self.memory.reconcile()

    @property
    def made(self):
        return OURS & {(kind, name) for kind, _, name in self.memory.kube.objects}

    @property
    def condition(self):
        return self.memory.condition("MonitoringReady")

    def edit(self, **monitoring):
        self.memory.edit(monitoring={**self.memory.body["spec"]["monitoring"], **monitoring})
        self.memory.reconcile()


def test_without_the_prometheus_operator_nothing_is_made_and_nothing_is_wrong():
    cluster = Cluster(prometheus=False)
    assert cluster.made == set()
    assert (cluster.condition["status"], cluster.condition["reason"]) == ("True", "NotMonitored")
    assert cluster.memory.condition("Ready")["status"] == "True"


def test_with_it_prometheus_and_grafana_find_all():
    cluster = Cluster(prometheus=True)
    assert cluster.made == OURS
    assert cluster.condition["reason"] == "Monitored"


@pytest.mark.parametrize(
    ("field", "kind"), [("serviceMonitor", "ServiceMonitor"), ("prometheusRule", "PrometheusRule")]
)
def test_what_is_asked_for_and_cannot_be_is_said(field, kind):
    cluster = Cluster(prometheus=False, **{field: "enabled"})
    assert (cluster.condition["status"], cluster.condition["reason"]) == ("False", "KindMissing")
    assert kind in cluster.condition["message"]
    cluster.memory.kube.absent.clear()
    cluster.memory.reconcile()
    assert cluster.condition["status"] == "True"


def test_a_dashboard_that_is_asked_for_needs_no_prometheus_operator():
    assert Cluster(prometheus=False, dashboard="enabled").made == {("ConfigMap", "panko-dashboard")}


@pytest.mark.parametrize(
    ("field", "child"),
    [
        ("serviceMonitor", ("ServiceMonitor", "panko-api")),
        ("prometheusRule", ("PrometheusRule", "panko-alerts")),
        ("dashboard", ("ConfigMap", "panko-dashboard")),
    ],
)
def test_what_is_turned_off_goes(field, child):
    cluster = Cluster(prometheus=True)
    cluster.edit(**{field: "disabled"})
    assert cluster.made == OURS - {child}


def test_a_prometheus_selects_by_labels_of_the_spec_which_replace_none_of_ours(make_panko):
    panko = make_panko({"monitoring": {"labels": {"release": "stack", "app.kubernetes.io/name": "mine"}}})
    for built in (service_monitor.service_monitor(panko), prometheus_rule.prometheus_rule(panko, "r")):
        assert built["metadata"]["labels"]["release"] == "stack"
        assert built["metadata"]["labels"]["app.kubernetes.io/name"] == "panko"


def test_the_service_monitor_finds_the_figures_of_the_headless_service(panko):
    service, spec = api.headless_service(panko), service_monitor.service_monitor(panko)["spec"]
    assert spec["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert {one["port"] for one in spec["endpoints"]} <= {port["name"] for port in service["spec"]["ports"]}


def test_grafana_finds_the_dashboard_by_its_label_and_tells_pankos_apart(make_panko):
    built = [dashboard.dashboard(make_panko({}, name=name)) for name in ("a", "b")]
    assert all(one["metadata"]["labels"]["grafana_dashboard"] == "1" for one in built)
    documents = [json.loads(text) for one in built for text in one["data"].values()]
    assert len(documents) > 2
    assert len({one["uid"] for one in documents}) == len(documents)
    assert len({one["title"] for one in documents}) == len(documents)
    assert len({key for one in built for key in one["data"]}) == len(documents)


def panels(documents):
    return [panel for one in documents for panel in json.loads(one)["panels"]]


def test_panels_of_a_dashboard_stand_beside_each_other_and_have_numbers_of_their_own(make_panko):
    for text in dashboard.dashboard(make_panko({"collector": COLLECTOR}))["data"].values():
        shown = panels([text])
        assert len({one["id"] for one in shown}) == len(shown)
        covered = [
            (x, y)
            for place in (one["gridPos"] for one in shown)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        assert len(covered) == len(set(covered))
        assert max(x for x, _ in covered) < 24  # as wide as Grafana's grid


def test_what_a_collector_does_is_shown_where_there_is_one(make_panko):
    without, with_one = (
        {panel["title"] for panel in panels(dashboard.dashboard(make_panko(spec))["data"].values())}
        for spec in ({}, {"collector": COLLECTOR})
    )
    assert "Posted events" in without
    assert with_one - without >= {"Messages from RabbitMQ", "Messages that were set aside"}


def figures(heading):
    """The figures that the page has under a heading."""
    section = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(panko_\w+)` \|", section, flags=re.MULTILINE))


def used(text):
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in re.findall(r"panko_\w+(?=\{)", text)}


def test_the_dashboards_show_every_figure_of_the_api_and_of_the_collector(make_panko):
    shown = json.dumps(dashboard.dashboard(make_panko({"collector": COLLECTOR}))).replace("\\", "")
    assert figures("Figures") | figures("The collector's figures") <= used(shown)


def test_alerts_tell_which_panko_and_where_to_read_on(panko):
    (group,) = prometheus_rule.prometheus_rule(panko, "https://docs.example.org/alerts")["spec"]["groups"]
    for rule in group["rules"]:
        assert rule["labels"]["namespace"] == panko.namespace
        assert rule["annotations"]["summary"].startswith(f"Panko {panko.namespace}/{panko.name} ")
        assert rule["annotations"]["runbook_url"] == f"https://docs.example.org/alerts#{rule['alert'].lower()}"
