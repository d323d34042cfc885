"""Names of Services for a process outside of a cluster: with this folder in PYTHONPATH they are this machine.

Nothing of the operator knows of it. Every other name is looked up as ever.
"""

import socket

_look_up = socket.getaddrinfo


def _getaddrinfo(host, *arguments, **options):
    name = host.decode() if isinstance(host, bytes) else host
    return _look_up("127.0.0.1" if name and ".svc." in name else host, *arguments, **options)


socket.getaddrinfo = _getaddrinfo
