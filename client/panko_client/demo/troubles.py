"""What goes wrong in the week, and what somebody should ask about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from panko_client.demo.cast import FLAVORS, Cast, Server, User
from panko_client.demo.dice import Dice
from panko_client.demo.notification import Notification, request
from panko_client.demo.planted import Burst, Grant, Planted
from panko_client.demo.services import audit, keystone, neutron, nova
from panko_client.demo.services.audit import Call
from panko_client.demo.services.nova import Instance

STRANGER: Final = "192.0.2.66"
LOGINS: Final = 48
ROLE: Final = "admin"


def failed_create(dice: Dice, server: Server, at: datetime) -> tuple[list[Notification], tuple[str, str]]:
    """Return a create that finds no host, as (server, request)."""
    wanted, took = request(dice, server.owner), dice.seconds(7, 14)
    building = Instance(server, server.flavor, "building", at)
    broken = replace(building, state="error")
    told = [*audit.called(dice, server.owner, Call("nova", "create", "/v2.1/servers"), audit.before(at))]
    told.append(nova.step(at, "create.start", building, wanted))
    told.append(nova.step(at + took, "update", broken, wanted, old_state="building"))
    why = {"code": 500, "exception": "NoValidHost", "message": "No valid host was found."}
    told.append(nova.step(at + took + timedelta(milliseconds=4), "create.error", broken, wanted, **why))
    return told, (server.id, wanted.id)


def stuck_resize(dice: Dice, server: Server, at: datetime) -> tuple[list[Notification], tuple[str, str]]:
    """Return a resize that is prepared and never ends."""
    wanted = request(dice, server.owner)
    instance = Instance(server, server.flavor, "active", at - timedelta(days=2), launched=at - timedelta(days=2))
    larger = replace(instance, flavor=next(one for one in reversed(FLAVORS) if one != server.flavor))
    call = Call("nova", "update/resize", f"/v2.1/servers/{server.id}/action")
    told = [*audit.called(dice, server.owner, call, audit.before(at))]
    told += nova.operation("resize.prep", at, dice.seconds(3, 6), instance, after=larger, request=wanted)
    told.append(nova.step(at + timedelta(seconds=8), "resize.start", instance, wanted))
    return told, (server.id, wanted.id)


def running_create(dice: Dice, server: Server, at: datetime) -> tuple[list[Notification], tuple[str, str]]:
    """Return a create that has begun and not ended yet."""
    wanted = request(dice, server.owner)
    building = Instance(server, server.flavor, "building", at)
    told = [*audit.called(dice, server.owner, Call("nova", "create", "/v2.1/servers"), audit.before(at))]
    told.append(nova.step(at, "create.start", building, wanted))
    told += neutron.port_created(server, at + timedelta(seconds=3), wanted)
    return told, (server.id, wanted.id)


def failed_logins(dice: Dice, user: User, at: datetime) -> tuple[list[Notification], Burst]:
    """Return a burst of failed logins from an address that nobody of the cloud has."""
    moments = sorted(at + dice.seconds(0, 240) for _ in range(LOGINS))
    told = [keystone.login(dice, user, one, address=STRANGER, succeeds=False) for one in moments]
    return told, Burst(user.id, STRANGER, moments[0], moments[-1], LOGINS)


def role_grant(dice: Dice, cast: Cast, user: User, *, at: datetime) -> tuple[list[Notification], Grant]:
    """Return the role that a user is given by the admin."""
    told = [
        keystone.login(dice, cast.admin, at - timedelta(seconds=20)),
        keystone.role_granted(dice, cast.admin, user, role=ROLE, at=at),
    ]
    return told, Grant(at, user.id, ROLE)


def troubles(
    dice: Dice, cast: Cast, end: datetime, *, failing: Sequence[Server], stuck: Server, running: Server
) -> tuple[list[Notification], Planted]:
    """Return all of them, and where they are."""
    day = timedelta(days=1)
    creates = [
        failed_create(dice, server, end - days * day - dice.seconds(0, 3600))
        for server, days in zip(failing, (4.2, 1.1), strict=True)
    ]
    resize = stuck_resize(dice, stuck, end - 0.4 * day)
    new = running_create(dice, running, end - timedelta(seconds=40))
    logins = failed_logins(dice, cast.users[3], end - 2.3 * day)
    grant = role_grant(dice, cast, cast.users[6], at=end - 2.1 * day)
    told = [one for found in (*creates, resize, new, logins, grant) for one in found[0]]
    first, second = (found[1] for found in creates)
    return told, Planted((first, second), resize[1], logins[1], grant[1], new[1])
