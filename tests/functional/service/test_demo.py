"""The demonstration's events are what ceilometer's own definitions make of its notifications."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from panko_client import moments
from panko_client.demo import command, week
from panko_client.demo.definitions import traits
from panko_client.demo.week import notifications
from servers import ceilometer_conversion
from servers.ceilometer_agent import PROGRAMS
from servers.local_event_api import LocalEventApi

END = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
OF_A_TYPE = 12


@pytest.fixture(scope="module")
def some():
    """A dozen notifications of each type, from all over the week."""
    found = defaultdict(list)
    for one in notifications(1, END)[0]:
        found[one.event_type].append(one)
    return [one for of_type in found.values() for one in of_type[:: max(1, len(of_type) // OF_A_TYPE)]]


def on_the_bus(number, notification):
    metadata = {"message_id": str(number), "timestamp": moments.written(notification.at)}
    return json.dumps(notification.document() | {"metadata": metadata})


def test_ceilometer_makes_the_same_traits_of_the_same_types(some):
    run = subprocess.run(
        [PROGRAMS / "python", ceilometer_conversion.__file__],
        input="\n".join(on_the_bus(number, one) for number, one in enumerate(some)),
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    made = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(made) == len(some)
    for notification, event in zip(some, made, strict=True):
        assert event["event_type"] == notification.event_type
        assert event["generated"] == moments.written(notification.at)
        ours = [_plain(trait) for trait in traits(notification)]
        assert sorted(ours) == sorted(map(tuple, event["traits"])), notification.event_type


def _plain(trait):
    value = moments.written(trait.value) if isinstance(trait.value, datetime) else trait.value
    return trait.name, trait.type, value


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The week in a database, and the arguments that load it."""
    with LocalEventApi(tmp_path_factory.mktemp("demo")) as api:
        words = ["--end", "2026-11-22T15:30:00", "--load", "--os-auth-type", "none", "--os-endpoint", api.url]
        assert command.main(words) == 0
        yield api, words


def test_it_is_stored_once_however_often_it_is_loaded(loaded, capsys):
    _, words = loaded
    assert command.main(words) == 0
    out, err = capsys.readouterr()
    made = week(1, END)
    assert out == f"0 stored, {len(made.events)} duplicates\n"
    assert made.planted.stuck_resize[0] in err
    assert made.planted.failed_logins.address in err


def test_a_seed_is_one_week_and_another_end_of_it_is_refused(loaded, capsys):
    _, words = loaded
    assert command.main(["--end", "2026-11-22T16:30:00", *words[2:]]) == 3
    assert "Write another --seed" in capsys.readouterr().err


def asked(api, **arguments):
    url = f"{api.url}/v2/search/operations?{urllib.parse.urlencode(arguments | {'all_projects': 'true'})}"
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def test_its_stories_are_told_by_the_api(loaded):
    api, _ = loaded
    planted, names = week(1, END).planted, week(1, END).names
    server, request = planted.stuck_resize
    (stuck,) = [one for one in asked(api, filter=f"request:{request}")["operations"] if one["ended"] is None]
    assert (stuck["operation"], stuck["state"]) == ("compute.instance.resize", "no end seen")
    assert f"to resize server {names[server]}, no end seen for " in stuck["sentence"]
    failed = asked(api, filter="type:compute.instance.create.error")["operations"]
    assert {(one["resource_id"], one["request_id"]) for one in failed} == set(planted.failed_creates)
    assert all(one["seconds"] > 5 and one["state"] == "failed" for one in failed)
