"""Each alert has a section that says what to do, and each section an alert."""

import re

import pytest

from panko_operator.children.monitoring.alerts import ALERTS
from rendering import chart, programs

PAGE = (programs.REPOSITORY / "docs" / "alerts.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def of_the_chart(tmp_path_factory):
    """The alerts of the chart, by name."""
    values = {"monitoring": {"prometheusRule": "enabled"}}
    objects = chart.render(values, tmp_path_factory.mktemp("rules"))
    (rule,) = (one for one in objects if one["kind"] == "PrometheusRule")
    return {one["alert"]: one for group in rule["spec"]["groups"] for one in group["rules"]}


def test_every_alert_has_a_runbook_and_every_runbook_an_alert(of_the_chart):
    assert {alert.name for alert in ALERTS} | of_the_chart.keys() == SECTIONS.keys()


@pytest.mark.parametrize("alert", SECTIONS)
def test_a_runbook_says_what_it_means_what_it_costs_where_to_look_and_what_to_do(alert):
    words = re.findall(r"\*\*(\w+):\*\* \S", SECTIONS[alert])
    assert words == ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def test_an_alert_of_the_chart_leads_to_its_runbook(of_the_chart):
    for name, rule in of_the_chart.items():
        assert rule["annotations"]["runbook_url"] == f"docs/alerts.md#{name.lower()}"
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in {"critical", "warning"}
