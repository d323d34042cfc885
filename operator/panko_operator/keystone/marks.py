"""How things in Keystone say which Panko they were made for. Pure.

A Panko is the one of its name in its namespace of its cluster. The uid is told too, for people; it does not decide,
because a Panko that was deleted and made again is the heir of what the first one left.
"""

import hashlib
import re
from typing import Final

from panko_operator.world.values import Owner

# What the first release wrote: without the cluster, so that it does not tell two clusters of one cloud apart.
_LEGACY: Final = "Service user of Panko {panko}, made by panko-operator"
_MARK: Final = _LEGACY + " (cluster {cluster_id}, uid {uid})"
_READ: Final = re.compile(r"Service user of Panko (\S+), made by panko-operator(?: \(cluster (\S+), uid \S+\))?")

_APPLICATION: Final = "Application credential of Panko {panko}, made by panko-operator (cluster {cluster_id}"

SERVICE: Final = "Events of the cloud, made by panko-operator"
_SERVICES: Final = (SERVICE, "Events of the cloud")  # the latter by the first release


def user(owner: Owner) -> str:
    """Return the description of a user that was made for a Panko."""
    return _MARK.format(panko=owner.panko, cluster_id=owner.cluster_id, uid=owner.uid)


def is_users_owner(description: str | None, owner: Owner) -> bool:
    """Tell whether a description marks this Panko's user."""
    return _read(description) == (owner.panko, owner.cluster_id)


def application(owner: Owner) -> str:
    """Return the description of an application credential that was made for a Panko."""
    return _APPLICATION.format(panko=owner.panko, cluster_id=owner.cluster_id) + f", uid {owner.uid})"


def is_applications_owner(description: str | None, owner: Owner) -> bool:
    """Tell whether a description marks this Panko's application credential."""
    mark = _APPLICATION.format(panko=owner.panko, cluster_id=owner.cluster_id)
    return (description or "").startswith(f"{mark}, ")


def is_of_first_release(description: str | None, owner: Owner) -> bool:
    """Tell whether a description marks the user of a Panko of this name, in whatever cluster."""
    return _read(description) == (owner.panko, None)


def user_is_marked(description: str | None) -> bool:
    """Tell whether a description says which Panko of which cluster the user was made for."""
    read = _read(description)
    return read is not None and read[1] is not None


def told(description: str | None) -> str:
    """Say whose a user is, as far as its description says so."""
    match _read(description):
        case None:
            return "was not made by panko-operator"
        case panko, None:
            return f"was made for a Panko {panko}, which may be another cluster's"
        case panko, cluster_id:
            return f"was made for Panko {panko} of the cluster {cluster_id}"


def endpoint(owner: Owner) -> str:
    """Return the mark of an endpoint. A digest: everybody who gets a token reads the catalogue."""
    return hashlib.sha256(f"{owner.cluster_id}/{owner.panko}".encode()).hexdigest()[:32]


def is_our_service(description: str | None) -> bool:
    """Tell whether an operator made a service; any Panko's, because the service is shared."""
    return description in _SERVICES


def _read(description: str | None) -> tuple[str, str | None] | None:
    found = _READ.fullmatch(description or "")
    return (found[1], found[2]) if found else None
