"""What Prometheus and Grafana find: each as the spec asks for it, or where the cluster has what reads it."""

from panko_operator.children.monitoring import dashboard, pod_monitor, prometheus, prometheus_rule, service_monitor
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts
from panko_operator.passes.step import Outcome, done
from panko_operator.resource.spec.monitoring import Wanted
from panko_operator.world import Manifest


def monitoring(context: Context, _facts: Facts) -> Outcome:
    """Have what is wanted. What is asked for and cannot be is an error; what is left to the cluster is not."""
    made = [manifest for wanted, read_by, manifest in _children(context) if _is_wanted(context, wanted, read_by)]
    for manifest in made:
        context.apply(manifest)
    if not made:
        message = "Nothing is made for Prometheus: the cluster has no Prometheus operator, or spec.monitoring says so."
        return Outcome(done("NotMonitored", message))
    names = ", ".join(f"{one['kind']} {one['metadata']['name']}" for one in made)
    return Outcome(done("Monitored", f"Prometheus and Grafana find {names}."))


def _children(context: Context) -> tuple[tuple[Wanted, str, Manifest], ...]:
    """Return what there may be: how it is wanted, the kind whose presence tells that somebody reads it, and it."""
    panko, spec = context.panko, context.panko.spec.monitoring
    collector = [(spec.service_monitor, "PodMonitor", pod_monitor.collector(panko))] if panko.spec.collector else []
    return (
        (spec.service_monitor, "ServiceMonitor", service_monitor.service_monitor(panko)),
        *collector,
        (spec.prometheus_rule, "PrometheusRule", prometheus_rule.prometheus_rule(panko, context.world.runbooks)),
        (spec.dashboard, "ServiceMonitor", dashboard.dashboard(panko)),
    )


def _is_wanted(context: Context, wanted: Wanted, read_by: str) -> bool:
    if wanted is Wanted.AUTO:
        return context.world.kube.serves(prometheus.API_VERSION, read_by)
    return wanted is Wanted.ENABLED
