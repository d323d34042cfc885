"""Addresses to listen on, where there is IPv6 and where there is none."""

import logging
import socket

import pytest
from gunicorn.config import Config
from gunicorn.sock import create_sockets

from panko import addresses
from panko.api.server.server import Binding
from panko.monitoring.port import Port


@pytest.fixture
def kernel_without_ipv6(monkeypatch):
    class Socket(socket.socket):
        def __init__(self, family=socket.AF_INET, *rest, **options):
            if family == socket.AF_INET6:
                raise OSError(97, "Address family not supported by protocol")
            super().__init__(family, *rest, **options)

    monkeypatch.setattr(socket, "socket", Socket)


def test_every_address_is_of_both_families():
    assert addresses.usable("::") == "::"


@pytest.mark.usefixtures("kernel_without_ipv6")
def test_every_address_is_of_ipv4_where_there_is_no_ipv6():
    assert addresses.usable("::") == "0.0.0.0"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "panko.example.org"])
@pytest.mark.usefixtures("kernel_without_ipv6")
def test_a_chosen_address_is_never_exchanged(host):
    assert addresses.usable(host) == host


@pytest.mark.parametrize("loopback", ["127.0.0.1", "::1"])
def test_metrics_are_told_in_both_families(loopback):
    port = Port(addresses.every(), 0)
    try:
        number = int(port.address.rpartition(":")[2])
        socket.create_connection((loopback, number), timeout=5).close()
    finally:
        port.close()


@pytest.mark.parametrize("loopback", ["127.0.0.1", "::1"])
def test_gunicorn_serves_both_families_at_once(loopback):
    config = Config()
    config.set(
        "bind",
        Binding(
            addresses.every(), 0, workers=1, threads=1, access_log=False, header_seconds=15, body_seconds=20
        ).address,
    )
    (listener,) = create_sockets(config, logging.getLogger(__name__))
    try:
        socket.create_connection((loopback, listener.getsockname()[1]), timeout=5).close()
    finally:
        listener.close()
