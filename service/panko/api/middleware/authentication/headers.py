"""The headers that say who somebody is, and that nobody outside may send."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

# X-Auth-Token and X-Service-Token stay: they are proofs, not claims.
CLAIMS = (
    "HTTP_OPENSTACK_SYSTEM_SCOPE",
    "HTTP_X_DOMAIN_",
    "HTTP_X_IDENTITY_STATUS",
    "HTTP_X_IS_ADMIN_PROJECT",
    "HTTP_X_PROJECT_",
    "HTTP_X_ROLE",
    "HTTP_X_SERVICE_",
    "HTTP_X_TENANT",
    "HTTP_X_USER",
)
PROOFS = frozenset({"HTTP_X_SERVICE_TOKEN"})


def strip_claims(environ: "WSGIEnvironment") -> None:
    """Remove every identity header from a request."""
    for key in [key for key in environ if key.startswith(CLAIMS) and key not in PROOFS]:
        del environ[key]
