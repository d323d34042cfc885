"""What is put right again and again because somebody else goes on changing it: it is left alone for a while. Pure.

The status keeps what was put right lately, so that a new process knows of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from panko_operator.corrections import Correction
from panko_operator.errors import FoughtOverError
from panko_operator.resource import RECONCILE_ANNOTATION
from panko_operator.resource.moments import moment, timestamp
from panko_operator.world import Manifest

TIMES: Final = 3
WITHIN: Final = timedelta(minutes=10)
KEPT: Final = 20  # in the status


def refuse(status: Manifest, correction: Correction, *, now: datetime) -> None:
    """Raise FoughtOverError for what was put right three times in ten minutes, until ten quiet ones have passed."""
    lately = [time for time in _times(status, correction.subject, correction.field) if now - time < WITHIN]
    if len(lately) >= TIMES or (lately and _is_left_alone(status, correction.subject)):
        raise FoughtOverError(_message(correction))


def refuse_all(status: Manifest, subject: str, *, now: datetime) -> None:
    """Raise FoughtOverError where anything about a subject is fought over, for one that cannot be looked at first."""
    for field in sorted({entry.get("field", "") for entry in status.get("drift", ()) if entry["object"] == subject}):
        kind, _, name = subject.partition(" ")
        refuse(status, Correction(kind, name, field), now=now)


def remembered(status: Manifest, corrected: Sequence[Correction], *, now: datetime) -> list[Manifest]:
    """Return what the status says after some more corrections, the newest first."""
    new = [
        {"time": timestamp(now), "object": one.subject, **({"field": one.field} if one.field else {})}
        for one in corrected
    ]
    return [*new, *status.get("drift", ())][:KEPT]


def _times(status: Manifest, subject: str, field: str) -> list[datetime]:
    """Return when it was put right since the Panko was settled, or somebody asked for a look."""
    since = status["settled"].get("since", "")
    return [
        moment(entry["time"])
        for entry in status.get("drift", ())
        # Both are written in one format, to the second.
        if entry["time"] >= since and (entry["object"], entry.get("field", "")) == (subject, field)
    ]


def _is_left_alone(status: Manifest, subject: str) -> bool:
    """Tell whether the last pass has come to that already."""
    conditions = status.get("conditions", ())
    return any(one["reason"] == FoughtOverError.reason and subject in one["message"] for one in conditions)


def _message(correction: Correction) -> str:
    who = f"{correction.by} goes" if correction.by else "Somebody else goes"
    what = f"{correction.field} of {correction.subject}" if correction.field else correction.subject
    taking = "changing" if correction.field else "removing"
    return (
        f"{who} on {taking} {what}, which was put right {TIMES} times in ten minutes and is left alone now; stop that, "
        "or change the Panko. It is tried again after ten quiet minutes, and when the annotation "
        f"{RECONCILE_ANNOTATION} changes."
    )
