"""What a run does after SIGTERM, or when its time is over, with the part that is archived already."""

from datetime import UTC, datetime

from panko.archive.directory import Directory
from panko.cmd.expiring import archive_and_expire
from panko.storage import ExpiredEvent
from panko.storage.sql.session.retry import Clock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OTHERS_A_SECOND = 50


class Store:
    """A store that others use a lot. Each batch takes a second, and SIGTERM comes during one of them."""

    def __init__(self, *, terminated_at):
        self.left = [ExpiredEvent(number, f"m{number}", "t", NOON, "{}", "[]") for number in range(1000)]
        self.time, self.pauses, self.batches, self.terminated_at = 0.0, [], 0, terminated_at

    def expired(self, *, older_than):
        yield from [event for event in self.left if event.generated < older_than]

    def remove(self, events):
        self.time += 1
        self.batches += 1
        gone = {number for number, _message_id in events}
        self.left = [event for event in self.left if event.id not in gone]
        return len(events)

    def forget_unused(self, *, older_than, batch_size):
        """Nothing is known of types and names here."""

    def statements_of_others(self):
        return int(self.time * OTHERS_A_SECOND)

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.time += seconds

    def is_over(self):
        return self.batches >= self.terminated_at


def run(tmp_path, store):
    return archive_and_expire(
        store,
        datetime.now(UTC),
        target=Directory(tmp_path),
        batch_size=100,
        is_over=store.is_over,
        clock=Clock(now=lambda: store.time, sleep=store.sleep),
    )


def test_a_part_is_deleted_with_pauses_while_others_are_at_work(tmp_path):
    store = Store(terminated_at=1000)
    assert run(tmp_path, store) == 1000
    assert store.pauses == [1.0] * 10


def test_after_sigterm_the_rest_of_a_part_is_deleted_without_pauses(tmp_path):
    store = Store(terminated_at=3)
    assert run(tmp_path, store) == 1000
    assert store.pauses == [1.0] * 2
