"""Prometheus' own evaluation of alerts over time, by `promtool test rules`. No server is started."""

import json
import subprocess
from pathlib import Path
from typing import Any

from servers.database_server import program

MINUTES = 240


class Promtool:
    """Rules, and what they give for series of figures. `series` are `name{label="value"}` with values a minute."""

    def __init__(self, groups: list[dict[str, Any]], folder: Path) -> None:
        self._folder = folder
        self._rules = {rule["alert"]: rule for group in groups for rule in group["rules"]}
        (folder / "rules.yaml").write_text(json.dumps({"groups": groups}))  # JSON is YAML

    @property
    def names(self) -> set[str]:
        """The alerts that there are."""
        return set(self._rules)

    def check(self) -> None:
        """Raise AssertionError for a rule that Prometheus cannot read."""
        self._run("check", "rules", str(self._folder / "rules.yaml"))

    def fires(self, alert: str, series: dict[str, str], *, at: int, **labels: str) -> None:
        """Raise AssertionError unless the alert fires at a minute with the rule's labels and these."""
        rule = self._rules[alert]
        firing = {"exp_labels": {**rule["labels"], **labels}, "exp_annotations": rule["annotations"]}
        self._evaluate(series, at, {alert: [firing]})

    def quiet(self, series: dict[str, str], *, at: int) -> None:
        """Raise AssertionError when any alert fires at a minute."""
        self._evaluate(series, at, {})

    def _evaluate(self, series: dict[str, str], at: int, expected: dict[str, list[dict[str, Any]]]) -> None:
        asked = [
            {"eval_time": f"{at}m", "alertname": name, "exp_alerts": expected.get(name, [])}
            for name in self._rules
            if name in expected or not expected
        ]
        given = [{"series": name, "values": values} for name, values in series.items()]
        test = {"interval": "1m", "input_series": given, "alert_rule_test": asked}
        file = self._folder / "test.yaml"
        file.write_text(json.dumps({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}))
        self._run("test", "rules", str(file))

    @staticmethod
    def _run(*words: str) -> None:
        done = subprocess.run([program("promtool"), *words], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def constant(value: float, minutes: int = MINUTES) -> str:
    """Write a figure that stays."""
    return f"{value}x{minutes}"


def growing(each: float, minutes: int = MINUTES) -> str:
    """Write a figure that grows from 0 by so much a minute."""
    return f"0+{each}x{minutes}"
