"""What the dashboard of ingest shows of one Panko: events on their way in, by HTTP and from RabbitMQ. Pure."""

from typing import Final

from panko_operator.children.monitoring.grafana import Panel, Section

POSTED: Final = Section(
    "Posted events",
    (
        Panel(
            "Events by what became of them",
            "sum by (outcome) (rate(panko_events_total{$api}[$$__rate_interval]))",
            "{{outcome}}",
            "cps",
        ),
        Panel(
            "Posts by answer",
            'sum by (status) (rate(panko_http_request_duration_seconds_count{$api, method="POST"}[$$__rate_interval]))',
            "{{status}}",
            "reqps",
        ),
        Panel(
            "Time until a post was answered",
            "histogram_quantile(0.99, sum by (le)"
            ' (rate(panko_http_request_duration_seconds_bucket{$api, method="POST"}[$$__rate_interval])))',
            "slowest hundredth",
            "s",
        ),
        Panel(
            "Events of a request",
            "sum(rate(panko_events_total{$api}[$$__rate_interval]))"
            ' / sum(rate(panko_http_request_duration_seconds_count{$api, method="POST"}[$$__rate_interval]))',
            "mean",
        ),
    ),
)
COLLECTED: Final = Section(
    "Collected notifications",
    (
        Panel(
            "Messages from RabbitMQ",
            "sum by (pod) (rate(panko_collector_messages_total{$collector}[$$__rate_interval]))",
            "{{pod}}",
            "cps",
        ),
        Panel(
            "Collected events by what became of them",
            "sum by (outcome) (rate(panko_collector_events_total{$collector}[$$__rate_interval]))",
            "{{outcome}}",
            "cps",
        ),
        Panel(
            "Messages that were set aside",
            "sum by (reason) (increase(panko_collector_dead_letters_total{$collector}[$$__rate_interval]))",
            "{{reason}}",
        ),
        Panel(
            "Time from a batch to its COMMIT",
            "histogram_quantile(0.99, sum by (le)"
            " (rate(panko_collector_batch_duration_seconds_bucket{$collector}[$$__rate_interval])))",
            "slowest hundredth",
            "s",
        ),
        Panel(
            "Since the last COMMIT",
            "min(panko_collector_last_commit_age_seconds{$collector})",
            "newest of all pods",
            "s",
        ),
        Panel(
            "Connected to RabbitMQ",
            "min by (pod, broker) (panko_collector_connected{$collector})",
            "{{pod}} {{broker}}",
        ),
        Panel(
            "Waits for the database",
            "max by (pod) (panko_collector_waiting_for_database{$collector})",
            "{{pod}}",
        ),
    ),
)
