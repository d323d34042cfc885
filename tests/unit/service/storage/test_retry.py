"""Which failures are tried again, how often, how long, and what is said in the end."""

import pymysql
import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from panko.errors import StorageUnavailableError
from panko.storage.sql.session.retry import Clock, Retry


class Time:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.seconds = 0.0

    def sleep(self, seconds):
        self.seconds += seconds

    @property
    def clock(self):
        return Clock(now=lambda: self.seconds, sleep=self.sleep, jitter=lambda: 1.0)


def mysql_error(code, kind=OperationalError):
    return kind("SELECT secret", {}, pymysql.err.OperationalError(code, "a message with 10.0.0.1 and s3cret"))


class Flaky:
    """Fails so many times, then answers."""

    def __init__(self, failures, error):
        self.failures, self.error, self.calls = failures, error, 0

    def __call__(self):
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error
        return "answer"


@pytest.mark.parametrize("code", [1213, 1205, 1020, 1047, 1053, 1927, 2003, 2006, 2013, 2055])
def test_what_may_pass_is_tried_again(code):
    attempt = Flaky(3, mysql_error(code))
    assert Retry(4, 8, Time().clock).call(attempt) == "answer"
    assert attempt.calls == 4


def test_the_last_failure_is_said_without_sql_host_or_secret():
    attempt = Flaky(9, mysql_error(2013))
    with pytest.raises(StorageUnavailableError) as caught:
        Retry(4, 8, Time().clock).call(attempt)
    assert attempt.calls == 4
    assert all(part not in str(caught.value) for part in ("secret", "10.0.0.1", "SELECT"))


def test_no_try_begins_after_the_deadline():
    time = Time()

    def slow():
        time.sleep(5)
        raise mysql_error(2013)

    with pytest.raises(StorageUnavailableError):
        Retry(4, 8, time.clock).call(slow)
    assert time.seconds < 11


@pytest.mark.parametrize("code", [1045, 1049, 1146, 1969])
def test_what_waits_for_somebody_is_said_at_once(code):
    attempt = Flaky(9, mysql_error(code))
    with pytest.raises(StorageUnavailableError):
        Retry(4, 8, Time().clock).call(attempt)
    assert attempt.calls == 1


def test_a_defect_is_not_tried_again_and_not_hidden():
    attempt = Flaky(9, mysql_error(1366, DataError))
    with pytest.raises(DataError):
        Retry(4, 8, Time().clock).call(attempt)
    assert attempt.calls == 1


def test_two_writers_of_one_unique_key_are_a_reason_to_try_again():
    assert Retry(4, 8, Time().clock).call(Flaky(1, mysql_error(1062, IntegrityError))) == "answer"


REFUSED_KEY = mysql_error(1062, IntegrityError)


def test_an_event_that_is_stored_is_looked_for_at_once_and_without_a_word(caplog):
    time, attempt = Time(), Flaky(1, REFUSED_KEY)
    with caplog.at_level("DEBUG"):
        assert Retry(4, 8, time.clock).call(attempt) == "answer"
    assert attempt.calls == 2
    assert time.seconds == 0
    assert caplog.text == ""


def test_a_key_that_is_refused_again_is_somebody_elses_writing_and_waited_for(caplog):
    time, attempt = Time(), Flaky(2, REFUSED_KEY)
    with caplog.at_level("INFO"):
        assert Retry(4, 8, time.clock).call(attempt) == "answer"
    assert time.seconds > 0
    assert "try 2 of 4 failed: The database is busy with other writers" in caplog.text
