"""What has KEDA choose the number of the collector's pods by what waits in the queues. Pure.

KEDA logs in to RabbitMQ itself, so it is given a URL of each in a Secret, in the form that it reads.
"""

import itertools
from collections.abc import Sequence
from typing import Final

from panko_operator.children import credentials
from panko_operator.children.collector.transport import Transport
from panko_operator.resource import Panko
from panko_operator.resource.spec.references import KeyRef
from panko_operator.resource.spec.workloads.collector import Collector
from panko_operator.resource.spec.workloads.scaling import Scaling
from panko_operator.world import Manifest

API_VERSION: Final = "keda.sh/v1alpha1"
SCALER: Final = "ScaledObject"
LOGIN: Final = "TriggerAuthentication"
_TLS: Final = "tls"  # KEDA reads from a Secret alone whether it is to look at the authority


def children(
    panko: Panko, collector: Collector, scaling: Scaling, transports: Sequence[Transport]
) -> tuple[Manifest, ...]:
    """Build the Secret with the URLs, what refers KEDA to each, and the scaler, in the order in which they are made."""
    held = {_key(number): transport.amqp for number, transport in enumerate(transports)}
    trusted = [collector.ca if transport.encrypted else None for transport in transports]
    if any(trusted):
        held[_TLS] = "enable"
    logins = (_login(panko, number, ca) for number, ca in enumerate(trusted))
    secret = credentials.secret(panko, panko.collector_queues_name, held)
    return (secret, *logins, _scaler(panko, collector, scaling, count=len(transports)))


def _key(number: int) -> str:
    return f"amqp-{number}"


def _name(panko: Panko, number: int) -> str:
    return f"{panko.collector_name}-{number}"


def _login(panko: Panko, number: int, ca: KeyRef | None) -> Manifest:
    parameters = {"host": KeyRef(panko.collector_queues_name, _key(number))}
    if ca:
        parameters |= {"tls": KeyRef(panko.collector_queues_name, _TLS), "ca": ca}
    return {
        "apiVersion": API_VERSION,
        "kind": LOGIN,
        "metadata": panko.metadata(_name(panko, number), "collector"),
        "spec": {
            "secretTargetRef": [
                {"parameter": parameter, "name": ref.name, "key": ref.key} for parameter, ref in parameters.items()
            ]
        },
    }


def _scaler(panko: Panko, collector: Collector, scaling: Scaling, *, count: int) -> Manifest:
    return {
        "apiVersion": API_VERSION,
        "kind": SCALER,
        "metadata": panko.metadata(panko.collector_name, "collector"),
        "spec": {
            "scaleTargetRef": {"name": panko.collector_name},
            "minReplicaCount": collector.replicas,
            "maxReplicaCount": scaling.max_replicas,
            "triggers": [
                _trigger(queue, scaling, login=_name(panko, number))
                for number, queue in itertools.product(range(count), collector.queues)
            ],
        },
    }


def _trigger(queue: str, scaling: Scaling, *, login: str) -> Manifest:
    waiting = {"mode": "QueueLength", "value": str(scaling.messages_per_replica)}
    return {
        "type": "rabbitmq",
        "metadata": {"protocol": "amqp", "queueName": queue, **waiting},
        "authenticationRef": {"name": login},
    }
