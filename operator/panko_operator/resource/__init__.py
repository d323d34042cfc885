"""The Panko resource as a typed value: what it asks for, and the name of everything that derives from it.

Pure. It trusts the CRD, which validates and fills in the defaults: it is the body of a live object that is read here.
"""

from panko_operator.resource.applied import applied_spec, as_applied, secrets_in_use
from panko_operator.resource.panko import (
    ALLOW_REWRITE_ANNOTATION,
    API_VERSION,
    FINALIZER,
    INSTANCE,
    MANAGED_BY,
    OPERATOR,
    PLAN_ANNOTATION,
    RECONCILE_ANNOTATION,
    RELEASE_ANNOTATION,
    REMOVED_ANNOTATION,
    ROTATE_ANNOTATION,
    Panko,
    cleanup_name,
)
from panko_operator.resource.spec import Spec

__all__ = [
    "ALLOW_REWRITE_ANNOTATION",
    "API_VERSION",
    "FINALIZER",
    "INSTANCE",
    "MANAGED_BY",
    "OPERATOR",
    "PLAN_ANNOTATION",
    "RECONCILE_ANNOTATION",
    "RELEASE_ANNOTATION",
    "REMOVED_ANNOTATION",
    "ROTATE_ANNOTATION",
    "Panko",
    "Spec",
    "applied_spec",
    "as_applied",
    "cleanup_name",
    "secrets_in_use",
]
