"""`spec.keystone`: how the API is known to Keystone."""

import dataclasses
from collections.abc import Mapping

from panko_operator.resource.spec.references import KeyRef
from panko_operator.world import Manifest


@dataclasses.dataclass(frozen=True, slots=True)
class Keystone:
    """How the API is known to Keystone. `endpoints` are URLs by interface, only those that were written."""

    auth_url: str
    admin_secret_name: str
    region: str
    service_user: str | None
    service_project: str
    user_domain: str
    project_domain: str
    roles: tuple[str, ...]
    endpoints: Mapping[str, str]
    ca: KeyRef | None
    publish: bool
    service_auth: str

    @classmethod
    def parse(cls, keystone: Manifest) -> "Keystone":
        """Read `spec.keystone`."""
        return cls(
            auth_url=keystone["authURL"],
            admin_secret_name=keystone["adminSecretRef"]["name"],
            region=keystone["region"],
            service_user=keystone.get("serviceUser"),
            service_project=keystone["serviceProject"],
            user_domain=keystone["userDomain"],
            project_domain=keystone["projectDomain"],
            roles=tuple(keystone["roles"]),
            endpoints=keystone["endpoints"],
            ca=KeyRef.parse(keystone.get("caSecretRef")),
            publish=keystone["publish"],
            service_auth=keystone["serviceAuth"],
        )

    @property
    def uses_application_credential(self) -> bool:
        """Whether the service user logs in by an application credential, and not by its password."""
        return self.service_auth == "ApplicationCredential"
