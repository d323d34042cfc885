"""The collector's pods: after the schema, with an account of their own."""

import dataclasses
from collections.abc import Sequence
from typing import Final

from panko_operator.accounts import secrets
from panko_operator.children import disruption, network_policy
from panko_operator.children.collector import config as configs
from panko_operator.children.collector import deployment as manifests
from panko_operator.children.collector import scaling as scalers
from panko_operator.children.collector.transport import Transport, destinations
from panko_operator.observe import Observation, State
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Accounts, Facts
from panko_operator.passes.step import Outcome, done
from panko_operator.resource.spec.workloads.collector import Collector
from panko_operator.resource.spec.workloads.scaling import Scaling
from panko_operator.steps.collector import given as provided
from panko_operator.steps.parts import network, recent, rollout

NOT_WANTED: Final = done("NoCollector", "spec.collector is not written, so nothing is collected from RabbitMQ.")
_CONNECTED: Final = "A pod is ready when it is connected to every RabbitMQ."


def collector(context: Context, facts: Facts) -> Outcome:
    """Have notifications collected where the spec asks for it."""
    panko, wanted = context.panko, context.panko.spec.collector
    if wanted is None:
        return Outcome(NOT_WANTED)
    given = provided.read(context, wanted)
    transports = provided.transports(wanted, given)
    login = facts[Accounts].of_collector
    keys = secrets.kept(context, panko.keys_name, {"configHashKey": context.world.new_secret})
    secret = configs.secret(panko, wanted, given, login=login, hash_key=keys["configHashKey"])
    context.apply(secret)
    policy = network_policy.collector(panko, context.world.cluster_domain, destinations(transports))
    network.confine(context, "collector", policy)
    scaling = _scaling(context, wanted)
    live = context.apply(
        manifests.deployment(
            panko,
            wanted,
            image=context.collector_image,
            config_name=secret["metadata"]["name"],
            account=login.username,
            replicas=_replicas(context, wanted, scaling),
        )
    )
    context.apply_if(disruption.collector(panko, most=scaling.max_replicas if scaling else wanted.replicas))
    _scale(context, wanted, scaling, transports)
    seen = rollout.observed(context, live, "collector", enough=wanted.replicas if scaling else None)
    return Outcome(_told(seen, wanted, scaling), status=recent.keep(context, "recentCollectorConfigs", secret))


def _scaling(context: Context, wanted: Collector) -> Scaling | None:
    """Return how the number of pods is chosen, where there is somebody who chooses it."""
    there = wanted.scaled is not None and context.world.kube.serves(scalers.API_VERSION, scalers.SCALER)
    return wanted.scaled if there else None


def _replicas(context: Context, wanted: Collector, scaling: Scaling | None) -> int | None:
    """Return how many pods the Deployment has to say; None where it is KEDA that says it."""
    if scaling is None:
        return wanted.replicas
    return rollout.begun(context, context.panko.collector_name, fewest=wanted.replicas)


def _scale(context: Context, wanted: Collector, scaling: Scaling | None, transports: Sequence[Transport]) -> None:
    if scaling is None:
        context.drop(scalers.API_VERSION, scalers.SCALER, "collector")  # or both would choose the number in turn
        return
    for child in scalers.children(context.panko, wanted, scaling, transports):
        context.apply(child)


def _told(seen: Observation, wanted: Collector, scaling: Scaling | None) -> Observation:
    """Say what a Deployment does not know: what readiness takes, and that nobody scales it."""
    if seen.state is State.PROGRESSING and seen.reason == "RollingOut":
        return dataclasses.replace(seen, message=f"{seen.message} {_CONNECTED}")
    if seen.done and wanted.scaled is not None and scaling is None:
        return dataclasses.replace(
            seen,
            message=f"{seen.message} The cluster has no KEDA, so their number stays that of spec.collector.replicas.",
        )
    return seen
