"""Which of the workers accepts a connection."""

import socket

import pytest

from panko.api.server.worker import Worker


def worker(*, connections, kept=(), pending=()):
    made = Worker.__new__(Worker)  # gunicorn's own constructor wants a whole server
    made.nr_conns, made.keepalived_conns, made.pending_conns = connections, kept, pending
    return made


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.mark.parametrize(
    "busy",
    [worker(connections=1), worker(connections=3, kept=("one",), pending=("another",))],
    ids=["with a request", "with one beside others that wait"],
)
def test_a_worker_with_a_request_leaves_a_connection_to_an_idle_one(listener, busy):
    accepted = []
    busy.pause = lambda _seconds: accepted.append(listener.accept()[0])  # what an idle one does meanwhile
    with socket.create_connection(listener.getsockname()):
        busy.accept(listener)
    assert (len(accepted), busy.nr_conns) == (1, 1 + len(busy.keepalived_conns) + len(busy.pending_conns))
    accepted[0].close()


def test_a_worker_whose_connections_are_silent_does_not_wait(listener):
    idle = worker(connections=2, kept=("one",), pending=("another",))
    idle.pause = pytest.fail
    idle.accept(listener)
