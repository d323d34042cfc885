"""The table of kinds as the client's resources.

A table instead of the client's discovery: that one asks the API server for everything it serves and keeps the answers
in a file of a shared directory.
"""

from typing import Any, Final

from kubernetes.dynamic.resource import Resource

from panko_operator.errors import KubernetesError
from panko_operator.resource import API_VERSION, kinds

PANKO_API: Final = API_VERSION


def resource(client: Any, api_version: str, kind: str) -> Any:
    """Return the client's resource for a kind of the table."""
    known = kinds.find(api_version, kind)
    if known is None:
        raise KubernetesError(f"The operator does not know the kind {api_version} {kind}")
    return Resource(
        prefix="apis" if known.group else "api",
        group=known.group or None,
        api_version=known.version,
        kind=kind,
        namespaced=True,
        name=known.plural,
        client=client,
    )
