"""panko-expirer as its users meet it: what is removed, exit codes and what it logs."""

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from panko.cmd.expiring import expire
from panko.event import Event
from panko.filters import EventFilter, Everything, Page
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.session.retry import Clock

ALL = EventFilter(Everything())
HOUR = timedelta(hours=1)


@pytest.fixture
def url(tmp_path):
    url = f"sqlite:///{tmp_path}/panko.sqlite"
    upgrade(url)
    return url


@pytest.fixture
def store(url):
    connection = connect(url, ConnectionSettings(pool_size=1))
    now = datetime.now(UTC)
    connection.record_events([Event(f"{n:03}", "t", now - n * HOUR) for n in range(100)])
    yield connection
    connection.dispose()


@pytest.fixture
def run(tmp_path, url):
    def run(time_to_live, *arguments, connection=url, batch_size=0, stderr=subprocess.PIPE):
        conf = tmp_path / "panko.conf"
        conf.write_text(
            f"[database]\nconnection = {connection}\nevent_time_to_live = {time_to_live}\n"
            f"events_delete_batch_size = {batch_size}\n"
        )
        return subprocess.run(
            [sys.executable, "-m", "panko.cmd.expirer", "--config-file", str(conf), *arguments],
            check=False,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            timeout=60,
        )

    return run


@pytest.mark.parametrize("batch_size", [0, 7])
def test_it_removes_all_that_is_older_in_one_run(run, store, batch_size):
    done = run(int((9.5 * HOUR).total_seconds()), batch_size=batch_size)
    assert done.returncode == 0
    assert "90 events are removed from database" in done.stderr
    assert len(store.get_events(ALL, Page(1000))) == 10


@pytest.mark.parametrize("time_to_live", [-1, 0])
def test_without_a_time_to_live_nothing_goes_and_the_database_is_not_asked(run, time_to_live):
    done = run(time_to_live, connection="mysql://panko:pw@127.0.0.1:1/panko")
    assert done.returncode == 0
    assert "Nothing to clean, database event time to live is disabled" in done.stderr


def test_a_database_that_does_not_answer_is_one_line(run):
    done = run(1, connection="mysql://panko:s3cret@127.0.0.1:1/panko")
    assert done.returncode == 1
    assert "panko-expirer: The database does not answer." in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_dry_run_says_what_would_go_and_removes_nothing(run, store):
    done = run(int((9.5 * HOUR).total_seconds()), "--dry-run")
    assert done.returncode == 0
    assert done.stdout.startswith("90 events would be removed, generated before 20")
    assert len(store.get_events(ALL, Page(1000))) == 100


def test_person_at_a_terminal_sees_how_far_it_is(run, store):
    terminal, side_of_the_command = pty.openpty()
    try:
        done = run(int((9.5 * HOUR).total_seconds()), batch_size=10, stderr=side_of_the_command)
        seen = os.read(terminal, 65536).decode()
    finally:
        os.close(terminal)
        os.close(side_of_the_command)
    assert done.returncode == 0
    assert "10 events removed, " in seen
    assert "a second" in seen
    assert "90 events are removed from database" in seen


def test_nobody_at_a_terminal_sees_only_the_result(run, store):
    assert len(run(int((9.5 * HOUR).total_seconds()), batch_size=10).stderr.splitlines()) == 1


def test_it_stops_between_batches_when_told_to(store):
    over = iter([False, False, True])
    removed = expire(store, datetime.now(UTC), batch_size=10, is_over=lambda: next(over))
    assert removed == 20
    assert len(store.get_events(ALL, Page(1000))) == 80


class Cloud:
    """A store in which others send so many statements a second, and each batch takes a second."""

    def __init__(self, statements_a_second):
        self.statements_a_second = statements_a_second
        self.time, self.left = 0.0, 3000
        self.batches, self.pauses = [], []

    def expire(self, *, older_than, batch_size):
        del older_than
        self.time += 1
        self.batches.append(batch_size)
        removed = min(batch_size, self.left)
        self.left -= removed
        return removed

    def statements_of_others(self):
        return int(self.time * self.statements_a_second)

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.time += seconds


def expired(cloud):
    return expire(
        cloud,
        datetime.now(UTC),
        batch_size=1000,
        is_over=lambda: False,
        clock=Clock(now=lambda: cloud.time, sleep=cloud.sleep),
    )


def test_alone_it_deletes_without_a_pause():
    cloud = Cloud(statements_a_second=2)
    assert expired(cloud) == 3000
    assert cloud.batches == [1000] * 4
    assert cloud.pauses == []


def test_it_leaves_half_of_the_time_to_others_who_are_at_work():
    cloud = Cloud(statements_a_second=50)
    assert expired(cloud) == 3000
    assert cloud.batches == [1000, *[200] * 11]
    assert cloud.pauses == [1.0] * 11
