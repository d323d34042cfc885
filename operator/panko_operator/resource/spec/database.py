"""`spec.database`: where events are kept, and how its server is known."""

import dataclasses

from panko_operator.resource.spec.references import KeyRef, LoginRef
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class TLS:
    """How the database server is known. `client_secret_name` is a Secret with tls.crt and tls.key."""

    verify_name: bool
    ca: KeyRef
    client_secret_name: str | None

    @classmethod
    def parse(cls, tls: Manifest | None) -> "TLS | None":
        """Read `spec.database.tls`, which may be absent."""
        if tls is None:
            return None
        ca = tls["caSecretRef"]
        client = tls.get("clientSecretRef")
        return cls(tls["mode"] == "verify-full", KeyRef(ca["name"], ca["key"]), client and client["name"])


@dataclasses.dataclass(frozen=True, slots=True)
class Database:
    """Where events are kept. Exactly one of the references is there."""

    engine: str
    host: str
    port: int | None
    name: str | None
    adopt: bool
    compress_pages: bool
    admin_secret_ref: LoginRef | None
    account_secret_ref: LoginRef | None
    tls: TLS | None

    @classmethod
    def parse(cls, database: Manifest) -> "Database":
        """Read `spec.database`."""
        return cls(
            engine=database["engine"],
            host=database["host"],
            port=database.get("port"),
            name=database.get("name"),
            adopt=database["adopt"],
            compress_pages=database["compressPages"],
            admin_secret_ref=LoginRef.parse(database.get("adminSecretRef")),
            account_secret_ref=LoginRef.parse(database.get("accountSecretRef")),
            tls=TLS.parse(database.get("tls")),
        )
