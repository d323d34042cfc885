"""What the dashboard of the operator shows: all Pankos, and the operator's own work.

`$operator` stands for the labels of the operator's pods; figures of a Panko have that Panko's namespace.
"""

from typing import Any, Final

from panko_operator.children.monitoring import grafana
from panko_operator.children.monitoring.grafana import Panel, Section

PANKOS: Final = Section(
    "Pankos",
    (
        Panel(
            "Not Ready",
            'max by (namespace, name) (panko_operator_condition{condition="Ready", status!="True"})',
            "{{namespace}}/{{name}}",
        ),
        Panel(
            "In need of somebody (Stalled)",
            'max by (namespace, name) (panko_operator_condition{condition="Stalled", status="True"})',
            "{{namespace}}/{{name}}",
        ),
        Panel(
            "Steps in trouble",
            "sum by (condition, reason) (increase(panko_operator_step_failures_total{$operator}[$$__rate_interval]))",
            "{{condition}} {{reason}}",
        ),
        Panel(
            "What others had changed, and was put right",
            "sum by (namespace, name, kind) (increase(panko_operator_drift_corrections_total[$$__rate_interval]))",
            "{{namespace}}/{{name}} {{kind}}",
        ),
        Panel(
            "Time since the last event",
            "time() - max by (namespace, name) (panko_operator_last_event_timestamp_seconds)",
            "{{namespace}}/{{name}}",
            "s",
        ),
        Panel(
            "Time until a certificate expires",
            "min by (namespace, name) (panko_operator_certificate_expires_seconds)",
            "{{namespace}}/{{name}}",
            "s",
        ),
        Panel(
            "Age of logins",
            "time() - max by (namespace, name, role) (panko_operator_credential_since_seconds)",
            "{{namespace}}/{{name}} {{role}}",
            "s",
        ),
        Panel(
            "Renewals of logins",
            "sum by (namespace, name, kind) (increase(panko_operator_rotations_total[$$__rate_interval]))",
            "{{namespace}}/{{name}} {{kind}}",
        ),
    ),
)
WORK: Final = Section(
    "The operator's work",
    (
        Panel(
            "Passes by what they came to",
            "sum by (result) (rate(panko_operator_pass_duration_seconds_count{$operator}[$$__rate_interval]))",
            "{{result}}",
            "cps",
        ),
        Panel(
            "Slowest hundredth of passes",
            "histogram_quantile(0.99, sum by (le, result)"
            " (rate(panko_operator_pass_duration_seconds_bucket{$operator}[$$__rate_interval])))",
            "{{result}}",
            "s",
        ),
        Panel("Pankos that wait for a pass", "sum by (pod) (panko_operator_queue_depth{$operator})", "{{pod}}"),
        Panel("Who acts", "max by (pod) (panko_operator_leader{$operator})", "{{pod}}"),
        Panel(
            "Since the API server last answered",
            "max by (pod) (panko_operator_api_server_silence_seconds{$operator})",
            "{{pod}}",
            "s",
        ),
        Panel(
            "Writes to the API server",
            "sum by (verb, kind) (rate(panko_operator_writes_total{$operator}[$$__rate_interval]))",
            "{{verb}} {{kind}}",
            "cps",
        ),
        Panel("Pods by version", "count by (version) (panko_operator_build_info{$operator})", "{{version}}"),
    ),
)
SECTIONS: Final = (PANKOS, WORK)


def document(uid: str, title: str, *, pods: str) -> dict[str, Any]:
    """Build the dashboard; `pods` are the labels of the operator's pods."""
    return grafana.document(uid, title, SECTIONS, {"operator": pods})
