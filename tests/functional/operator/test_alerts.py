"""What alerts make of figures, by Prometheus' own evaluation: each fires when it has to, and is quiet otherwise."""

import json

import pytest

from fakes import crd
from fakes.memory_world import SPEC
from panko_operator.children.monitoring import dashboard, prometheus_rule
from panko_operator.children.monitoring.alerts import ALERTS
from panko_operator.resource import Panko
from rendering import chart
from servers.promtool import Promtool, constant, growing

API = 'namespace="openstack", pod="panko-api-7d9c8b7f5-x2x4z", container="api"'
PANKO = 'namespace="openstack", name="panko"'
COUNT, BUCKET = "panko_http_request_duration_seconds_count", "panko_http_request_duration_seconds_bucket"
EVENTS = 'route="/v2/events", method="GET"'
DAY = 86400


def panko(name="panko", **spec):
    about = {"name": name, "namespace": "openstack", "uid": "1", "generation": 1}
    body = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "metadata": about, "spec": {**SPEC, **spec}}
    return Panko.from_body(crd.live(body))


def rules(folder, **spec):
    return Promtool(prometheus_rule.prometheus_rule(panko(**spec), "https://r")["spec"]["groups"], folder)


@pytest.fixture
def promtool(tmp_path):
    return rules(tmp_path, tls={"secretName": "web"})


def condition(type_, status):
    """The figures of a condition that has a status."""
    return {
        f'panko_operator_condition{{{PANKO}, condition="{type_}", status="{one}"}}': constant(int(one == status))
        for one in ("True", "False", "Unknown")
    }


UP = {f'up{{{API}, job="a"}}': constant(1)}
HEALTHY = {
    **UP,
    **condition("Ready", "True"),
    **condition("CronJobReady", "True"),
    f'{COUNT}{{{API}, {EVENTS}, status="200"}}': growing(1000),
    f'{COUNT}{{{API}, {EVENTS}, status="503"}}': growing(10),
    f'{BUCKET}{{{API}, {EVENTS}, status="200", le="0.5"}}': growing(1000),
    f'{BUCKET}{{{API}, {EVENTS}, status="200", le="5.0"}}': growing(1000),
    f'{BUCKET}{{{API}, {EVENTS}, status="200", le="10.0"}}': growing(1000),
    f'{BUCKET}{{{API}, {EVENTS}, status="200", le="+Inf"}}': growing(1000),
    f"panko_database_up{{{API}}}": constant(1),
    f"panko_database_pool_in_use{{{API}}}": constant(9),
    f"panko_database_pool_size{{{API}}}": constant(16),
    f'panko_events_total{{{API}, outcome="created"}}': growing(500),
    f'panko_events_total{{{API}, outcome="refused"}}': constant(3),
    f"panko_oldest_event_age_seconds{{{API}}}": constant(30 * DAY + 3600),
    f"panko_operator_certificate_expires_seconds{{{PANKO}}}": constant(20 * DAY),
    f'panko_operator_drift_corrections_total{{{PANKO}, kind="Deployment"}}': constant(2),
}
# What makes each alert fire, over what is healthy: figures, after how many minutes, labels of its own.
TROUBLE = {
    "PankoNotReady": (condition("Ready", "Unknown"), 16, {}),
    "PankoDown": ({f'up{{{API}, job="a"}}': constant(0)}, 6, {}),
    "PankoErrors": ({f'{COUNT}{{{API}, {EVENTS}, status="503"}}': growing(100)}, 12, {}),
    "PankoSlow": (
        {f'{BUCKET}{{{API}, {EVENTS}, status="200", le="{le}"}}': growing(900) for le in ("0.5", "5.0")},
        17,
        {},
    ),
    "PankoDatabaseDown": ({f"panko_database_up{{{API}}}": constant(0)}, 6, {}),
    "PankoConnectionsUsedUp": ({f"panko_database_pool_in_use{{{API}}}": constant(15)}, 16, {}),
    "PankoEventsRefused": ({f'panko_events_total{{{API}, outcome="refused"}}': growing(1)}, 33, {}),
    "PankoExpiryBehind": ({f"panko_oldest_event_age_seconds{{{API}}}": constant(31 * DAY + 60)}, 61, {}),
    "PankoExpiryFails": (condition("CronJobReady", "False"), 31, {}),
    "PankoCertificateExpires": ({f"panko_operator_certificate_expires_seconds{{{PANKO}}}": constant(6 * DAY)}, 61, {}),
    "PankoContested": (
        {f'panko_operator_drift_corrections_total{{{PANKO}, kind="Deployment"}}': growing(1)},
        30,
        {"kind": "Deployment"},
    ),
}


def test_prometheus_reads_every_rule(promtool):
    promtool.check()


def test_every_alert_is_tried():
    assert TROUBLE.keys() == {alert.name for alert in ALERTS}


@pytest.mark.parametrize("alert", TROUBLE)
def test_an_alert_fires_when_somebody_is_needed_and_not_before(promtool, alert):
    trouble, after, labels = TROUBLE[alert]
    figures = {**HEALTHY, **trouble}
    promtool.fires(alert, figures, at=after, **labels)
    promtool.quiet(figures, at=next(one.minutes for one in ALERTS if one.name == alert) - 1)


def test_nothing_fires_while_all_is_well(promtool):
    promtool.quiet(HEALTHY, at=200)


def test_a_panko_is_down_also_when_nobody_finds_its_pods(promtool):
    promtool.fires("PankoDown", {}, at=6)


@pytest.mark.parametrize("name", ["panko-api", "other"])
def test_the_trouble_of_another_panko_is_not_this_ones(promtool, name):
    figures = dict(HEALTHY)
    for trouble, *_ in TROUBLE.values():
        for series, values in trouble.items():
            others = series.replace('pod="panko-api-', f'pod="{name}-api-').replace('name="panko"', f'name="{name}"')
            figures[others] = values
    promtool.quiet(figures, at=200)


def test_the_long_name_of_a_pod_is_recognized(tmp_path):
    name = "p" * 44
    promtool = Promtool(
        prometheus_rule.prometheus_rule(panko(name), "https://r")["spec"]["groups"],
        tmp_path,
    )
    pod = f"{name}-api-7d9c8b7f55"[:58] + "x2x4z"  # as Kubernetes cuts it
    up = f'up{{namespace="openstack", pod="{pod}", container="api"}}'
    promtool.quiet({up: constant(1)}, at=200)


def test_a_panko_that_hibernates_is_not_down(tmp_path):
    hibernating = rules(tmp_path, replicas=0)
    hibernating.quiet(condition("Ready", "True"), at=200)
    assert "PankoNotReady" in hibernating.names


@pytest.mark.parametrize(
    "retention", [{"timeToLive": "0", "acknowledgeUnbounded": True}, {"suspend": True}], ids=["for ever", "suspended"]
)
def test_expiry_is_not_behind_where_there_is_none(tmp_path, retention):
    kept = rules(tmp_path, retention=retention)
    kept.quiet({**HEALTHY, f"panko_oldest_event_age_seconds{{{API}}}": constant(999 * DAY)}, at=200)


def test_prometheus_reads_every_query_of_the_dashboard(tmp_path):
    text = next(iter(dashboard.dashboard(panko())["data"].values()))
    queries = [target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"]]
    named = [
        {"alert": f"Query{number}", "expr": query.replace("$__rate_interval", "5m"), "labels": {}, "annotations": {}}
        for number, query in enumerate(queries)
    ]
    assert len(named) > 5
    Promtool([{"name": "dashboard", "rules": named}], tmp_path).check()


OPERATOR = 'namespace="panko-system", pod="panko-operator-6b7f9d5c4-abcde", container="operator"'
STANDBY = OPERATOR.replace("abcde", "fghij")
PASSES, SILENCE = "panko_operator_pass_duration_seconds_count", "panko_operator_api_server_silence_seconds"
OPERATING = {
    f"panko_operator_leader{{{OPERATOR}}}": constant(1),
    f"panko_operator_leader{{{STANDBY}}}": constant(0),
    f'{PASSES}{{{OPERATOR}, result="settled"}}': growing(10),
    f'{PASSES}{{{OPERATOR}, result="error"}}': constant(1),
    f"{SILENCE}{{{OPERATOR}}}": constant(3),
    f"panko_operator_queue_depth{{{OPERATOR}}}": constant(2),
}
OPERATOR_TROUBLE = {
    "PankoOperatorNoLeader": ({f"panko_operator_leader{{{OPERATOR}}}": constant(0)}, 6),
    "PankoOperatorPassesFail": ({f'{PASSES}{{{OPERATOR}, result="error"}}': growing(1)}, 12),
    "PankoOperatorAPIServerSilent": ({f"{SILENCE}{{{OPERATOR}}}": constant(50)}, 6),
    "PankoOperatorBehind": ({f"panko_operator_queue_depth{{{OPERATOR}}}": constant(11)}, 16),
}


@pytest.fixture
def of_the_chart(tmp_path):
    objects = chart.render({"monitoring": {"prometheusRule": "enabled"}}, tmp_path)
    (rule,) = (one for one in objects if one["kind"] == "PrometheusRule")
    return Promtool(rule["spec"]["groups"], tmp_path)


def test_every_alert_of_the_chart_is_tried(of_the_chart):
    of_the_chart.check()
    assert of_the_chart.names == OPERATOR_TROUBLE.keys()


@pytest.mark.parametrize("alert", OPERATOR_TROUBLE)
def test_an_alert_of_the_chart_fires_when_somebody_is_needed_and_not_before(of_the_chart, alert):
    trouble, after = OPERATOR_TROUBLE[alert]
    of_the_chart.fires(alert, {**OPERATING, **trouble}, at=after)
    of_the_chart.quiet({**OPERATING, **trouble}, at=2)


def test_no_alert_of_the_chart_fires_while_all_is_well(of_the_chart):
    of_the_chart.quiet(OPERATING, at=200)


def test_there_is_no_leader_when_nobody_finds_the_operator(of_the_chart):
    of_the_chart.fires("PankoOperatorNoLeader", {}, at=6)


def test_another_operators_leader_does_not_count(of_the_chart):
    others = f"panko_operator_leader{{{OPERATOR.replace('panko-system', 'other')}}}"
    of_the_chart.fires("PankoOperatorNoLeader", {others: constant(1)}, at=6)
