"""How events become lines, parts and manifests."""

import gzip
import json
import math
import os
import random
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from panko.archive import day, manifest
from panko.archive.archiver import archived
from panko.archive.directory import UNFINISHED, Directory
from panko.archive.line import line
from panko.archive.part import MOST_BYTES, MOST_EVENTS, PartWriter
from panko.errors import ArchiveError
from panko.event import Trait, TraitType
from panko.storage import ExpiredEvent
from panko.storage.sql.rows.trait_copy import to_any_text

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = "day=2026-11-20"


def event(number, at=NOON, raw="{}"):
    return ExpiredEvent(number, f"m{number}", "t", at, raw, '[["n",2,1]]')


@pytest.fixture
def target(tmp_path):
    return Directory(tmp_path)


def run(target, events, is_over=lambda: False):
    return [[message_id for _, message_id in part] for part in archived(target, events, is_over=is_over)]


def named(target, folder=DAY):
    text = b"".join(target.read(folder, manifest.NAME))
    return manifest.parse(text, day=folder.removeprefix("day="), where="it").parts


def test_a_line_is_what_the_api_takes():
    odd = ExpiredEvent(1, 'a"\\', "é\u2028\n", NOON.replace(microsecond=5), '{"a":\n"\\ud800"}\r\n', '[["n",1,"\\n"]]')
    text, whole = line(odd)
    assert whole
    assert text.count(b"\n") == 1
    assert json.loads(text) == {
        "message_id": 'a"\\',
        "event_type": "é\u2028\n",
        "generated": "2026-11-20T12:00:00.000005",
        "traits": [["n", 1, "\n"]],
        "raw": {"a": "\ud800"},
    }


@pytest.mark.parametrize(
    "raw",
    [
        '{"host": "compute-1", "args": {"insta',
        '{"a": "one\nline"}',
        '{}, "message_id": "another"',
        " ",
        "[" * 1024 + "]" * 1024,
        "[" * 100_000 + "]" * 100_000,
    ],
    ids=["cut off", "an end of line in a text", "two values", "nothing", "a level too deep", "far too deep"],
)
def test_a_raw_that_is_no_json_is_archived_as_a_text_and_told(target, raw, caplog):
    odd = event(2, raw=raw)
    assert run(target, [event(1), odd, event(3)]) == [["m1", "m2", "m3"]]
    (part,) = named(target)
    lines = gzip.decompress(b"".join(target.read(DAY, part.name))).splitlines()
    assert [json.loads(one)["raw"] for one in lines] == [{}, raw, {}]
    assert "1 of them have traits or a raw that is no JSON" in caplog.text


@pytest.mark.parametrize("raw", ['{"a": NaN}', '{"a": -Infinity}', '{"a": "\\ud800"}', '{\n"a": [1]\r\n}', "null"])
def test_a_raw_that_can_be_read_is_archived_as_it_is(target, raw, caplog):
    assert run(target, [event(1, raw=raw)]) == [["m1"]]
    assert raw.replace("\n", " ").replace("\r", " ").encode() in line(event(1, raw=raw)).text
    assert "no JSON" not in caplog.text


def test_traits_that_are_no_json_are_archived_as_a_text():
    text, whole = line(event(1)._replace(traits='[["n",1,"cut'))
    assert json.loads(text)["traits"] == '[["n",1,"cut'
    assert not whole


def test_a_text_that_is_longer_than_a_piece_is_read_back(target):
    assert run(target, [event(1), event(2, raw=f'"{"a" * 5_000_000}"'), event(3)]) == [["m1", "m2", "m3"]]
    assert [one.events for one in named(target)] == [3]


@pytest.mark.parametrize("text", [b'{}\n{"raw":{"a\n{}\n', b"{}\n{}", b"{}\n\n", b"{}\n{}\nno\n"])
def test_a_part_with_a_line_that_is_no_json_is_damaged(target, text):
    target.write(DAY, "part-0001-00.ndjson.gz", gzip.compress(text))
    with pytest.raises(ArchiveError, match=r"is damaged: line [23] is no JSON"):
        run(target, [event(1)])


def test_what_json_has_no_word_for_is_kept_by_pythons():
    text = to_any_text([Trait("much", TraitType.FLOAT, math.inf), Trait("at", TraitType.DATETIME, NOON)])
    assert json.loads(text) == [["much", 3, math.inf], ["at", 4, "2026-11-20T12:00:00"]]


def test_a_part_ends_with_its_day_in_utc(target):
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    events = [event(1), event(2, midnight - timedelta(microseconds=1)), event(3, midnight)]
    assert run(target, events) == [["m1", "m2"], ["m3"]]
    assert [one.events for one in named(target)] == [2]
    assert [one.events for one in named(target, "day=2026-11-21")] == [1]


def test_a_part_ends_at_a_number_of_events(target):
    assert [len(part) for part in run(target, map(event, range(MOST_EVENTS + 1)))] == [MOST_EVENTS, 1]
    assert [one.name[:10] for one in named(target)] == ["part-0001-", "part-0002-"]


def test_large_events_end_a_part_early(target):
    dice = random.Random(1)
    events = (event(number, raw=f'"{dice.randbytes(1024 * 512).hex()}"') for number in range(100))
    sizes = [len(part) for part in run(target, events)]
    assert sum(sizes) == 100
    assert len(sizes) > 1
    assert all(one.bytes < MOST_BYTES + 1024 * 1024 for one in named(target))


def test_the_same_events_are_the_same_part_and_not_written_twice(target):
    assert run(target, map(event, range(5))) == run(target, map(event, range(5)))
    assert len(named(target)) == 1
    run(target, map(event, range(6)))
    assert [one.events for one in named(target)] == [5, 6]


def test_a_part_that_a_killed_run_left_is_named_by_the_next_manifest(target):
    run(target, [event(1)])
    writer = PartWriter(date(2026, 11, 20))
    writer.add(event(2))
    part = writer.finish()
    target.write(DAY, f"part-0002-{part.sha256[:16]}.ndjson.gz", part.data)
    run(target, [event(3)])
    assert [(one.name[:9], one.events) for one in named(target)] == [
        ("part-0001", 1),
        ("part-0002", 1),
        ("part-0003", 1),
    ]


def test_a_damaged_part_of_somebody_else_is_told_and_nothing_is_given_free(target):
    target.write(DAY, "part-0001-00.ndjson.gz", gzip.compress(b"{}\n")[:-3])
    with pytest.raises(ArchiveError, match=r"day=2026-11-20/part-0001-00\.ndjson\.gz in .* is damaged"):
        run(target, [event(1)])


@pytest.mark.parametrize(
    "text", [b"", b"[]", b'{"format": "panko-archive/2"}', b'{"format": "panko-archive/1"}', b"\xff"]
)
def test_a_manifest_that_is_none_is_told_and_left_as_it_is(target, text):
    target.write(DAY, manifest.NAME, text)
    with pytest.raises(ArchiveError, match=r"manifest\.json in .* is no manifest of 2026-11-20; move it away"):
        run(target, [event(1)])
    assert b"".join(target.read(DAY, manifest.NAME)) == text


class Losing(Directory):
    """A storage that says that it has written a manifest, and has not."""

    def write(self, folder, name, data):
        if name != manifest.NAME:
            super().write(folder, name, data)


def test_a_manifest_that_is_not_there_afterwards_gives_nothing_free(tmp_path):
    with pytest.raises(ArchiveError, match="does not stay as it was written"):
        run(Losing(tmp_path), [event(1)])


class Racing(Directory):
    """A storage in which somebody else writes a manifest of their own part alone, a moment before or after us."""

    others = 3
    overtakes = True

    def write(self, folder, name, data):
        if self.overtakes:
            super().write(folder, name, data)
        if name == manifest.NAME and self.others:
            self.others -= 1
            writer = PartWriter(date(2026, 11, 20))
            writer.add(event(1000 + self.others))
            part = writer.finish()
            entry = manifest.Entry(f"part-0001-{part.sha256[:16]}.ndjson.gz", 1, len(part.data), part.sha256)
            super().write(folder, entry.name, part.data)
            super().write(folder, name, manifest.Manifest("2026-11-20", (entry,)).text())
        if not self.overtakes:
            super().write(folder, name, data)


@pytest.mark.parametrize("overtakes", [True, False])
def test_the_last_one_to_write_a_manifest_names_every_part(tmp_path, overtakes):
    target = Racing(tmp_path)
    target.overtakes = overtakes
    run(target, [event(1)])
    assert len(named(target)) == 4
    assert {one.name for one in named(target)} == set(day.parts_of(target.names(DAY)))


def test_what_was_read_when_it_is_over_is_not_archived(target):
    over = iter([False] * 3 + [True] * 9)
    assert run(target, map(event, range(9)), is_over=lambda: next(over)) == []
    assert target.names(DAY) == ()


def test_what_a_killed_run_left_unfinished_goes_a_day_later(target, tmp_path):
    run(target, [event(1)])
    for name, age in (("old", 25 * 3600), ("new", 3600)):
        (tmp_path / UNFINISHED / name).write_bytes(b"half")
        os.utime(tmp_path / UNFINISHED / name, (time.time() - age,) * 2)
    run(target, [event(2)])
    assert [path.name for path in (tmp_path / UNFINISHED).iterdir()] == ["new"]
