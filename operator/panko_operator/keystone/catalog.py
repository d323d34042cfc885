"""The catalogue: the service of type `event`, which Pankos share, and the endpoints, each of which is one Panko's.

An endpoint is ours by its mark, or by its id when it was made before there were marks. What is not ours is not touched.
"""

import dataclasses
import logging
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from openstack import resource
from openstack.identity.v3.endpoint import Endpoint as SDKEndpoint

from panko_operator.corrections import KEYSTONE_ENDPOINT, KEYSTONE_SERVICE, Correcting, Correction
from panko_operator.errors import OwnershipConflictError
from panko_operator.keystone import marks
from panko_operator.world.values import Endpoint, Owner

SERVICE_TYPE: Final = "event"
SERVICE_NAME: Final = "panko"

_log = logging.getLogger(__name__)


class MarkedEndpoint(SDKEndpoint):
    """An endpoint with the attribute that says whose it is; Keystone keeps attributes that it does not know."""

    mark = resource.Body("panko_operator")


def find_service(api: Any) -> Any:
    """Return the service, whoever made it, or None; raise OwnershipConflictError when there are several."""
    found = list(api.services(type=SERVICE_TYPE))
    named = [service for service in found if service.name == SERVICE_NAME] or found
    if len(named) > 1:
        ids = ", ".join(sorted(service.id for service in named))
        message = (
            f"Keystone has {len(named)} services of type {SERVICE_TYPE} that may be meant ({ids}), and nothing was "
            "changed; keep the one that has endpoints, and remove one for which "
            "`openstack endpoint list --service ID` shows none with `openstack service delete ID`."
        )
        raise OwnershipConflictError(message)
    return named[0] if named else None


def create_service(api: Any) -> Any:
    """Create the service; give way to one that somebody else has made in the same moment."""
    made = api.create_service(type=SERVICE_TYPE, name=SERVICE_NAME, description=marks.SERVICE)
    if any(other.id != made.id for other in api.services(type=SERVICE_TYPE)):
        api.delete_service(made)
        return find_service(api) or create_service(api)
    _log.info("Keystone service %s of type %s created", SERVICE_NAME, SERVICE_TYPE)
    return made


def enable(api: Any, service: Any, correcting: Correcting) -> None:
    """Enable a service that an operator made: its endpoints are in no catalogue otherwise."""
    if not service.is_enabled and marks.is_our_service(service.description):
        correcting(Correction(KEYSTONE_SERVICE, SERVICE_NAME, "enabled"))
        api.update_service(service, is_enabled=True)


@dataclasses.dataclass(frozen=True, slots=True)
class Ours:
    """How one Panko's endpoints are known. `known` are ids from before there were marks."""

    owner: Owner
    known: Collection[str]

    def __contains__(self, entry: Any) -> bool:
        return bool(entry.mark == marks.endpoint(self.owner) if entry.mark else entry.id in self.known)


def ensure(
    api: Any,
    service_id: str,
    wanted: Sequence[Endpoint],
    *,
    region: str,
    ours: Ours,
    correcting: Correcting,
) -> list[Endpoint]:
    """Make our endpoints in a region be these; raise OwnershipConflictError before any change."""
    everywhere = list(MarkedEndpoint.list(api, service_id=service_id))
    # One that somebody has moved elsewhere comes back under its id.
    live = [entry for entry in everywhere if entry.region_id == region or (entry in ours and entry.id in ours.known)]
    pairs = [(one, [entry for entry in live if entry.interface == one.interface]) for one in wanted]
    for one, same in pairs:
        _refuse_foreign(one, same, region=region, ours=ours)
    _ensure_region(api, region)
    place = _Place(service_id, region, ours, correcting)
    return [_endpoint(api, one, same, place) for one, same in pairs]


def withdraw(api: Any, ours: Ours, *, empty_service: bool) -> int:
    """Delete our endpoints, wherever they are, and a service of ours that has none left; return how many.

    A service that had none before is deleted only with `empty_service`: it may be new, and another Panko's.
    """
    withdrawn = 0
    for service in list(api.services(type=SERVICE_TYPE)):
        live = list(MarkedEndpoint.list(api, service_id=service.id))
        withdrawn += _withdraw(api, service, live, gone=[entry for entry in live if entry in ours], empty=empty_service)
    return withdrawn


def withdraw_by_id(api: Any, owner: Owner, ids: Collection[str]) -> None:
    """Delete those of these endpoints that are still there and ours, and the service when it has none left."""
    ours = Ours(owner, ids)
    for service in list(api.services(type=SERVICE_TYPE)):
        live = list(MarkedEndpoint.list(api, service_id=service.id))
        gone = [entry for entry in live if entry.id in ids and entry in ours]
        _withdraw(api, service, live, gone=gone, empty=False)


def _withdraw(api: Any, service: Any, live: Sequence[Any], *, gone: Sequence[Any], empty: bool) -> int:
    for entry in gone:
        _delete(api, entry)
    if len(gone) == len(live) and (gone or empty) and marks.is_our_service(service.description):
        api.delete_service(service)
        _log.info("Keystone service %s deleted, which has no endpoint left", service.id)
    return len(gone)


def _refuse_foreign(wanted: Endpoint, same: Sequence[Any], *, region: str, ours: Ours) -> None:
    for entry in same:
        if entry in ours or _will_do(entry, wanted):
            continue
        message = (
            f"Region {region} already has the {wanted.interface} endpoint {entry.url} for events, which is not this "
            "Panko's, and nothing was changed; to keep both, write spec.keystone.publish: false here, or make this "
            "Panko again with another spec.keystone.region. If nothing answers at that URL any more, remove it with "
            f"`openstack endpoint delete {entry.id}`."
        )
        raise OwnershipConflictError(message)


def _will_do(entry: Any, wanted: Endpoint) -> bool:
    """Tell whether somebody has made just what is wanted: it is used, and stays theirs."""
    return bool(not entry.mark and entry.url == wanted.url and entry.is_enabled)


def _ensure_region(api: Any, region: str) -> None:
    if not any(found.id == region for found in api.regions()):
        api.create_region(id=region)


def told(services: Iterable[Any], region: str) -> list[Endpoint]:
    """Return the endpoints of events in a region out of the catalogue that comes with a token."""
    return [
        Endpoint(entry["interface"], entry["url"], entry["id"])
        for service in services
        if service["type"] == SERVICE_TYPE
        for entry in service["endpoints"]
        if entry["region_id"] == region
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where endpoints go, whose they are, and who is told of corrections."""

    service_id: str
    region: str
    ours: Ours
    correcting: Correcting


def _endpoint(api: Any, wanted: Endpoint, same: Sequence[Any], place: _Place) -> Endpoint:
    region, ours = place.region, place.ours
    present = [entry for entry in same if entry in ours]
    kept = next((entry for entry in present if entry.url == wanted.url), present[0] if present else None)
    if kept is None and same:
        return Endpoint(wanted.interface, wanted.url, str(same[0].id), owned=False)
    if kept is None:
        attributes = {"service_id": place.service_id, "region_id": region}
        attributes |= {"interface": wanted.interface, "url": wanted.url}
        place.correcting(Correction(KEYSTONE_ENDPOINT, wanted.interface))
        kept = MarkedEndpoint.new(**attributes, is_enabled=True, mark=marks.endpoint(ours.owner)).create(api)
        _log.info("%s endpoint %s published in region %s", wanted.interface, wanted.url, region)
    for double in present:
        if double.id != kept.id:  # of a request that was thought lost
            _delete(api, double)
    _correct(api, kept, wanted, place)
    return Endpoint(wanted.interface, wanted.url, str(kept.id))


def _correct(api: Any, kept: Any, wanted: Endpoint, place: _Place) -> None:
    right = {
        "url": wanted.url,
        "is_enabled": True,
        "region_id": place.region,
        "mark": marks.endpoint(place.ours.owner),
    }
    wrong = [field for field, value in right.items() if getattr(kept, field) != value]
    for field in wrong:
        name = {"is_enabled": "enabled", "region_id": "region"}.get(field, field)
        place.correcting(Correction(KEYSTONE_ENDPOINT, wanted.interface, name))
        setattr(kept, field, right[field])
    if wrong:
        kept.commit(api)


def _delete(api: Any, entry: Any) -> None:
    api.delete_endpoint(entry.id)
    _log.info("%s endpoint %s withdrawn from region %s", entry.interface, entry.url, entry.region_id)
