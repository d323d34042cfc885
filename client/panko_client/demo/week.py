"""The week: seven days of everybody, cut at its end."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from panko_client import moments
from panko_client.demo import definitions
from panko_client.demo.cast import Cast, Image, Project, Server, User, Volume, cast
from panko_client.demo.dice import Dice
from panko_client.demo.lives import Span, life
from panko_client.demo.notification import Notification, request
from panko_client.demo.planted import Planted
from panko_client.demo.services import glance, keystone, neutron
from panko_client.demo.troubles import troubles
from panko_client.event import Event

LASTS: Final = timedelta(days=7)
STUCK: Final = 5
FAILING: Final = (36, 37)
RUNNING: Final = 39
BEFORE: Final = 12  # servers that are there when the week begins
DELETED: Final = (8, 17, 23, 29, 34)


@dataclass(frozen=True, slots=True)
class Week:
    """Events in the order in which they happened, what is planted among them, and the names of ids."""

    events: tuple[Event, ...]
    planted: Planted
    names: Mapping[str, str]


def week(seed: int, end: datetime) -> Week:
    """Return the week that ends then. The same seed and end are the same events."""
    end = moments.aware(end)
    told, planted, people = notifications(seed, end)
    ids = Dice(f"{seed}/messages")
    return Week(tuple(_event(ids.uuid(), one) for one in told), planted, _names(people))


def notifications(seed: int, end: datetime) -> tuple[list[Notification], Planted, Cast]:
    """Return what the services told in the week, in order."""
    dice, begin = Dice(seed), end - LASTS
    people = cast(dice.apart("cast"))
    servers = people.servers
    wrong, planted = troubles(
        dice.apart("troubles"),
        people,
        end,
        failing=[servers[number] for number in FAILING],
        stuck=servers[STUCK],
        running=servers[RUNNING],
    )
    lives = itertools.chain.from_iterable(
        life(dice.apart(server.name), server, span)
        for server, span in _spans(dice.apart("spans"), servers, begin, end=end)
    )
    told = [
        *wrong,
        *_founding(dice.apart("founding"), people, begin),
        *_logins(dice.apart("logins"), people, begin),
        *lives,
    ]
    return sorted((one for one in told if begin <= one.at < end), key=_place), planted, people


def _place(one: Notification) -> tuple[datetime, str, str]:
    return one.at, one.event_type, one.publisher


def _event(message_id: str, one: Notification) -> Event:
    return Event(message_id, one.event_type, one.at, definitions.traits(one))


def _spans(dice: Dice, servers: Iterable[Server], begin: datetime, *, end: datetime) -> Iterator[tuple[Server, Span]]:
    """Yield when each server is there; those of the troubles that never were are left out."""
    for number, server in enumerate(servers):
        if number in FAILING or number == RUNNING:
            continue
        made, deleted = number >= BEFORE, number in DELETED
        launched = begin + (dice.seconds(3600, 5 * 86_400) if made else -dice.seconds(86_400, 40 * 86_400))
        until = end - dice.seconds(3600, 86_400) if deleted else end
        # Nobody gets to do anything with a server whose resize does not end.
        left = end - timedelta(days=0.45) if number == STUCK else until
        yield server, Span(launched, (max(launched, begin), left), until, made=made, deleted=deleted)


def _founding(dice: Dice, people: Cast, begin: datetime) -> Iterator[Notification]:
    """Tell of what is made on the first morning: images, networks, and a user who is new."""
    morning = begin + timedelta(hours=1)
    for number, image in enumerate(people.images):
        yield from glance.uploaded(image, morning + timedelta(minutes=7 * number))
    for number, project in enumerate(people.projects):
        owner = next(user for user in people.users if user.project is project)
        at = morning + timedelta(minutes=30 + number)
        yield from neutron.network_created(project.network_id, f"{project.name}-net", at, request(dice, owner))
    user = people.users[-1]
    yield keystone.user_created(dice, people.admin, user, morning + timedelta(minutes=50))
    yield keystone.role_granted(dice, people.admin, user, role="member", at=morning + timedelta(minutes=51))


def _logins(dice: Dice, people: Cast, begin: datetime) -> Iterator[Notification]:
    """Tell of everybody's logins: people by day, pipelines and nova around the clock; now and then a wrong password."""
    for user in (*people.users, people.admin, people.robot):
        steady = user is people.robot or user.name.endswith("-ci")
        at, end = begin + dice.seconds(0, 3600), begin + LASTS
        while at < end:
            yield keystone.login(dice, user, at, succeeds=steady or not dice.chance(0.02))
            at += dice.seconds(600, 3000)
            if not steady and not 7 <= at.hour < 19:  # noqa: PLR2004 - a day's work
                at += timedelta(hours=dice.between(2, 6))


def _names(people: Cast) -> Mapping[str, str]:
    users, servers = (*people.users, people.admin, people.robot), people.servers
    things: tuple[Project | User | Server | Image | Volume, ...] = (*people.projects, *users, *servers, *people.images)
    return {one.id: one.name for one in (*things, *(volume for server in servers for volume in server.volumes))}
