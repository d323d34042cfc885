"""What whoever looks at a Panko should do next, in one sentence. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from panko_client.kubectl import names
from panko_client.kubectl.durations import moment, told
from panko_client.kubectl.terminal import printing
from panko_client.kubectl.view.panko import Panko

_RENEW_DAYS: Final = 14  # a certificate that lasts less should have been renewed
_QUIET: Final = timedelta(hours=1)  # a cloud in which nothing happens for so long has something to be looked at
Advice = Callable[[Panko, datetime], str | None]


def of(panko: Panko, now: datetime) -> str:
    """Return the first advice that there is."""
    return next(text for text in (advise(panko, now) for advise in _IN_ORDER) if text)


def _going(panko: Panko, _now: datetime) -> str | None:
    if not panko.is_going:
        return None
    return (
        f"It is being deleted, and goes within two minutes. `kubectl panko release {panko.name}` lets it go at once, "
        "and leaves what could not be removed."
    )


def _unseen(panko: Panko, _now: datetime) -> str | None:
    if panko.is_seen:
        return None
    return "The operator has not looked at this spec yet. `kubectl panko check` tells whether it runs."


def _planned(panko: Panko, _now: datetime) -> str | None:
    if not panko.is_planned:
        return None
    return (
        f"Nothing is changed while the annotation {names.PLAN} is there. `kubectl panko plan {panko.name}` shows what "
        "would be, and with --apply has it done."
    )


def _suspended(panko: Panko, _now: datetime) -> str | None:
    return f"It is suspended. `kubectl panko resume {panko.name}` goes on." if panko.is_suspended else None


def _undone(panko: Panko, _now: datetime) -> str | None:
    first = next((one for one in panko.steps if one.status != "True"), None)
    if first is None:
        return None
    hand = "Wait" if panko.condition("Stalled").status != "True" else "Do what it says"
    return f"{hand}: {first.message} ({first.type}, {first.reason})"


def _expiring(panko: Panko, now: datetime) -> str | None:
    until = panko.status.get("certificate", {}).get("notAfter")
    days = (moment(until) - now).days if until else _RENEW_DAYS
    return f"Renew the certificate: it expires in {printing.counted(days, 'day')}." if days < _RENEW_DAYS else None


def _nobody_writes(panko: Panko, _now: datetime) -> str | None:
    if panko.publishers:
        return None
    if panko.wants("collector"):
        return (
            "Nothing is left to do: the collector stores what services notify, and `kubectl panko logs "
            f"{panko.name} --component collector` shows what it says."
        )
    return "Nothing is left to do; name a publisher in spec.publishers to send events, or set spec.collector."


def _never_published(panko: Panko, _now: datetime) -> str | None:
    if panko.status.get("ingest", {}).get("published", True):
        return None
    return (
        f"No producer has published yet. `kubectl panko producer {panko.name}` prints the event_pipeline.yaml to give "
        "to ceilometer, and a command that posts an event."
    )


def _silent(panko: Panko, now: datetime) -> str | None:
    last = panko.status.get("ingest", {}).get("lastEventTime")
    if last is None or now - moment(last) < _QUIET:
        return None
    return (
        f"Look at what publishes: no event has come for {told(now - moment(last))}. `kubectl panko logs {panko.name}` "
        f"shows who asks the API, and `kubectl panko producer {panko.name}` what a producer needs."
    )


def _done(panko: Panko, _now: datetime) -> str:
    return f"Nothing is left to do. `kubectl panko producer {panko.name}` says how to send events."


_IN_ORDER: Final[tuple[Advice, ...]] = (
    _going,
    _unseen,
    _planned,
    _suspended,
    _undone,
    _expiring,
    _nobody_writes,
    _never_published,
    _silent,
    _done,
)
