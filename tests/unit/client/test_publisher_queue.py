"""Queues of events: in order, bounded, and on disk for one process each."""

import contextlib
import sqlite3
import subprocess
import sys

import pytest

from panko_client.errors import InputError, QueueFullError
from panko_client.publisher.disk import DiskQueue
from panko_client.publisher.queue import MemoryQueue


@pytest.fixture(params=["memory", "disk"])
def make_queue(request, tmp_path):
    made = []

    def make(most=3):
        made.append(MemoryQueue(most) if request.param == "memory" else DiskQueue(tmp_path / "queue", most))
        return made[-1]

    yield make
    for one in made:
        one.close()


def bodies(queue):
    return [one.body for one in queue.first(100)]


def test_events_stay_in_their_order_until_they_are_removed(make_queue):
    queue = make_queue()
    numbers = [*queue.add([b"a", b"b"]), *queue.add([b"c"])]
    assert bodies(queue) == [b"a", b"b", b"c"]
    assert [one.body for one in queue.first(2)] == [b"a", b"b"]
    queue.remove([numbers[1]])
    queue.remove([numbers[1]])
    assert bodies(queue) == [b"a", b"c"]
    assert len(queue) == 2
    assert [one.number for one in queue.first(9)] == [numbers[0], numbers[2]]


def test_a_queue_without_room_keeps_none_of_what_comes(make_queue):
    queue = make_queue(3)
    queue.add([b"a", b"b"])
    with pytest.raises(QueueFullError):
        queue.add([b"c", b"d"])
    assert bodies(queue) == [b"a", b"b"]
    queue.add([b"c"])


def test_an_empty_queue_takes_a_list_that_is_longer_than_it(make_queue):
    queue = make_queue(1)
    queue.add([b"a", b"b"])
    assert len(queue) == 2


def test_no_more_are_read_than_make_a_good_request(make_queue):
    queue = make_queue(9)
    queue.add([b"a" * 70_000, b"b" * 70_000, b"c"])
    assert [one.body[:1] for one in queue.first(9)] == [b"a"]


def test_a_number_is_given_once(make_queue):
    queue = make_queue()
    first = queue.add([b"a"])
    queue.remove(first)
    assert queue.add([b"b"]) != first


def test_what_was_left_comes_before_what_is_new(tmp_path):
    first = DiskQueue(tmp_path, 10)
    first.add([b"a", b"b"])
    first.close()
    second = DiskQueue(tmp_path, 10)
    second.add([b"c"])
    assert bodies(second) == [b"a", b"b", b"c"]
    second.close()


def test_a_file_of_a_process_that_lives_is_left_to_it(tmp_path):
    first, second = DiskQueue(tmp_path, 10), DiskQueue(tmp_path, 10)
    first.add([b"a"])
    third = DiskQueue(tmp_path, 10)
    assert (bodies(first), bodies(second), bodies(third)) == ([b"a"], [], [])
    for one in (first, second, third):
        one.close()


def test_an_empty_queue_leaves_no_file(tmp_path):
    queue = DiskQueue(tmp_path, 10)
    queue.remove(queue.add([b"a"]))
    queue.close()
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def no_room_to_remove(folder, number):
    """Let the database fail to remove this event, after it has removed others."""
    (path,) = folder.glob("*.queue")
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute(
            f"CREATE TRIGGER full BEFORE DELETE ON event WHEN OLD.number = {number} "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
        yield
        other.execute("DROP TRIGGER full")


def test_what_could_not_be_removed_is_counted_and_removed_later(tmp_path):
    queue = DiskQueue(tmp_path, 10)
    numbers = queue.add([b"a", b"b"])
    with no_room_to_remove(tmp_path, numbers[1]):
        for _ in range(3):
            with pytest.raises(sqlite3.Error, match="full"):
                queue.remove(numbers)
            assert (len(queue), bodies(queue)) == (2, [b"a", b"b"])
    queue.remove(numbers)
    assert len(queue) == 0
    queue.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_holds_events_stays_when_its_queue_closes_whatever_was_counted(tmp_path):
    queue = DiskQueue(tmp_path, 10)
    queue.add([b"a", b"b"])
    queue._count = 0
    queue.close()
    queue.close()
    second = DiskQueue(tmp_path, 10)
    assert bodies(second) == [b"a", b"b"]
    second.close()


def test_only_the_agents_user_reads_the_files(tmp_path):
    queue = DiskQueue(tmp_path / "queue", 10)
    queue.add([b"secret"])
    assert (tmp_path / "queue").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "queue").iterdir())
    queue.close()


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="let the agent's user write it"):
        DiskQueue(tmp_path / "file", 10)


@pytest.mark.parametrize("after", ["add", "adopt"])
def test_a_process_that_is_killed_at_any_time_loses_nothing(tmp_path, after):
    script = (
        "import os, sys; from pathlib import Path; from panko_client.publisher.disk import DiskQueue\n"
        "queue = DiskQueue(Path(sys.argv[1]), 100)\n"
        "sys.argv[2] == 'add' and queue.add([b'b'])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    first = DiskQueue(tmp_path, 10)
    first.add([b"a"])
    first.close()
    subprocess.run([sys.executable, "-c", script, tmp_path, after], check=False, timeout=60)
    queue = DiskQueue(tmp_path, 10)
    assert bodies(queue) == ([b"a", b"b"] if after == "add" else [b"a"])
    queue.close()
