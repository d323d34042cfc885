"""The Secret that a publisher is given: a Provisioned Service of servicebinding.io. Pure.

Whoever mounts it gets all of its keys, so it holds what a publisher uses and nothing of what the operator keeps.
"""

import dataclasses
from typing import Final

from panko_operator.children.binding import event_pipeline
from panko_operator.children.binding.address import Address
from panko_operator.children.credentials import encode
from panko_operator.resource import Panko
from panko_operator.resource.spec.publisher import Publisher
from panko_operator.world import Manifest

KIND: Final = "panko"  # the `type` of servicebinding.io: what kind of service it is
PROVIDER: Final = "panko-operator"
TYPE: Final = f"servicebinding.io/{KIND}"
PASSWORD_KEY: Final = "password"  # noqa: S105 -- the name of a key


@dataclasses.dataclass(frozen=True, slots=True)
class Addresses:
    """Where events are posted from within the cluster, and from outside where that is another URL."""

    internal: Address
    public: Address | None = None


def secret(panko: Panko, publisher: Publisher, *, password: str, addresses: Addresses) -> Manifest:
    """Build the binding of a publisher."""
    internal = addresses.internal
    data = {
        "type": KIND,
        "provider": PROVIDER,
        "host": internal.host,
        "port": str(internal.port),
        "uri": internal.uri,
        "username": publisher.name,
        PASSWORD_KEY: password,
        "event_pipeline.yaml": _pipeline(internal, publisher, password),
        **_public(addresses.public, publisher, password),
    }
    authority = internal.authority or (addresses.public.authority if addresses.public else "")
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": panko.metadata(panko.binding_name(publisher.name), "binding"),
        "type": TYPE,
        "data": encode(data | ({"ca.crt": authority} if authority else {})),
    }


def _public(address: Address | None, publisher: Publisher, password: str) -> dict[str, str]:
    if address is None:
        return {}
    return {"public-uri": address.uri, "public-event_pipeline.yaml": _pipeline(address, publisher, password)}


def _pipeline(address: Address, publisher: Publisher, password: str) -> str:
    return event_pipeline.text(address, username=publisher.name, password=password, event_types=publisher.event_types)
