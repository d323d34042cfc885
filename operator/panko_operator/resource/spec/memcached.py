"""`spec.memcached`: where tokens are remembered."""

import dataclasses

from panko_operator.resource.spec.references import KeyRef
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Memcached:
    """Where tokens are remembered. With TLS there is a `ca`; `client_secret_name` has tls.crt and tls.key."""

    servers: tuple[str, ...]
    ca: KeyRef | None
    client_secret_name: str | None

    @classmethod
    def parse(cls, memcached: Manifest) -> "Memcached":
        """Read `spec.memcached`."""
        tls = memcached.get("tls", {})
        client = tls.get("clientSecretRef")
        return cls(tuple(memcached["servers"]), KeyRef.parse(tls.get("caSecretRef")), client and client["name"])
