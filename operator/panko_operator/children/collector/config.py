"""What the collector's pods are told: panko.conf and the definitions, in a Secret that says by its name what it holds.

Pure. The database account and the URLs of RabbitMQ are in it, and nowhere else that a pod could see.
"""

import dataclasses
from collections.abc import Sequence
from typing import Final

from panko_operator.children import config
from panko_operator.children.credentials import encode
from panko_operator.children.parts import digest, trust
from panko_operator.children.text import ini
from panko_operator.resource import Panko
from panko_operator.resource.spec.workloads.collector import Collector
from panko_operator.world import Manifest
from panko_operator.world.values import Login

HEALTH_PORT: Final = 9778
DEFINITIONS: Final = "event_definitions.yaml"
SECTION: Final = "collector"
_OF_THE_API: Final = "max_raw_size"  # the collector heeds this bound, too


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """What people provide. Without `definitions` those of ceilometer are taken."""

    urls: Sequence[str] = dataclasses.field(repr=False)
    telemetry_secret: str = dataclasses.field(repr=False, default="")
    definitions: str = ""


def secret(panko: Panko, collector: Collector, given: Given, *, login: Login, hash_key: str) -> Manifest:
    """Build the immutable Secret that the collector's pods mount."""
    files = {"panko.conf": render(panko, collector, given, login=login)}
    if given.definitions:
        files[DEFINITIONS] = given.definitions
    data = encode(files)
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": panko.metadata(panko.collector_config_name(digest.keyed(data, hash_key)), "collector"),
        "type": "Opaque",
        "immutable": True,
        "data": data,
    }


def render(panko: Panko, collector: Collector, given: Given, *, login: Login) -> str:
    """Write the panko.conf of the collector's pods."""
    generated = {
        SECTION: _options(collector, given),
        "database": {"connection": config.connection(panko, login)},
        **({"oslo_messaging_rabbit": rabbit} if (rabbit := trust.rabbitmq_options(collector)) else {}),
    }
    # An option of which there may be several is given in a section of its own, which is read as one with the other.
    urls = ini.repeated(SECTION, "transport_url", [ini.literal(url) for url in given.urls])
    return f"{ini.render(config.merge(_custom(panko), generated))}\n{urls}"


def _custom(panko: Panko) -> dict[str, dict[str, str]]:
    """Return what customServiceConfig says of the collector; the rest there is the API's."""
    written = config.custom(panko)
    own = {name: options for name, options in written.items() if name in {"DEFAULT", SECTION}}
    bound = written.get("api", {}).get(_OF_THE_API)
    return own if bound is None else {**own, "api": {_OF_THE_API: bound}}


def _options(collector: Collector, given: Given) -> dict[str, str]:
    lists = {
        "exchanges": collector.exchanges,
        "topics": collector.topics,
        "sample_topics": collector.sample_topics,
    }
    options = {name: ",".join(values) for name, values in lists.items() if values}
    if given.telemetry_secret:
        options["telemetry_secret"] = ini.literal(given.telemetry_secret)
    if given.definitions:
        options["event_definitions"] = f"{config.DIRECTORY}/{DEFINITIONS}"
    # As the API's figures; there is no authentication on it.
    return {**options, "health_host": config.EVERY_ADDRESS, "health_port": str(HEALTH_PORT)}
