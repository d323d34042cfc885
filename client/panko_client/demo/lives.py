"""The life of a server: it is made, people work with it, some are deleted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from panko_client.demo.cast import FLAVORS, Server, Volume
from panko_client.demo.dice import Dice
from panko_client.demo.notification import Notification, Request, request
from panko_client.demo.services import audit, cinder, neutron, nova
from panko_client.demo.services.audit import Call
from panko_client.demo.services.nova import Instance

MORNING: Final = 7
EVENING: Final = 19


@dataclass(frozen=True, slots=True)
class Span:
    """When a server is there, and from when to when people work with it. It is made by one of them if that is told."""

    launched: datetime
    works: tuple[datetime, datetime]
    until: datetime
    made: bool = False
    deleted: bool = False


Work = Callable[[Dice, Instance, datetime], tuple[list[Notification], Instance]]


def life(dice: Dice, server: Server, span: Span) -> Iterator[Notification]:
    """Yield all that the services tell of a server, in the order of its life."""
    instance = Instance(server, server.flavor, "active", span.launched, launched=span.launched)
    at, end = span.works
    if span.made:
        told = created(dice, server, at)
        yield from told
        at = told[-1].at
    yield from _hours(instance, at, span.until)
    while (at := _next(dice, server, at)) < end - timedelta(minutes=20):
        told, instance = dice.one(WORKS[instance.state])(dice, instance, at)
        yield from told
    if span.deleted:
        yield from deleted(dice, instance, span.until)


def created(dice: Dice, server: Server, at: datetime) -> list[Notification]:
    """Return what is told of a server until it is active, with its port and its volumes."""
    wanted = request(dice, server.owner)
    took = dice.seconds(18, 75)
    building = Instance(server, server.flavor, "building", at)
    active = replace(building, state="active", launched=at + took)
    told = [*audit.called(dice, server.owner, Call("nova", "create", "/v2.1/servers"), audit.before(at))]
    told += nova.operation("create", at, took, building, after=active, request=wanted)
    told += neutron.port_created(server, at + dice.seconds(2, 5), wanted)
    for volume in server.volumes:
        told += volume_made(dice, volume, server, at + took + dice.seconds(5, 300))
    return sorted(told, key=lambda one: one.at)


def volume_made(dice: Dice, volume: Volume, server: Server, at: datetime) -> Iterator[Notification]:
    """Tell of a volume that is made for a server and attached to it."""
    creating, available, used = (
        cinder.volume(volume, server.owner, status=status, created=at, to=server if status == "in-use" else None)
        for status in ("creating", "available", "in-use")
    )
    owner, path = server.owner, f"/v2.1/servers/{server.id}/os-volume_attachments"
    yield from audit.called(dice, owner, Call("cinder", "create", "/v3/volumes"), audit.before(at))
    took = dice.seconds(1, 9)
    yield from cinder.operation("volume.create", at, took, (creating, available), request=request(dice, owner))
    attached = at + took + dice.seconds(4, 40)
    yield from audit.called(dice, owner, Call("nova", "create", path, 200), audit.before(attached))
    attaching = available | {"status": "attaching"}
    took = dice.seconds(1, 4)
    yield from cinder.operation("volume.attach", attached, took, (attaching, used), request=request(dice, owner))


def deleted(dice: Dice, instance: Instance, at: datetime) -> Iterator[Notification]:
    """Tell of a server's end: it is shut down within its deletion, and its port goes."""
    server = instance.server
    wanted, took = request(dice, server.owner), dice.seconds(4, 15)
    gone = replace(instance, state="deleted", deleted=at + took)
    path = f"/v2.1/servers/{server.id}"
    yield from audit.called(dice, server.owner, Call("nova", "delete", path, 204), audit.before(at))
    yield from nova.operation("delete", at, took, instance, after=gone, request=wanted)
    down = at + timedelta(milliseconds=350)
    yield nova.step(down, "shutdown.start", instance, wanted)
    yield nova.step(down + took / 3, "shutdown.end", instance, wanted)
    yield from neutron.port_deleted(server, at + took / 2, wanted)


def _hours(instance: Instance, since: datetime, until: datetime) -> Iterator[Notification]:
    """Tell every hour that the server is there, as nova does for billing."""
    hour = since.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while hour < until:
        yield nova.exists(hour, instance, {})
        hour += timedelta(hours=1)


def _next(dice: Dice, server: Server, at: datetime) -> datetime:
    """Return when somebody comes to the server next: by day, and a pipeline at any time."""
    at += timedelta(hours=dice.between(1.5, 9))
    if server.owner.name.endswith("-ci") or MORNING <= at.hour < EVENING:
        return at
    day = at if at.hour < MORNING else at + timedelta(days=1)
    return day.replace(hour=MORNING) + dice.seconds(0, 4 * 3600)


def _work(action: str, after: str, least: float, most: float) -> Work:
    """Return the work of an action that takes so many seconds and leaves a server in a state."""

    def work(dice: Dice, instance: Instance, at: datetime) -> tuple[list[Notification], Instance]:
        changed = replace(instance, state=after)
        wanted, told = _asked(dice, instance, at, action)
        took = dice.seconds(least, most)
        return [*told, *nova.operation(action, at, took, instance, after=changed, request=wanted)], changed

    return work


def _asked(dice: Dice, instance: Instance, at: datetime, action: str) -> tuple[Request, list[Notification]]:
    owner = instance.server.owner
    call = Call("nova", f"update/{action}", f"/v2.1/servers/{instance.server.id}/action")
    return request(dice, owner), list(audit.called(dice, owner, call, audit.before(at)))


def _resize(dice: Dice, instance: Instance, at: datetime) -> tuple[list[Notification], Instance]:
    larger = replace(instance, flavor=dice.one([one for one in FLAVORS if one != instance.flavor]))
    wanted, told = _asked(dice, instance, at, "resize")
    for action in ("resize.prep", "resize", "finish_resize"):
        took = dice.seconds(2, 25)
        after = larger if action == "finish_resize" else instance
        told += nova.operation(action, at, took, instance, after=after, request=wanted)
        at += took + timedelta(seconds=1)
    confirmed, asked = _asked(dice, larger, at + timedelta(seconds=90), "confirmResize")
    told += asked
    told += nova.operation(
        "resize.confirm", at + timedelta(seconds=90), dice.seconds(1, 4), larger, after=larger, request=confirmed
    )
    return told, larger


def _snapshot(dice: Dice, instance: Instance, at: datetime) -> tuple[list[Notification], Instance]:
    server = instance.server
    if not server.volumes:
        return _work("snapshot", instance.state, 20, 140)(dice, instance, at)
    volume, snapshot_id = dice.one(server.volumes), dice.uuid()
    creating, available = (
        cinder.snapshot(snapshot_id, volume, server.owner, status=status, created=at)
        for status in ("creating", "available")
    )
    told = [*audit.called(dice, server.owner, Call("cinder", "create", "/v3/snapshots"), audit.before(at))]
    told += cinder.operation(
        "snapshot.create", at, dice.seconds(2, 12), (creating, available), request=request(dice, server.owner)
    )
    return told, instance


def _address(dice: Dice, instance: Instance, at: datetime) -> tuple[list[Notification], Instance]:
    server = instance.server
    call = Call("neutron", "create", "/v2.0/floatingips", 201)
    told = [*audit.called(dice, server.owner, call, audit.before(at))]
    told += neutron.floating_ip_created(dice.uuid(), server, at, request(dice, server.owner))
    return told, instance


# What is done with a server in each of its states; what stands there twice is done twice as often.
REBOOT: Final = _work("reboot", "active", 3, 30)
WORKS: Final = {
    "active": (REBOOT, REBOOT, _work("power_off", "stopped", 2, 12), _snapshot, _snapshot, _resize, _address,
               _work("rebuild", "active", 15, 60)),
    "stopped": (_work("power_on", "active", 2, 9),),
}  # fmt: skip
