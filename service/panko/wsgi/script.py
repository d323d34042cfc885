"""`panko-api` as a script: a command when it is run, and `application` when a WSGI server loads its file.

Apache files of kolla and puppet name the script in WSGIScriptAlias, as the original allowed. The script that pip makes
imports one name from here, and calls it without arguments.
"""

from collections.abc import Iterable
from typing import Any

from panko.cmd.api import main


def application(*request: Any) -> int | Iterable[bytes]:
    """Answer a request, which is WSGI's environ and start_response; without one be the command, and return its code."""
    if not request:
        return main()
    from panko.wsgi.api import application as service  # noqa: PLC0415 - built once, when a server asks for it

    return service(*request)
