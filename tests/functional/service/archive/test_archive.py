"""What expires is in the archive before it is deleted, whoever else writes, reads or deletes meanwhile."""

import gzip
import hashlib
import json
import resource
from datetime import UTC, datetime, timedelta

import pytest

from panko.archive.directory import Directory
from panko.cmd.expiring import archive_and_expire
from panko.errors import ArchiveError
from panko.event import Event
from servers.authority import Authority
from servers.tls_front import tls_front

from .conftest import NOON, lines_of, old

PACKED = gzip.compress(b"{}\n" * 5)
DAY = "cloud-1/day=2026-11-20"


@pytest.fixture
def rotten(store, archive, s3):
    """Store events; return what puts something else in the place of their part."""
    store.record_events([old(number) for number in range(5)])

    def replace(content):
        (key,) = archive.parts()
        s3.client().put_object(Bucket=archive.bucket, Key=key, Body=content)

    return replace


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_each_day_is_an_object_with_a_manifest_that_tells_its_events_and_sha256(store, archive, run, left):
    events = [old(number, NOON - timedelta(days=number % 2)) for number in range(50)]
    young = Event("young", "t", datetime.now(UTC))
    store.record_events([*events, young])
    code, said = run(archive.options())
    assert code == 0, said
    assert left() == {"young"}
    objects = archive.objects()
    for day in ("cloud-1/day=2026-11-19", DAY):
        manifest = json.loads(objects[f"{day}/manifest.json"])
        (part,) = manifest["parts"]
        data = objects[f"{day}/{part['name']}"]
        assert (manifest["format"], f"day={manifest['day']}") == ("panko-archive/1", day.removeprefix("cloud-1/"))
        assert (part["events"], part["bytes"]) == (25, len(data))
        assert part["sha256"] == hashlib.sha256(data).hexdigest()
        assert part["name"] == f"part-0001-{part['sha256'][:16]}.ndjson.gz"
        assert len(gzip.decompress(data).splitlines()) == 25
    assert "25 events are archived in s3://" in said
    assert "50 events are removed from database" in said


def test_a_run_reports_the_last_day_that_it_has_archived(store, archive, run, tmp_path):
    report = tmp_path / "report"
    store.record_events([old(1), old(2, NOON - timedelta(days=1))])
    assert run(archive.options(), "--report", str(report))[0] == 0
    assert json.loads(report.read_text()) == {"removed": 2, "archivedThrough": NOON.date().isoformat()}
    assert run(archive.options(), "--report", str(report))[0] == 0
    assert json.loads(report.read_text()) == {"removed": 0}
    store.record_events([old(3)])
    assert run(archive.options("http://127.0.0.1:1"), "--report", str(report))[0] != 0
    assert json.loads(report.read_text()) == {"removed": 0}
    code, said = run(archive.options(), "--report", str(tmp_path / "absent" / "report"))
    assert (code, "cannot be written" in said) == (0, True)


def test_what_is_stored_between_the_archive_and_the_deletion_goes_to_a_further_part(
    store, archive, gate, archiving, left
):
    store.record_events([old(number) for number in range(0, 60, 2)])
    gate.hold("GET", "manifest.json")
    done = archiving(gate.url)
    gate.wait_until_held()
    late = [old(number) for number in range(1, 60, 2)]  # between those that are archived
    store.record_events(late)
    gate.release()
    assert done.result(60) == 60
    assert left() == set()
    parts = [lines_of(archive.objects()[key]) for key in archive.parts()]
    assert [len(lines) for lines in parts] == [30, 30]
    assert [line["message_id"] for line in parts[1]] == [event.message_id for event in late]
    assert archive.listed() == archive.parts()


def test_two_at_once_do_no_harm(store, archive, gate, archiving, left):
    store.record_events([old(number) for number in range(60)])
    gate.hold("PUT", "manifest.json")
    first = archiving(gate.url)
    gate.wait_until_held()
    store.record_events([old(number) for number in range(100, 130)])
    assert archiving().result(60) == 90  # the second sees more, and ends first
    gate.release()
    assert first.result(60) == 0
    assert left() == set()
    assert len(archive.message_ids()) == 90
    assert archive.listed() == archive.parts()
    assert len(archive.parts()) == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_storage_that_does_not_answer_keeps_everything_and_is_an_exit_code_of_its_own(store, archive, run, left):
    store.record_events([old(number) for number in range(5)])
    code, said = run(archive.options("http://127.0.0.1:1"))
    assert code == 3
    assert "at http://127.0.0.1:1 does not answer" in said
    assert "the next run goes on when it does." in said
    assert "s3cret" not in said
    assert "Traceback" not in said
    assert len(left()) == 5


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_storage_that_is_full_keeps_everything_and_is_asked_again_by_the_next_run(store, archive, gate, run, left):
    store.record_events([old(number) for number in range(5)])
    gate.answer(403, "QuotaExceeded")
    code, said = run(archive.options(gate.url), "--debug")
    assert code == 3
    assert "refuses a request: QuotaExceeded" in said
    assert all(secret not in said for secret in ("s3cret", "m00001", "panko-archive"))
    assert len(left()) == 5
    gate.answer(503, "SlowDown", times=2)
    code, said = run(archive.options(gate.url))
    assert code == 0, said
    assert left() == set()


@pytest.mark.parametrize("content", [b"no gzip", PACKED, PACKED[:-4], b""], ids=["unpacked", "other", "cut", "empty"])
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_object_that_is_not_what_was_written_keeps_everything(rotten, gate, archiving, left, content):
    gate.hold("GET", "part-")
    done = archiving(gate.url)
    gate.wait_until_held()
    rotten(content)
    gate.release()
    with pytest.raises(ArchiveError, match=r"is damaged: it does not unpack|is not what was written there"):
        done.result(60)
    assert len(left()) == 5


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_a_directory_that_is_full_or_not_there_keeps_everything(store, tmp_path, run, left):
    store.record_events([old(number, raw={"x": str(number) * 5000}) for number in range(50)])
    folder = tmp_path / "volume"
    options = f"[archive]\ndirectory = {folder}\n"
    code, said = run(options)
    assert code == 3
    assert f"{folder} is no directory: mount the volume of the archive there, or make it." in said
    folder.mkdir()

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    code, said = run(options, preexec_fn=small)
    assert code == 3
    assert f"{folder} cannot be written or read: File too large." in said
    assert len(left()) == 50
    assert [path for path in folder.rglob("*") if path.is_file()] == []
    code, said = run(options)
    assert code == 0, said
    assert left() == set()
    (part,) = folder.rglob("part-0001-*.ndjson.gz")
    assert part.stat().st_mode & 0o777 == 0o640
    assert len(lines_of(part.read_bytes())) == 50


@pytest.fixture
def tls(s3, tmp_path):
    """Stand before the storage with a certificate of an authority; return its URL and the authority."""
    authority = Authority(tmp_path)
    with tls_front(s3.port, authority, tmp_path) as port:
        yield f"https://127.0.0.1:{port}", authority


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_storage_has_to_prove_who_it_is(store, archive, tls, archiving, left):
    url, authority = tls
    store.record_events([old(number) for number in range(5)])
    with pytest.raises(ArchiveError, match=r"does not prove who it is.*s3_ca_file"):
        archiving(url).result(60)
    assert len(left()) == 5
    assert archiving(url, ca_file=str(authority.ca)).result(60) == 5
    assert len(archive.lines()) == 5


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_bucket_that_is_not_there_is_told_by_its_code(store, archive, archiving, left):
    store.record_events([old(1)])
    archive.bucket = "nobodys"
    with pytest.raises(ArchiveError, match=r"s3://nobodys/cloud-1 at http://.* refuses a request: NoSuchBucket"):
        archiving().result(60)
    archive.bucket = "no bucket"
    with pytest.raises(ArchiveError, match=r"cannot be asked \(ParamValidationError\)"):
        archiving().result(60)
    assert len(left()) == 1


@pytest.mark.parametrize("database", ["mariadb"], indirect=True)
def test_who_stores_old_events_all_the_time_has_no_part_of_each_moment(store, tmp_path, left):
    class Busy(Directory):
        parts = 0

        def write(self, folder, name, data):
            super().write(folder, name, data)
            if name.startswith("part-"):
                self.parts += 1
                store.record_events([old(1000 + self.parts)])

    store.record_events([old(1)])
    target = Busy(tmp_path)
    assert archive_and_expire(store, datetime.now(UTC), target=target, batch_size=20, is_over=lambda: False) == 3
    assert target.parts == 3
    assert left() == {"m01003"}
