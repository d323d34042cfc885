"""What alerts make of figures, by Prometheus' own evaluation: each fires when it has to, and is quiet otherwise."""

import json

import pytest

from fakes import crd
from fakes.memory_world import SPEC
from panko_operator.children.monitoring import dashboard, prometheus_rule
from panko_operator.children.monitoring.alerts import ALERTS
from panko_operator.resource import Panko
from rendering import chart, dashboards
from servers.promtool import Promtool, constant, growing

API = 'namespace="openstack", pod="panko-api-7d9c8b7f5-x2x4z", container="api"'
COLLECTOR = 'namespace="openstack", pod="panko-collector-5c6d7f8b9-a1b2c", container="collector"'
PANKO = 'namespace="openstack", name="panko"'
COUNT, BUCKET = "panko_http_request_duration_seconds_count", "panko_http_request_duration_seconds_bucket"
EVENTS = 'route="/v2/events", method="GET"'
DAY = 86400
COLLECTING = {"transportURLSecretRefs": [{"name": "rabbit"}]}
BROKER = f'panko_collector_connected{{{COLLECTOR}, broker="rabbitmq:5672/"}}'
LETTERS = f'panko_collector_dead_letters_total{{{COLLECTOR}, reason="definition"}}'


def panko(name="panko", **spec):
    about = {"name": name, "namespace": "openstack", "uid": "1", "generation": 1}
    body = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", "metadata": about, "spec": {**SPEC, **spec}}
    return Panko.from_body(crd.live(body))


def rules(folder, **spec):
    return Promtool(prometheus_rule.prometheus_rule(panko(**spec), "https://r")["spec"]["groups"], folder)


@pytest.fixture
def promtool(tmp_path):
    return rules(tmp_path, tls={"secretName": "web"}, collector=COLLECTING)


def condition(type_, status):
    """The figures of a condition that has a status."""
    return {
        f'panko_operator_condition{{{PANKO}, condition="{type_}", status="{one}"}}': constant(int(one == status))
        for one in ("True", "False", "Unknown")
    }


UP = {f'up{{{pod}, job="a"}}': constant(1) for pod in (API, COLLECTOR)}
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
    f"panko_last_event_timestamp_seconds{{{API}}}": growing(60),
    f"panko_operator_last_event_timestamp_seconds{{{PANKO}}}": growing(60),
    f"panko_collector_waiting_for_database{{{COLLECTOR}}}": constant(0),
    BROKER: constant(1),
    LETTERS: constant(4),
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
    "PankoIngestStalled": (
        {
            f"panko_last_event_timestamp_seconds{{{API}}}": constant(0),
            f"panko_operator_last_event_timestamp_seconds{{{PANKO}}}": constant(0),
        },
        14,
        {},
    ),
    "PankoExpiryBehind": ({f"panko_oldest_event_age_seconds{{{API}}}": constant(31 * DAY + 60)}, 61, {}),
    "PankoExpiryFails": (condition("CronJobReady", "False"), 31, {}),
    "PankoCollectorDown": ({f'up{{{COLLECTOR}, job="a"}}': constant(0)}, 11, {}),
    "PankoCollectorWaits": ({f"panko_collector_waiting_for_database{{{COLLECTOR}}}": constant(1)}, 16, {}),
    "PankoCollectorSetsAside": ({LETTERS: growing(1)}, 8, {"reason": "definition"}),
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


def test_a_collector_waits_also_when_it_is_a_rabbitmq_that_is_away(promtool):
    promtool.fires("PankoCollectorWaits", {**HEALTHY, BROKER: constant(0)}, at=16)


def test_a_collector_that_is_not_wanted_or_stopped_is_not_down(tmp_path):
    without = {series: values for series, values in HEALTHY.items() if "collector" not in series}
    for number, spec in enumerate(({}, {"collector": {**COLLECTING, "replicas": 0}})):
        (folder := tmp_path / str(number)).mkdir()
        rules(folder, **spec).quiet(without, at=200)


@pytest.mark.parametrize("name", ["panko-api", "other"])
def test_the_trouble_of_another_panko_is_not_this_ones(promtool, name):
    figures = dict(HEALTHY)
    for trouble, *_ in TROUBLE.values():
        for series, values in trouble.items():
            others = series.replace('pod="panko-', f'pod="{name}-').replace('name="panko"', f'name="{name}"')
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
    assert "PankoIngestStalled" not in hibernating.names


@pytest.mark.parametrize(
    "retention", [{"timeToLive": "0", "acknowledgeUnbounded": True}, {"suspend": True}], ids=["for ever", "suspended"]
)
def test_expiry_is_not_behind_where_there_is_none(tmp_path, retention):
    kept = rules(tmp_path, retention=retention)
    kept.quiet({**HEALTHY, f"panko_oldest_event_age_seconds{{{API}}}": constant(999 * DAY)}, at=200)


LAST, OPERATORS_LAST = (
    f"panko_last_event_timestamp_seconds{{{API}}}",
    f"panko_operator_last_event_timestamp_seconds{{{PANKO}}}",
)
ANOTHER_POD = LAST.replace("x2x4z", "a5b6c")
WITHOUT = {name: values for name, values in HEALTHY.items() if name not in (LAST, OPERATORS_LAST)}


@pytest.mark.parametrize(
    "figures",
    [
        {},
        {LAST: growing(60), ANOTHER_POD: constant(0)},
        {LAST: constant(0), ANOTHER_POD: growing(60)},
        {LAST: growing(60), OPERATORS_LAST: constant(0)},
        {LAST: constant(0), OPERATORS_LAST: growing(60)},
    ],
    ids=["nothing was ever stored", "this pod alone is told", "the other one alone", "the operator is late",
         "events come late"],
)  # fmt: skip
def test_ingest_is_not_stalled_while_anybody_knows_of_an_event_or_of_none_ever(promtool, figures):
    promtool.quiet({**WITHOUT, **figures}, at=200)


@pytest.mark.parametrize(
    "figures",
    [
        {LAST: "0x4 _x4 stale", ANOTHER_POD: "_x8 0x191", OPERATORS_LAST: "0x200"},
        {LAST: constant(0)},
        {OPERATORS_LAST: constant(0)},
    ],
    ids=["the pods are replaced", "the operator tells nothing", "all events have expired"],
)
def test_ingest_that_has_stopped_is_told_within_a_quarter_of_an_hour(promtool, figures):
    promtool.fires("PankoIngestStalled", {**WITHOUT, **figures}, at=15)


def test_a_cloud_that_is_quiet_for_long_has_a_longer_time_or_no_such_alert(tmp_path):
    stopped = {LAST: constant(0)}
    quiet = rules(tmp_path, monitoring={"stalledAfter": "2h"})
    quiet.quiet({**WITHOUT, **stopped}, at=119)
    quiet.fires("PankoIngestStalled", {**WITHOUT, **stopped}, at=124)
    never = rules(tmp_path, monitoring={"stalledAfter": "0"})
    never.quiet({**WITHOUT, **stopped}, at=200)
    assert "PankoIngestStalled" not in never.names


@pytest.mark.parametrize(
    "texts",
    [
        dashboard.dashboard(panko(collector=COLLECTING))["data"].values,
        lambda: [dashboards.text().replace(dashboards.PODS, 'pod=\\"a\\"')],
    ],
    ids=["of a Panko", "of the operator"],
)
def test_prometheus_reads_every_query_of_the_dashboards(tmp_path, texts):
    shown = [panel for text in texts() for panel in json.loads(text)["panels"]]
    queries = [target["expr"] for panel in shown for target in panel.get("targets", ())]
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
