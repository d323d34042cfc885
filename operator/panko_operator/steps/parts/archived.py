"""What the last run of the expirer has archived, which its pod has left behind; looked for once after each run."""

import re
from typing import Final

from panko_operator import observe
from panko_operator.passes.context import Context
from panko_operator.world import Manifest

DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def told(context: Context, live: Manifest) -> Manifest:
    """Return what the status says of the archive after a run that has succeeded since; nothing while there is none.

    A run that had nothing to archive leaves the day as it was.
    """
    ended = live.get("status", {}).get("lastSuccessfulTime")
    before: Manifest = context.previous.get("retention", {})
    if context.panko.spec.retention.archive is None or ended is None or before.get("lastArchiveRunTime") == ended:
        return {}
    day = (observe.report(_newest_first(context)) or {}).get("archivedThrough")
    found = {"archivedThrough": day} if isinstance(day, str) and DAY.fullmatch(day) else {}
    return {"retention": {**before, **found, "lastArchiveRunTime": ended}}


def _newest_first(context: Context) -> list[Manifest]:
    return sorted(context.pods("expirer"), key=_created, reverse=True)


def _created(pod: Manifest) -> str:
    return str(pod["metadata"].get("creationTimestamp", ""))
