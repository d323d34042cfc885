"""`panko-import` of what was archived: a day's manifest, a folder of days, or a part of them."""

import gzip
import hashlib
import json
from datetime import UTC, datetime

import pytest

from panko.archive.part import PartWriter
from panko.storage import ExpiredEvent
from panko_client.importing import command


def lines(*names):
    events = ({"message_id": name, "event_type": "a", "generated": "2026-11-20T12:00:00"} for name in names)
    return gzip.compress("".join(json.dumps(event) + "\n" for event in events).encode())


def event(number):
    return ExpiredEvent(number, f"m{number}", "a", datetime(2026, 11, 20, 12, tzinfo=UTC), "{}", '[["n",2,1]]')


@pytest.fixture
def run(api, capsys):
    def call(*words):
        code = command.main([*map(str, words), "--os-auth-type", "none", "--os-endpoint", api.url])
        return code, *capsys.readouterr()

    return call


class Day:
    """The folder of a day."""

    def __init__(self, folder):
        self.folder = folder
        self.parts = []
        folder.mkdir(parents=True)

    def add(self, *names, listed=True):
        data = lines(*names)
        digest = hashlib.sha256(data).hexdigest()
        path = self.folder / f"part-{len(self.parts) + 1:04}-{digest[:16]}.ndjson.gz"
        path.write_bytes(data)
        if listed:
            self.parts.append({"name": path.name, "events": len(names), "bytes": len(data), "sha256": digest})
        return path

    def manifest(self, **about):
        document = {"format": "panko-archive/1", "day": self.folder.name, "parts": self.parts} | about
        (self.folder / "manifest.json").write_text(json.dumps(document))
        return self.folder / "manifest.json"


@pytest.fixture
def day(tmp_path):
    return Day(tmp_path / "archive" / "day=2026-11-20")


def test_every_part_that_a_manifest_names_is_imported(run, api, day):
    day.add("a", "b")
    day.add("c")
    day.add("stranger", listed=False)
    assert run(day.manifest())[:2] == (0, "3 stored, 0 duplicates, 0 refused\n")
    assert run(day.manifest())[1] == "0 stored, 3 duplicates, 0 refused\n"
    assert api.ids() == ["a", "b", "c"]


def test_a_folder_is_all_its_days_and_parts_that_no_manifest_names_too(run, api, day, tmp_path):
    day.add("a")
    day.manifest()
    day.add("killed", listed=False)
    Day(tmp_path / "archive" / "day=2026-11-21").add("without a manifest", listed=False)
    assert run(tmp_path / "archive")[:2] == (0, "3 stored, 0 duplicates, 0 refused\n")
    assert api.ids() == ["a", "killed", "without a manifest"]


@pytest.mark.parametrize("listed", [True, False])
def test_a_part_that_is_not_what_was_archived_is_not_imported(run, api, day, listed):
    path = day.add("a", listed=listed)
    day.manifest()
    path.write_bytes(lines("another"))
    code, out, err = run(day.folder)
    assert (code, out) == (1, "")
    assert f"{path} is not what was archived: its SHA-256 is " in err
    assert "Fetch it again; nothing of it was imported." in err
    assert api.ids() == []


def test_a_part_that_is_missing_ends_the_import(run, day):
    day.add("a").unlink()
    code, _, err = run(day.manifest())
    assert code == 1
    assert "No such file" in err


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("[]", "is no manifest of an archive; name the files instead."),
        ('{"format": "panko-archive/2", "parts": []}', "is no manifest of an archive; name the files instead."),
        (
            '{"format": "panko-archive/1", "parts": [{"name": "../../secret", "sha256": "00"}]}',
            "names '../../secret', which is outside of its folder",
        ),
    ],
)
def test_what_is_no_manifest_is_said(run, day, document, said):
    (day.folder / "manifest.json").write_text(document)
    code, _, err = run(day.folder / "manifest.json")
    assert code == 1
    assert said in err


def test_a_folder_without_an_archive_is_said(run, tmp_path):
    code, _, err = run(tmp_path)
    assert code == 1
    assert "holds no archive; name a folder with days in it, or files." in err


def test_it_goes_on_where_it_was(run, day, tmp_path):
    day.add("a")
    day.add("b")
    state = tmp_path / "state"
    assert run(day.manifest(), "--state", state)[1] == "2 stored, 0 duplicates, 0 refused\n"
    day.add("c")
    assert run(day.manifest(), "--state", state)[1] == "3 stored, 0 duplicates, 0 refused\n"


def test_an_event_without_a_type_is_set_aside_and_comes_back_with_the_type_that_is_written(run, api, tmp_path):
    events = [event(number) for number in (1, 2)]
    untyped = events[0]._replace(event_type="")
    part = PartWriter(untyped.generated.date())
    for one in (untyped, events[1]):
        part.add(one)
    archived, rejects = tmp_path / "part.ndjson.gz", tmp_path / "rejects"
    archived.write_bytes(part.finish().data)
    _code, said, _err = run(archived, "--rejects", rejects)
    assert said == "1 stored, 0 duplicates, 1 refused\n"
    assert "event_type is empty" in rejects.read_text()
    rejects.write_text(rejects.read_text().replace('"event_type": ""', '"event_type": "unknown"'))
    assert run(rejects)[1] == "1 stored, 0 duplicates, 0 refused\n"
    assert api.ids() == ["m1", "m2"]
