"""`openstack event` prints what pankoclient 1.2.0 printed: to the byte, and ends with the same code."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from keystoneauth1 import adapter, noauth, session

from panko_client import Event, EventClient, Trait
from panko_client.demo import week
from servers import pankoclient
from servers.local_event_api import LocalEventApi

END = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
FORMATS = ("table", "json", "csv", "value", "yaml")
EVERY_TYPE = Event(
    "00000000-0000-4000-8000-00000000abcd",
    "backup.end",
    END - timedelta(microseconds=1),
    (
        Trait("name", 'données "1"', "string"),
        Trait("size_gb", 40, "integer"),
        Trait("took", 12.5, "float"),
        Trait("began_at", END - timedelta(hours=1), "datetime"),
        Trait("empty", "", "string"),
    ),
    {"deep": [1, {"a": None}], "text": "snow ☃"},
)
BARE = Event("00000000-0000-4000-8000-00000000abce", "bare", END)
EVENTS = [*week(1, END).events[:140], EVERY_TYPE, BARE]
CREATED, TYPE = EVENTS[3].message_id, EVENTS[3].event_type

SHOWN = {
    "list": ["list"],
    "list of a trait": ["list", "--filter", f"event_type={TYPE}"],
    "list of two traits": ["list", "--filter", "name=absent", "--filter", "event_type=backup.end"],
    "list of a message": ["list", "--filter", f"message_id={CREATED}"],
    "list of all tenants": ["list", "--filter", "all_tenants=True", "--limit", "3"],
    "limit": ["list", "--limit", "3"],
    "limit above a page": ["list", "--limit", "130"],
    "sort": ["list", "--sort", "generated:desc", "--limit", "5"],
    "two sorts": ["list", "--sort", "generated:asc", "--sort", "message_id:desc", "--limit", "5"],
    "marker": ["list", "--marker", CREATED, "--limit", "5"],
    "columns": ["list", "-c", "generated", "-c", "message_id"],
    "show": ["show", EVERY_TYPE.message_id],
    "show without traits": ["show", BARE.message_id],
    "types": ["type", "list"],
    "traits": ["trait", "list", "backup.end", "took"],
    "traits of nothing": ["trait", "list", "absent", "absent"],
    "traits' names": ["trait", "description", "backup.end"],
    "capabilities": ["capabilities", "list"],
}
WRONG = {
    "no such event": ["show", "absent"],
    "no such marker": ["list", "--marker", "absent"],
    "no such sort": ["list", "--sort", "absent:up"],
    "no number": ["list", "--limit", "many"],
    "no filter": ["list", "--filter", "absent"],
    "no id": ["show"],
    "no trait": ["trait", "list", "backup.end"],
    "no option": ["list", "--absent"],
    "no format": ["type", "list", "-f", "absent"],
    "no column": ["list", "-c", "absent"],
}
COMMANDS = ("list", "show", "type list", "trait list", "trait description", "capabilities list")
OPTION = re.compile(r"(?<![\w-])--[a-z-]+")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """What both print, command by command."""
    place = tmp_path_factory.mktemp("pankoclient")
    commands = {
        (name, form): ["event", *words, "-f", form] for (name, words), form in itertools.product(SHOWN.items(), FORMATS)
    } | {(name, ""): ["event", *words] for name, words in WRONG.items()}
    commands |= {(name, "help"): ["event", *name.split(), "--help"] for name in COMMANDS}
    with LocalEventApi(place) as api:
        _store(api)
        printed = [
            of(place / of.__name__).run(list(commands.values()), url=api.url, home=place)
            for of in (pankoclient.ours, pankoclient.theirs)
        ]
    return {key: pair for key, *pair in zip(commands, *printed, strict=True)}


def _store(api):
    made = session.Session(auth=noauth.NoAuth(endpoint=api.url))
    EventClient(adapter.Adapter(made, endpoint_override=api.url)).create(*EVENTS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SHOWN)
def test_the_output_is_the_same_to_the_byte(both, name, form):
    ours, theirs = both[name, form]
    # One thing is not written as csv, and nothing has no text as value.
    assert theirs.code == (2 if form == "csv" and SHOWN[name][0] in ("show", "capabilities") else 0), theirs.err
    assert theirs.out or theirs.code or form == "value"
    assert (ours.code, ours.out) == (theirs.code, theirs.out)


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_ends_with_the_same_code(both, name):
    ours, theirs = both[name, ""]
    assert theirs.code != 0
    assert (ours.code, ours.out) == (theirs.code, theirs.out)
    assert ours.err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_there(both, name):
    ours, theirs = (set(OPTION.findall(printed.out)) for printed in both[name, "help"])
    assert len(theirs) > 3
    assert theirs <= ours
