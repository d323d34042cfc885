"""`spec.tls`: by what the API is known to its clients."""

import dataclasses

from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class IssuerRef:
    """Who signs the certificate: an issuer of cert-manager, or of one of its extensions."""

    name: str
    kind: str
    group: str

    @classmethod
    def parse(cls, ref: Manifest | None) -> "IssuerRef | None":
        """Read a reference that may be absent."""
        return None if ref is None else cls(ref["name"], ref["kind"], ref["group"])


@dataclasses.dataclass(frozen=True, slots=True)
class TLS:
    """The certificate that clients see. Exactly one of the two is there."""

    secret_name: str | None
    issuer: IssuerRef | None

    @classmethod
    def parse(cls, tls: Manifest | None) -> "TLS | None":
        """Read `spec.tls`, which may be absent."""
        return None if tls is None else cls(tls.get("secretName"), IssuerRef.parse(tls.get("issuerRef")))
