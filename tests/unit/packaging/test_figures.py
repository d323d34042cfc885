"""Alerts, dashboards and documentation name figures that the programs really export, and leave none out."""

import json
import re
from datetime import UTC, datetime

import pytest

from fakes import crd
from fakes.memory_connection import MemoryConnection
from panko.api.resources.health import Health
from panko.api.server.pages import Pages
from panko.collector.meters import Meters as CollectorMeters
from panko.event import Event
from panko.monitoring.database_state import DatabaseState
from panko.monitoring.meters import Meters as ServiceMeters
from panko.storage import Recorded
from panko_operator.children.monitoring import dashboard, prometheus_rule
from panko_operator.monitoring import Meters as OperatorMeters
from panko_operator.resource import Panko
from rendering import chart, dashboards, programs

NOW = datetime(2030, 1, 1, tzinfo=UTC)
PAGE = (programs.REPOSITORY / "docs" / "metrics.md").read_text()
HEADINGS = {"api": "Figures", "collector": "The collector's figures", "operator": "The operator's figures"}


def api():
    """What the API exports that has stored an event."""
    connection, meters = MemoryConnection(), ServiceMeters()
    connection.record_events([Event(message_id="1", event_type="a", generated=NOW)])
    state, health = (
        DatabaseState(connection, clock=lambda: 0.0, now=lambda: NOW),
        Health(disabled_by=None, draining_by=None),
    )
    pages = Pages(connection, meters, state, health, lambda: NOW)
    pages.note_pool()
    return pages.answer("/metrics").body


def collector():
    """What a collector exports that has stored a batch."""
    meters = CollectorMeters()
    meters.note_commit(Recorded(created=1, duplicates=0))
    return meters.page()


def operator():
    """What the operator exports of a Panko that has events."""
    meters = OperatorMeters()
    meters.last_event("openstack", "panko", NOW)
    meters.follow(queue=lambda: 0, leads=lambda: True, silence=lambda: 0)
    return meters.text()


PROGRAMS = {"api": api, "collector": collector, "operator": operator}


@pytest.fixture(scope="module")
def exported():
    """The names of the families of each program, as Prometheus reads them."""
    return {
        program: set(re.findall(r"^# TYPE (panko_\w+)(?<!_created) ", page().decode(), re.MULTILINE))
        for program, page in PROGRAMS.items()
    }


def named(expressions):
    """The families that queries name; of a histogram and of a counter they name parts."""
    words = {word for one in expressions for word in re.findall(r"\bpanko_\w+(?=[{\[)]|$)", one)}
    return {re.sub(r"_(bucket|count|sum)$", "", word) for word in words}


def made():
    """A Panko that has all that is shown and alerted about."""
    body = crd.sample("minimal")
    body["spec"] |= {
        "collector": {"transportURLSecretRefs": [{"name": "rabbit", "key": "url"}]},
        "tls": {"secretName": "web"},
    }
    return Panko.from_body(crd.live(body))


def queries(texts):
    return [
        target["expr"] for text in texts for panel in json.loads(text)["panels"] for target in panel.get("targets", ())
    ]


@pytest.fixture(scope="module")
def of_the_chart(tmp_path_factory):
    """What the chart brings where all of it is asked for."""
    wanted = {"serviceMonitor": "enabled", "prometheusRule": "enabled", "dashboard": "enabled"}
    objects = chart.render({"monitoring": wanted}, tmp_path_factory.mktemp("chart"))
    return {one["kind"]: one for one in objects if one["kind"] in {"PrometheusRule", "ConfigMap"}}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_page_has_every_figure_that_is_exported_and_no_other(exported, program):
    section = PAGE.partition(f"\n## {HEADINGS[program]}\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(panko_\w+)` \|", section, re.MULTILINE)) == exported[program]


def test_alerts_and_dashboards_of_a_panko_name_what_is_exported(exported):
    panko, known = made(), set.union(*exported.values())
    rules = prometheus_rule.prometheus_rule(panko, "https://docs.example.org/alerts")["spec"]["groups"][0]["rules"]
    shown = named(queries(dashboard.dashboard(panko)["data"].values()))
    assert shown >= exported["api"] | exported["collector"]
    assert shown | named(rule["expr"] for rule in rules) <= known


def test_the_dashboard_of_the_operator_shows_every_figure_of_it(exported, of_the_chart):
    assert named(queries(of_the_chart["ConfigMap"]["data"].values())) == exported["operator"]


def test_the_alerts_of_the_operator_name_what_is_exported(exported, of_the_chart):
    rules = of_the_chart["PrometheusRule"]["spec"]["groups"][0]["rules"]
    found = named(rule["expr"] for rule in rules)
    assert found
    assert found <= exported["operator"]


def test_the_chart_has_the_dashboard_that_the_code_makes():
    assert dashboards.PATH.read_text() == dashboards.text(), "run `make manifests`"


def test_the_dashboard_of_the_operator_is_found_by_the_sidecar_and_looks_at_the_pods_of_its_release(of_the_chart):
    found = of_the_chart["ConfigMap"]
    assert found["metadata"]["labels"]["grafana_dashboard"] == "1"
    (text,) = found["data"].values()
    assert "@" not in text
    document = json.loads(text)
    assert document["title"] == f"Panko operator {chart.NAMESPACE}/panko-operator"
    assert any(f'namespace="{chart.NAMESPACE}", pod=~"panko-operator-' in one for one in queries([text]))


def test_two_releases_have_two_dashboards(tmp_path):
    rendered = [
        chart.render({"monitoring": {"dashboard": "enabled"}, "fullnameOverride": name}, tmp_path)
        for name in ("a", "b")
    ]
    texts = [
        text for objects in rendered for one in objects if one["kind"] == "ConfigMap" for text in one["data"].values()
    ]
    assert len({json.loads(text)["uid"] for text in texts}) == 2


@pytest.mark.parametrize(
    ("wanted", "api_versions", "count"),
    [
        ("auto", [], 0),
        ("auto", ["monitoring.coreos.com/v1"], 1),
        ("enabled", [], 1),
        ("disabled", ["monitoring.coreos.com/v1"], 0),
    ],
)
def test_a_dashboard_of_the_operator_is_made_where_somebody_reads_it(tmp_path, wanted, api_versions, count):
    objects = chart.render({"monitoring": {"dashboard": wanted}}, tmp_path, api_versions=api_versions)
    assert len([one for one in objects if one["kind"] == "ConfigMap"]) == count
