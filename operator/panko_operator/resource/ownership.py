"""Whose an object in Kubernetes is. The one proof is the uid of its controller; names and labels prove nothing.

Pure.
"""

from panko_operator.errors import ForeignChildError
from panko_operator.world import Manifest

ADOPT_ANNOTATION = "panko.openstack.org/adopt"


def controller_uid(live: Manifest) -> str | None:
    """Return the uid of what controls an object; None when nothing does."""
    owners = live["metadata"].get("ownerReferences", ())
    return next((owner["uid"] for owner in owners if owner.get("controller")), None)


def is_controlled(live: Manifest, uid: str) -> bool:
    """Tell whether an object is a child of the resource with this uid."""
    return controller_uid(live) == uid


def require(live: Manifest, uid: str) -> None:
    """Return when the resource with this uid may write an object, which is a child or is given to it.

    Raise ForeignChildError for what is another's or nobody's.
    """
    if is_controlled(live, uid) or (controller_uid(live) is None and _is_given(live)):
        return
    raise foreign(live)


def foreign(live: Manifest) -> ForeignChildError:
    """Return the error of an object that has a name of ours and is not ours."""
    kind, name = live["kind"], live["metadata"]["name"]
    let_go = (
        "" if controller_uid(live) else f", or let it be taken over by the annotation {ADOPT_ANNOTATION}=true on it"
    )
    return ForeignChildError(
        f"{kind} {name} exists and does not belong to this Panko; delete or rename it{let_go}, "
        "or give the Panko another name."
    )


def altered(live: Manifest) -> ForeignChildError:
    """Return the error of an object that says to be ours, can never be changed, and holds something else."""
    kind, name = live["kind"], live["metadata"]["name"]
    return ForeignChildError(
        f"{kind} {name} exists and does not hold what the operator writes there; look who made it, and delete it."
    )


def _is_given(live: Manifest) -> bool:
    annotations: Manifest = live["metadata"].get("annotations") or {}
    return annotations.get(ADOPT_ANNOTATION) == "true"
