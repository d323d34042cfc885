"""What the pages about searching show is executed: every request by curl, and every command of `openstack event`."""

import json
import re
import shlex
import urllib.parse
from datetime import UTC, datetime

import pytest

from fakes import shown
from panko_client.demo import week
from servers import command_line
from servers.local_event_api import LocalEventApi
from servers.stored_week import StoredWeek

FOLLOWS = "--follow"
WHOLE = {"histogram": "histogram", "facets": "facets", "freshness": "newest"}
"""What is answered as a whole, and what is in it."""


CURLS = [line for page, line in shown.commands("curl") if page.name == "search.md"]
COMMANDS = [
    line
    for page, line in shown.commands("openstack event")
    if page.name in ("cli.md", "demo.md", "client.md") and "create" not in line.split()[:3]
]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with LocalEventApi(tmp_path_factory.mktemp("manual")) as api:
        yield StoredWeek.of(week(1, datetime.now(UTC).replace(microsecond=0)), api)


def test_there_is_something_to_execute():
    assert len(CURLS) >= 2
    assert len(COMMANDS) >= 8
    assert any(FOLLOWS in line for line in COMMANDS)


@pytest.mark.parametrize("line", CURLS)
def test_a_request_that_is_shown_is_answered(cloud, line):
    path, arguments = requested(line)
    kind = path.rpartition("/")[2]
    if kind in WHOLE:
        answer = json.loads(cloud.raw(path, **arguments)[0])
        assert answer[WHOLE[kind]]
        return
    found = cloud.pages(known(path, cloud), "events", **arguments)
    assert found or "from_" in arguments  # within the last hour nothing may have failed


def requested(line):
    """Return the path that a line asks for, and the arguments of its URL."""
    words = shlex.split(line.replace("$PANKO", "http://panko"))
    (url,) = (urllib.parse.urlsplit(word) for word in words if word.startswith("http://panko"))
    sent = urllib.parse.parse_qsl(url.query)
    sent += [tuple(words[at + 1].split("=", 1)) for at, word in enumerate(words) if word in ("-d", "--data-urlencode")]
    return url.path, {f"{name}_": value for name, value in sent}


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_is_shown_works(cloud, line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = shlex.split(known(line, cloud).partition(">>")[0])[2:]
    if words[:2] == ["trait", "description"]:
        words = ["trait_description", *words[2:]]
    elif f"event_{'_'.join(words[:2])}" in command_line.COMMANDS:
        words = ["_".join(words[:2]), *words[2:]]
    if FOLLOWS in words:
        words += ["--limit", "3", "--since", "1d"]
    if "--all-projects" not in words and words[0] in ("search", "history", "trace", "timings", "count", "export"):
        words.insert(1, "--all-projects")
    command_line.run(cloud.client, *words)


def known(text, cloud):
    """Put what there is in the place of what a page leaves out."""
    server, request = cloud.week.planted.stuck_resize
    shown = next(iter(cloud.client.list(limit=1))).message_id
    for left_out, there in (
        (r"9f0c[0-9a-f-]*…|SERVER", server),
        (r"req-[0-9a-f-]*…|REQUEST", request),
        (r"(?<=event show )[0-9a-f-]+", shown),
    ):
        text = re.sub(left_out, there, text)
    return text
