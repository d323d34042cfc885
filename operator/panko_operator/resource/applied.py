"""The spec that was applied last, which a suspended Panko keeps house by. Pure."""

from panko_operator.resource.panko import Panko
from panko_operator.world import Manifest

SUSPENSION = ("suspend", "suspendMode")  # the fields that say whether the others are acted upon


def applied_spec(body: Manifest) -> Manifest:
    """Return what of a spec is applied, as the status keeps it."""
    return {field: value for field, value in body["spec"].items() if field not in SUSPENSION}


def as_applied(body: Manifest) -> Manifest | None:
    """Return a Panko with the spec that was applied last in the place of the one of now; None where none was."""
    applied = body.get("status", {}).get("applied")
    if applied is None:
        return None
    return {**body, "spec": applied | {field: body["spec"][field] for field in SUSPENSION if field in body["spec"]}}


def secrets_in_use(body: Manifest) -> frozenset[str]:
    """Return the names of the Secrets by which a pass over a Panko goes; raise DefinitionOutdatedError."""
    panko = Panko.from_body(body)
    applied = as_applied(body) if panko.spec.keeps_house else None
    return (Panko.from_body(applied) if applied else panko).referenced_secrets()
