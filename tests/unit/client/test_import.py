"""`panko-import`: what is stored of files, what is refused, and how it goes on."""

import gzip
import io
import json
import sys
import time
from pathlib import PurePath
from types import SimpleNamespace

import pytest

from panko_client.importing import command
from panko_client.importing.importer import BAD_LINES, Importer, Pace
from panko_client.importing.lines import BadLine, Line, read
from panko_client.importing.state import Position
from panko_client.patience import Clock
from servers.local_event_api import fault


def event(name, **attributes):
    return {"message_id": name, "event_type": "a", "generated": "2026-11-22T12:00:00"} | attributes


def text(*events):
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in events).encode()


@pytest.fixture
def run(api, capsys):
    """Run the command without Keystone; return its exit code and what it wrote."""

    def call(*words):
        code = command.main([*map(str, words), "--os-auth-type", "none", "--os-endpoint", api.url])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def file(tmp_path):
    def write(content, name="events.ndjson"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def posts(api):
    return [len(json.loads(body)) for method, _, body in api.asked if method == "POST"]


def test_every_line_is_stored_in_batches_and_counted(run, api, file):
    path = file(text(*(event(f"m{number:03}") for number in range(250)), ""))
    assert run(path) == (0, "250 stored, 0 duplicates, 0 refused\n", "")
    assert posts(api) == [100, 100, 50]
    assert run(path, "--batch", "200")[:2] == (0, "0 stored, 250 duplicates, 0 refused\n")


def test_packed_files_and_standard_input_are_taken(run, api, file, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text(event("in")))))
    path = file(gzip.compress(text(event("packed"))), "events.gz")
    assert run(path, "-")[1] == "2 stored, 0 duplicates, 0 refused\n"
    assert api.ids() == ["in", "packed"]


def test_events_are_taken_as_the_api_shows_them(run, client, file):
    client.create(event("m1", traits=[["project_id", 1, "demo"], ["size", 2, 4]]))
    assert run(file(text(dict(client.document("m1")))))[1] == "0 stored, 1 duplicates, 0 refused\n"


def test_what_is_refused_is_kept_with_its_reason_and_imported_after_it_is_corrected(run, api, file, tmp_path):
    rejects = tmp_path / "rejects.ndjson"
    path = file(text(event("a"), event("b", generated="never"), '{"message_id":', "[1]", event("c")))
    code, out, _ = run(path, "--rejects", rejects)
    assert (code, out) == (3, "2 stored, 0 duplicates, 3 refused\n")
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [one.get("line") or one["event"]["message_id"] for one in kept] == ["b", '{"message_id":', "[1]"]
    assert [one.get("status") for one in kept] == [400, None, None]
    assert "generated is not an ISO 8601 time" in kept[0]["reason"]
    assert "is no JSON" in kept[1]["reason"]
    assert "An event is a JSON object" in kept[2]["reason"]
    corrected = rejects.read_text().replace("never", "2026-11-22T12:00:00").replace('\\":', '\\": 1}')
    code, out, _ = run(file(corrected.encode(), "corrected"))
    assert (code, out) == (3, "1 stored, 0 duplicates, 2 refused\n")
    assert api.ids() == ["a", "b", "c"]


def test_an_event_that_the_account_may_not_store_is_refused_and_ends_no_import(confined_api, file, tmp_path, capsys):
    path = file(
        text(*(event(name, event_type=kind) for name, kind in [("a", "volume.up"), ("b", "x"), ("c", "volume.")]))
    )
    login = ("--os-auth-type", "http_basic", "--os-username", "nova", "--os-password", "s3cret")
    words = [path, "--rejects", tmp_path / "rejects", *login, "--os-endpoint", confined_api.url]
    assert command.main([*map(str, words)]) == 3
    assert capsys.readouterr().out == "2 stored, 0 duplicates, 1 refused\n"
    (kept,) = map(json.loads, (tmp_path / "rejects").read_text().splitlines())
    assert (kept["status"], kept["event"]["message_id"]) == (403, "b")
    assert kept["reason"].startswith(
        "event 0: event type x. Publisher nova may store events of the event types volume.*"
    )


@pytest.mark.parametrize("raw", [None, [1, 2], 5, "text", [], {"a": 1}])
def test_whatever_json_raw_is_is_stored_as_it_is(run, api, file, raw):
    shown = event("a", traits=[{"name": "size", "type": "integer", "value": "4"}], raw=raw)
    assert run(file(text(shown)))[1] == "1 stored, 0 duplicates, 0 refused\n"
    assert api.events()[0].raw == raw


@pytest.mark.parametrize(
    "bad",
    [
        event("b", generated="0001-01-01T00:00:00+14:00", traits=[{"name": "a", "type": "string", "value": "b"}]),
        event("b", traits=[{"name": "a", "type": "datetime", "value": "0001-01-01T00:00:00+14:00"}]),
        event("b", traits=[{"name": "a", "type": "integer", "value": "x"}]),
        event("b", traits=[{"name": "a", "type": ["x"], "value": None}]),
        event("b", traits=[{}]),
        {"reason": "", "line": ["x"]},
        {"reason": "", "event": 5},
        "[" * 100_000,
        "null",
    ],
    ids=str,
)
def test_a_line_that_can_be_no_event_is_refused_and_the_rest_is_stored(run, api, file, bad):
    assert run(file(text(event("a"), bad, event("c"))))[:2] == (3, "2 stored, 0 duplicates, 1 refused\n")
    assert api.ids() == ["a", "c"]


class Rejected:
    """Rejects that only count."""

    def __init__(self):
        self.lines = 0

    def keep_line(self, _line):
        self.lines += 1


def of_lines(good, total, *, long=0):
    """Yield lines, bad but for these numbers."""
    for number in range(1, total + 1):
        yield (
            Line(json.dumps(event(f"m{number:05}")).encode(), number, number)
            if number in good
            else BadLine("x" * long, "bad", number, number)
        )


def test_bad_lines_on_end_are_kept_and_the_position_saved_every_so_often(api, client):
    saved, rejects, held = [], Rejected(), []
    importer = Importer(client.post, rejects, pace=Pace(100), clock=Clock(), saved=saved.append)

    def watched():
        for line in of_lines({2, 2500, 5000}, 5000):
            held.append(line.number - rejects.lines)
            yield line

    end = importer.run(watched(), Position())
    assert (end.line, end.offset, end.created, end.refused) == (5000, 5000, 3, 4997)
    assert rejects.lines == 4997
    assert max(held) <= BAD_LINES + 4
    assert [one.line for one in saved] == sorted({one.line for one in saved})
    assert len(saved) >= 5
    # Whoever goes on from any of them misses none and counts none twice.
    for one in saved:
        assert one.refused + one.created == one.line


def test_long_bad_lines_are_kept_before_they_fill_the_memory(api, client, monkeypatch):
    monkeypatch.setattr("panko_client.importing.importer.BAD_CHARACTERS", 1000)
    saved = []
    importer = Importer(client.post, Rejected(), pace=Pace(100), clock=Clock(), saved=saved.append)
    importer.run(of_lines(set(), 100, long=100), Position())
    assert [one.line for one in saved] == list(range(10, 101, 10))


def test_an_import_goes_on_where_it_stopped(run, api, file, tmp_path):
    path, state = file(text(*(event(f"m{number}") for number in range(6)))), tmp_path / "state"
    api.answers += [lambda: None, lambda: None, fault("403 Forbidden", "You may not.")]
    code, out, err = run(path, "--state", state, "--batch", "2")
    assert (code, out) == (1, "")
    assert "You may not. (HTTP 403)" in err
    assert "The same command goes on from there." in err
    api.asked.clear()
    assert run(path, "--state", state, "--batch", "2")[:2] == (0, "6 stored, 0 duplicates, 0 refused\n")
    assert posts(api) == [2]
    api.asked.clear()
    assert run(path, "--state", state)[:2] == (0, "6 stored, 0 duplicates, 0 refused\n")
    assert posts(api) == []


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_has_grown_is_gone_on_with(run, api, file, tmp_path, packed):
    state, write = tmp_path / "state", gzip.compress if packed else bytes
    run(file(write(text(event("a"), "x"))), "--state", state)
    code, out, _ = run(file(write(text(event("a"), "x", event("b")))), "--state", state)
    assert (code, out) == (3, "2 stored, 0 duplicates, 1 refused\n")
    assert posts(api) == [1, 1]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("other", [[event("b"), event("c")], [event("a")], []])
def test_another_file_of_the_name_is_not_gone_on_with(run, api, file, tmp_path, packed, other):
    state, write = tmp_path / "state", gzip.compress if packed else bytes
    run(file(write(text(event("a"), event("b")))), "--state", state)
    code, _, err = run(file(write(text(*other))), "--state", state)
    assert code == 1
    assert "is not the file whose import was begun; name another --state" in err


def test_an_outage_is_waited_for(run, api, file):
    api.answers += [fault("503 Service Unavailable"), fault("503 Service Unavailable")]
    assert run(file(text(event("a"))))[:2] == (0, "1 stored, 0 duplicates, 0 refused\n")
    assert posts(api) == [1, 1, 1]


def test_an_api_that_stays_away_is_told(run, api, file):
    api.stop()
    code, out, err = run(file(text(event("a"))), "--patience", "0")
    assert (code, out) == (1, "")
    assert err.startswith("panko-import: No answer: ")
    assert err.endswith("With --state the same command would go on.\n")


def test_no_more_events_a_second_are_sent_than_asked_for(run, file):
    begun = time.monotonic()
    run(file(text(*(event(f"m{number}") for number in range(6)))), "--batch", "2", "--rate", "10")
    assert time.monotonic() - begun >= 0.4


def test_progress_is_shown_at_a_terminal_and_wiped_off(run, file, monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    path = file(text(event("a"), event("b")))
    assert run(path)[0] == 0
    assert f"\r{PurePath(path).name}: 100% 2 events" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "the following arguments are required: FILE"),
        (["-", "--state", "s"], "--state keeps no position of standard input"),
        (["f", "--rate", "0"], "is not above 0"),
        (["f", "--batch", "x"], "invalid"),
    ],
)
def test_wrong_usage_is_told(run, capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_files_that_cannot_be_used_are_told(run, file, tmp_path):
    code, _, err = run(tmp_path / "no")
    assert code == 1
    assert "No such file" in err
    path = file(text(event("a")))
    assert "is no state of an import" in run(path, "--state", file(b"[", "state"))[2]
    assert "is no state of an import" in run(path, "--state", file(json.dumps({str(path): 1}).encode(), "state"))[2]
    assert "cannot be written" in run(path, "--rejects", tmp_path)[2]
    assert run(file(gzip.compress(text(event("a")))[:-9], "cut.gz"))[0] == 1


def test_a_line_without_end_is_refused_and_the_next_is_read(monkeypatch):
    monkeypatch.setattr("panko_client.importing.lines.MOST_BYTES", 100)
    found = list(read(io.BytesIO(b'"' + b"x" * 250 + b'"\n{"a": 1}\n\n'), offset=5, number=7))
    assert [(type(one), one.number, one.end) for one in found] == [(BadLine, 8, 258), (Line, 9, 267)]


def test_interrupted_is_an_exit_code_of_its_own(run, file, monkeypatch):
    class Interrupted:
        def read(self, *_):
            raise KeyboardInterrupt

        readline = read

    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=Interrupted()))
    code, _, err = run("-")
    assert code == 130
    assert "Interrupted" in err
