"""A Keystone that hangs, fails or refuses: how many wait for it, and when it is asked again."""

import threading
import time
from concurrent import futures

import pytest
from keystoneauth1 import exceptions as keystone_errors
from keystonemiddleware import auth_token

from panko.api.middleware.authentication.bulkhead import Bulkhead, FullError
from panko.api.middleware.authentication.circuit import Circuit
from panko.api.middleware.authentication.identity import FAILURES, REST_SECONDS, GuardedIdentity
from panko.errors import IdentityUnavailableError


class Server:
    """Keystone as keystonemiddleware sees it: `error` is raised, and nothing is answered before `go` is set."""

    def __init__(self):
        self.asked = []
        self.error = None
        self.go = threading.Event()
        self.go.set()
        self.www_authenticate_uri = "http://keystone"

    def verify_token(self, token, **_options):
        self.asked.append(token)
        self.go.wait(30)
        if self.error is not None:
            try:
                raise self.error
            except keystone_errors.HttpError:
                raise auth_token.ServiceError  # noqa: B904 - as keystonemiddleware does
        return {"token": token}

    def invalidate(self):
        self.asked.append("invalidate")


@pytest.fixture
def server():
    server = Server()
    yield server
    server.go.set()


@pytest.fixture
def now():
    return [100.0]


@pytest.fixture
def identity(server, now):
    return GuardedIdentity(server, threads=8, clock=lambda: now[0])


def fail(identity, server, *, times=FAILURES):
    server.error = keystone_errors.ConnectTimeout()
    for number in range(times):
        with pytest.raises(keystone_errors.ConnectTimeout):
            identity.verify_token(f"failing {number}")


def test_answers_pass(identity, server):
    assert identity.verify_token("t") == {"token": "t"}
    assert identity.www_authenticate_uri == "http://keystone"
    identity.invalidate()
    assert server.asked == ["t", "invalidate"]


def test_failing_server_is_left_alone_and_then_probed(identity, server, now):
    fail(identity, server)
    server.asked.clear()
    with pytest.raises(IdentityUnavailableError) as caught:
        identity.verify_token("t")
    assert caught.value.retry_after_seconds == REST_SECONDS
    assert server.asked == []
    now[0] += REST_SECONDS
    with pytest.raises(keystone_errors.ConnectTimeout):
        identity.verify_token("probe")
    with pytest.raises(IdentityUnavailableError):
        identity.verify_token("t")
    now[0] += REST_SECONDS
    server.error = None
    assert identity.verify_token("probe")
    assert identity.verify_token("t")
    fail(identity, server, times=FAILURES - 1)
    server.error = None
    assert identity.verify_token("t"), "failures count in a row alone"


def test_one_probe_at_a_time(identity, server, now):
    fail(identity, server)
    server.error = None
    server.go.clear()
    now[0] += REST_SECONDS
    with futures.ThreadPoolExecutor(1) as pool:
        probe = pool.submit(identity.verify_token, "probe")
        wait_for(lambda: "probe" in server.asked)
        with pytest.raises(IdentityUnavailableError):
            identity.verify_token("t")
        server.go.set()
        assert probe.result()
    assert identity.verify_token("t")


@pytest.mark.parametrize(
    "error", [auth_token.InvalidToken(), keystone_errors.BadRequest(), keystone_errors.Unauthorized()]
)
def test_refused_tokens_open_no_circuit(identity, server, error):
    server.error = error
    for number in range(FAILURES + 1):
        with pytest.raises((auth_token.InvalidToken, auth_token.ServiceError)):
            identity.verify_token(f"bad {number}")
    server.error = None
    assert identity.verify_token("t")


def test_errors_of_the_server_open_the_circuit(identity, server):
    server.error = keystone_errors.InternalServerError()
    for number in range(FAILURES):
        with pytest.raises(auth_token.ServiceError):
            identity.verify_token(f"t {number}")
    with pytest.raises(IdentityUnavailableError):
        identity.verify_token("t")


def test_hanging_server_holds_a_part_of_the_threads(server):
    identity = GuardedIdentity(server, threads=8)
    server.go.clear()
    with futures.ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(identity.verify_token, f"t{number}") for number in range(40)]
        wait_for(lambda: sum(future.done() for future in asked) == 36)
        assert all(isinstance(future.exception(), IdentityUnavailableError) for future in asked if future.done())
        started = time.monotonic()
        with pytest.raises(IdentityUnavailableError):
            identity.verify_token("late")
        assert time.monotonic() - started < 0.9, "nobody waits for what hangs"
        server.go.set()
    assert len(server.asked) == 4


def test_callers_with_one_token_ask_once(server):
    identity = GuardedIdentity(server, threads=8)
    server.go.clear()
    with futures.ThreadPoolExecutor(7) as pool:
        asked = [pool.submit(identity.verify_token, "t") for _ in range(7)]
        wait_for(lambda: identity._bulkhead._inside == 7)
        server.go.set()
    assert [future.result() for future in asked] == [{"token": "t"}] * 7
    assert server.asked == ["t"]


@pytest.mark.parametrize(("threads", "let_in"), [(1, 1), (2, 1), (4, 3), (8, 6)])
def test_one_thread_stays_free(threads, let_in):
    bulkhead = Bulkhead(threads=threads, places=max(1, threads // 2), patience_seconds=30)
    go = threading.Event()
    with futures.ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(bulkhead.run, number, lambda: go.wait(10)) for number in range(20)]
        wait_for(lambda: sum(future.done() for future in asked) == 20 - let_in)
        go.set()
    refused = [future for future in asked if isinstance(future.exception(), FullError)]
    assert len(refused) == 20 - let_in
    assert bulkhead.run("afterwards", lambda: 1) == 1


def test_error_reaches_all_who_wait_for_it_and_leaves_no_trace():
    bulkhead = Bulkhead(threads=8, places=4, patience_seconds=5)

    def broken():
        raise ZeroDivisionError

    for _ in range(10):
        with pytest.raises(ZeroDivisionError):
            bulkhead.run("key", broken)
    assert bulkhead.run("key", lambda: 1) == 1


def test_probe_that_never_reports_does_not_close_the_door_for_ever():
    now = [0.0]
    circuit = Circuit(failures=1, rest_seconds=5, clock=lambda: now[0])
    assert circuit.admit()
    assert circuit.failed()
    now[0] = 5
    assert circuit.admit()
    assert not circuit.admit()
    now[0] = 10
    assert circuit.admit()


def wait_for(condition, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true"
        time.sleep(0.01)
