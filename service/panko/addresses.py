"""Addresses to listen on. It opens no port."""

import socket

EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - a name, and only what somebody chose is listened on
EVERY = "::"


def usable(host: str) -> str:
    """Return what to listen on for `host`. `::` is every address of both families, IPv4's where there is no IPv6."""
    return every() if host == EVERY else host


def every() -> str:
    """Return the address that stands for all of this machine's: `::` where one socket can serve both families."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((EVERY, 0))
            both = not probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
    except OSError:  # a kernel without IPv6
        return EVERY_IPV4
    return EVERY if both else EVERY_IPV4
