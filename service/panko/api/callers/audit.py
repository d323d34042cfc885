"""One line for each request that wanted to store events: which request, who, and what became of the events.

The lines go to the logger `panko.audit`, so that they can be kept apart. No event, trait or secret is in them.
"""

from collections.abc import Mapping
from typing import Any

from oslo_log import log

from panko.api.callers.credentials import Credentials
from panko.api.messages.faults import REQUEST_ID
from panko.quoting import quote

LOG = log.getLogger("panko.audit")


def stored(environ: Mapping[str, Any], caller: Credentials, *, created: int, duplicates: int) -> None:
    """Write that events were stored, or were there already."""
    _line(environ, caller, created=created, duplicates=duplicates)


def refused(environ: Mapping[str, Any], caller: Credentials, *, refused: int | None) -> None:
    """Write that nothing was stored; None where nobody has counted how many events there were."""
    _line(environ, caller, refused=refused)


def unknown(environ: Mapping[str, Any], caller: Credentials) -> None:
    """Write that the database did not answer: whether the events were stored shows when they are sent again."""
    LOG.info("write %s by %s: not known, the database did not answer", environ.get(REQUEST_ID, "-"), writer(caller))


def writer(caller: Credentials) -> str:
    """Name who writes: a publisher by its account, anybody else by the ids that Keystone knows."""
    if caller.publisher is not None:
        return f"publisher:{quote(caller.publisher)}"
    return f"user:{quote(caller.user_id or '-')} project:{quote(caller.project_id or '-')}"


def _line(
    environ: Mapping[str, Any],
    caller: Credentials,
    *,
    created: int = 0,
    duplicates: int = 0,
    refused: int | None = 0,
) -> None:
    LOG.info(
        "write %s by %s: created %d, duplicates %d, refused %s",
        environ.get(REQUEST_ID, "-"),
        writer(caller),
        created,
        duplicates,
        "all" if refused is None else refused,
    )
