"""`openstack event …`: the options, columns and answers of pankoclient, and `event create`."""

import importlib.metadata
import io
import json
from types import SimpleNamespace

import pytest
from cliff.app import App
from cliff.commandmanager import CommandManager

from panko_client import Event, Filter, Trait
from panko_client.errors import InputError, NotFoundError
from panko_client.osc import filters
from panko_client.osc.create import documents, trait
from panko_client.osc.events import COLUMNS

GROUP = "openstack.panko_event.v2"


@pytest.fixture
def openstack(client, monkeypatch):
    """Run a command as `openstack` would; return what it wrote, as JSON unless a format is asked for."""
    commands = {entry.name.replace("_", " "): entry for entry in importlib.metadata.entry_points(group=GROUP)}

    def run(*words, stdin=""):
        name, arguments = next((name, words[n:]) for n in (3, 2) if (name := " ".join(words[:n])) in commands)
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        app = App("a test", "1", CommandManager(None), stdout=io.StringIO())
        app.client_manager = SimpleNamespace(panko_event=client)
        command = commands[name].load()(app, None, cmd_name=name)
        options = arguments if "-f" in words else (*arguments, "-f", "json")
        assert command.run(command.get_parser(f"openstack {name}").parse_args(options)) in (0, None)
        return app.stdout.getvalue() if "-f" in words else json.loads(app.stdout.getvalue())

    return run


@pytest.fixture
def stored(client):
    client.create(
        {
            "message_id": "m1",
            "event_type": "volume.create.end",
            "generated": "2026-11-22T12:00:00",
            "traits": [["project_id", 1, "demo"], ["size", 2, 40]],
            "raw": {"a": 1},
        },
        {
            "message_id": "m2",
            "event_type": "volume.delete.end",
            "generated": "2026-11-22T13:00:00",
            "traits": [["project_id", 1, "demo"]],
        },
    )


def test_events_are_listed_in_pankoclients_columns(openstack, stored):
    first, second = openstack("event", "list")
    assert tuple(first) == COLUMNS
    assert first == {
        "event_type": "volume.create.end",
        "generated": "2026-11-22T12:00:00",
        "message_id": "m1",
        "traits:name": "project_id\nsize",
        "traits:value": "demo\n40",
        "traits:type": "string\ninteger",
    }
    assert second["message_id"] == "m2"


def test_events_are_selected_by_pankoclients_options_and_by_time(openstack, stored):
    def listed(*options):
        return openstack("event", "list", "-f", "value", "-c", "message_id", *options).split()

    assert listed("--filter", "event_type=volume.delete.end") == ["m2"]
    assert listed("--sort", "generated:desc", "--limit", "1") == ["m2"]
    assert listed("--marker", "m1") == ["m2"]
    assert listed("--filter", "size:integer>39", "--type", "volume.create.end") == ["m1"]
    assert listed("--since", "2026-11-22T12:30:00", "--until", "2026-11-22T14:00:00") == ["m2"]
    assert listed("--since", "0m", "--all-projects") == []


def test_an_event_its_types_and_traits_and_the_capabilities_are_shown(openstack, stored):
    shown = openstack("event", "show", "m1")
    assert list(shown) == ["message_id", "event_type", "traits", "generated", "raw"]  # the order of the API
    assert json.loads(shown["traits"])[1] == {"name": "size", "value": "40", "type": "integer"}
    assert shown["raw"] == {"a": 1}
    assert openstack("event", "type", "list") == [
        {"Event Type": "volume.create.end"},
        {"Event Type": "volume.delete.end"},
    ]
    assert {"name": "size", "type": "integer"} in openstack("event", "trait", "description", "volume.create.end")
    assert openstack("event", "trait", "list", "volume.create.end", "size") == [
        {"name": "size", "value": "40", "type": "integer"}
    ]
    assert openstack("event", "capabilities", "list")["api"]["events:create"] is True


def test_an_event_is_created_of_options(openstack, client):
    words = ("--type", "backup.end", "--trait", "size:integer=4", "--trait", "project_id=demo", "--generated", "1m")
    shown = openstack("event", "create", *words, "--raw", '{"a": "ü"}')
    assert (shown["created"], shown["duplicates"]) == (1, 0)
    event = client.show(shown["message_id"])
    assert (event.event_type, event.trait("size"), event.raw) == ("backup.end", 4, {"a": "ü"})


def test_events_are_created_of_a_file_and_again_are_duplicates(openstack, api, tmp_path):
    lines = [json.dumps({"message_id": f"m{n}", "event_type": "a", "generated": "2026-11-22T12:00:00"}) for n in "123"]
    (tmp_path / "events.ndjson").write_text("\n".join([*lines, ""]))
    assert openstack("event", "create", "--file", str(tmp_path / "events.ndjson")) == {"created": 3, "duplicates": 0}
    listing = json.dumps([json.loads(line) for line in lines])
    assert openstack("event", "create", "--file", "-", stdin=listing) == {"created": 0, "duplicates": 3}
    assert api.ids() == ["m1", "m2", "m3"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_ends_where_json_says_so(end):
    odd = "a\u2028b\u2029c\x85d"
    first, second = documents(f'{{"raw": "{odd}"}}{end}{end}{{"raw": 2}}{end}')
    assert (first, second) == ({"raw": odd}, {"raw": 2})
    with pytest.raises(InputError, match="Line 3 is no JSON"):
        documents(f'{{"raw": "{odd}"}}{end}{end}x{end}')


def test_json_that_nests_too_deeply_is_told():
    with pytest.raises(InputError, match="Line 1 is no JSON"):
        documents("[" * 100_000)


@pytest.mark.parametrize("raw", [None, [1], 5, "text"])
def test_an_event_as_the_api_shows_it_keeps_its_raw(raw):
    shown = {"message_id": "a", "event_type": "a", "generated": "2026-11-22T12:00:00", "raw": raw}
    (event,) = documents(json.dumps(shown | {"traits": [{"name": "a", "type": "string", "value": "b"}]}))
    assert event["raw"] == raw


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("event", "list", "--filter", "size"), "is no filter: write KEY=VALUE"),
        (("event", "list", "--since", "yesterday"), "write how long ago, such as 10m"),
        (("event", "list", "--limit", "0"), "write 1 or more"),
        (("event", "create", "--type", "a", "--trait", "n"), "write NAME=VALUE"),
        (("event", "create", "--type", "a", "--trait", "n:integer=x"), "is no value of the type integer"),
        (("event", "create"), "one of the arguments --type --file is required"),
        (("event", "create", "--type", "a", "--file", "b"), "not allowed with argument"),
    ],
)
def test_wrong_usage_is_told_with_what_to_write(openstack, api, capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        openstack(*words)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
    assert api.asked == []


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (("--file", "/nowhere"), "", "/nowhere cannot be read"),
        (("--file", "-"), '{"a": 1}\n{"a":', "Line 2 is no JSON"),
        (("--file", "-"), "[1]", "An event is a JSON object"),
        (("--file", "-"), '{"traits": [{"name": 1}]}', "write \\[name, dtype, value\\]"),
        (("--type", "a", "--raw", "x"), "", "--raw is no JSON"),
        (("--type", "a", "--generated", "x"), "", "is no time"),
    ],
)
def test_an_event_that_cannot_be_read_is_told(openstack, api, words, stdin, told):
    with pytest.raises(InputError, match=told):
        openstack("event", "create", *words, stdin=stdin)
    assert api.asked == []


def test_an_event_that_is_not_there_is_told_in_one_sentence(openstack):
    with pytest.raises(NotFoundError, match=r"HTTP 404, req-"):
        openstack("event", "show", "no")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a=b", Filter("a", "b")),
        ("a=b=c", Filter("a", "b=c")),
        ("a=", Filter("a", "")),
        ("a!=b", Filter("a", "b", "ne")),
        ("a:b=c", Filter("a:b", "c")),
        ("a:integer<=5", Filter("a", "5", "le", "integer")),
        ("a:datetime>2026-11-22T12:00:00", Filter("a", "2026-11-22T12:00:00", "gt", "datetime")),
    ],
)
def test_a_filter_is_read(text, told):
    assert filters.parse(text) == told


def test_a_trait_is_read():
    assert trait("a=b:c=d") == Trait("a", "b:c=d")
    assert trait("a:float=1.5") == Trait("a", 1.5, "float")


def test_what_the_list_shows_as_json_of_the_api_can_be_created_again():
    shown = {
        "message_id": "m1",
        "event_type": "a",
        "generated": "2026-11-22T12:00:00",
        "traits": [{"name": "n", "value": "4", "type": "integer"}],
        "raw": {},
    }
    assert documents(json.dumps([shown])) == [Event.shown(shown).wire()]
