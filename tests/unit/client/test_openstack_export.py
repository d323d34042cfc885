"""`openstack event export`: a file that is whole, or can be gone on with."""

import json
import os

import pytest

from panko_client.errors import BadRequestError, ForbiddenError, InputError, UnreachableError
from servers.local_event_api import fault


def event(message_id):
    traits = [["project_id", 1, "demo"], ["resource_id", 1, "9f0c"]]
    return {
        "message_id": message_id,
        "event_type": "compute.instance.create.end",
        "generated": "2026-11-22T12:01:00",
        "traits": traits,
    }


@pytest.fixture
def stored(client):
    client.create(*(event(f"m{number}") for number in range(1, 5)))


def test_an_export_is_whole_and_goes_on_after_an_interruption(openstack, api, client, tmp_path):
    client.create(*(event(f"m{number:04}") for number in range(1500)))
    file = tmp_path / "events.ndjson"
    _, err = openstack("export", "type:compute.*", "-o", str(file))
    assert err == f"1000 events …\n1500 events in {file}\n"
    whole = file.read_bytes()
    assert len(whole.splitlines()) == 1500
    with pytest.raises(InputError, match="is there already"):
        openstack("export", "type:compute.*", "-o", str(file))
    with pytest.raises(InputError, match="No export into"):
        openstack("export", "type:compute.*", "-o", str(file), "--resume")
    file.unlink()
    api.answers += [lambda: None, lambda: None, fault("403 Forbidden", "no more")]
    with pytest.raises(ForbiddenError):
        openstack("export", "type:compute.*", "-o", str(file))
    assert len(file.read_bytes().splitlines()) == 1000
    with file.open("ab") as torn:
        torn.write(b'{"half' * 100_000)
    with pytest.raises(InputError, match="was of another filter"):
        openstack("export", "type:image.*", "-o", str(file), "--resume")
    assert openstack("export", "type:compute.*", "-o", str(file), "--resume")[1].startswith("1500 events in")
    assert file.read_bytes() == whole


def test_an_export_in_another_format_is_the_servers_and_there_when_it_is_whole(openstack, stored, api, tmp_path):
    file = tmp_path / "events.csv"
    _, err = openstack("export", "resource:9f0c", "-f", "csv", "-o", str(file))
    assert err == f"{file} is whole\n"
    assert [line.split(",")[2] for line in file.read_text().splitlines()] == ["message_id", "m1", "m2", "m3", "m4"]
    openstack("export", "-f", "cloudevents", "-o", str(tmp_path / "events.json"))
    assert [one["id"] for one in json.loads((tmp_path / "events.json").read_text())] == [f"m{n}" for n in range(1, 5)]
    with pytest.raises(InputError, match="is there already"):
        openstack("export", "-f", "csv", "-o", str(file))
    with pytest.raises(InputError, match="--resume is for ndjson"):
        openstack("export", "-f", "csv", "-o", str(file), "--resume")
    torn = tmp_path / "torn.csv"
    api.answers += [lambda: None, ("200 OK", [("Content-Length", "100")], b"generated,event_type")]
    with pytest.raises(UnreachableError, match="not whole"):
        openstack("export", "-f", "csv", "-o", str(torn))
    assert not torn.exists()
    with pytest.raises(BadRequestError, match="has no key"):
        openstack("export", "word", "-f", "csv", "-o", str(torn))


@pytest.fixture
def interrupted(openstack, client, api, tmp_path):
    """An export of 1500 events of which the second page did not come."""
    client.create(*(event(f"m{number:04}") for number in range(1500)))
    file = tmp_path / "events.ndjson"
    api.answers += [lambda: None, lambda: None, fault("403 Forbidden", "no more")]
    with pytest.raises(ForbiddenError):
        openstack("export", "-o", str(file))
    return file


def mark_of(file):
    return file.with_name("events.ndjson.panko-export")


def test_an_export_that_lacks_nothing_but_its_end_is_whole(openstack, interrupted, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr("pathlib.Path.unlink", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            openstack("export", "-o", str(interrupted), "--resume")
    whole = interrupted.read_bytes()
    assert len(whole.splitlines()) == 1500
    assert openstack("export", "-o", str(interrupted), "--resume")[1] == f"1500 events in {interrupted}\n"
    assert interrupted.read_bytes() == whole
    assert not mark_of(interrupted).exists()


@pytest.mark.parametrize("text", ["", '{"filter": ', "[]", '{"filter": ""}', "\0" * 200])
def test_a_torn_mark_is_told_as_that(openstack, interrupted, text):
    mark_of(interrupted).write_text(text)
    with pytest.raises(InputError, match=r"panko-export is torn.*remove it and .*without --resume"):
        openstack("export", "-o", str(interrupted), "--resume")
    assert len(interrupted.read_bytes().splitlines()) == 1000


def test_a_mark_is_replaced_whole_and_never_written_over(openstack, interrupted, tmp_path):
    before = mark_of(interrupted).read_bytes()
    os.link(mark_of(interrupted), tmp_path / "kept")
    openstack("export", "-o", str(interrupted), "--resume")
    assert (tmp_path / "kept").read_bytes() == before


@pytest.mark.parametrize("left", [None, b"", b"{}\n"])
def test_a_file_that_lost_something_is_not_gone_on_with(openstack, interrupted, left):
    interrupted.unlink() if left is None else interrupted.write_bytes(left)
    with pytest.raises(InputError, match="is shorter than it was"):
        openstack("export", "-o", str(interrupted), "--resume")


def test_only_what_can_be_gone_on_with_is_recommended(openstack, interrupted, tmp_path):
    with pytest.raises(InputError, match="or go on with --resume"):
        openstack("export", "-o", str(interrupted))
    for words in (("-f", "csv"), ("-f", "cloudevents"), ()):
        file = tmp_path / "there"
        file.touch()
        with pytest.raises(InputError, match=r"is there already: name another --output\.$"):
            openstack("export", "-o", str(file), *words)
