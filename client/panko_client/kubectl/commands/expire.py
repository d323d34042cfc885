"""`kubectl panko expire`: old events are deleted now, and not only at the next time of the schedule."""

from datetime import UTC, datetime
from typing import Any, Final

import click

from panko_client.kubectl import live, names, waiting
from panko_client.kubectl.controls import harmless
from panko_client.kubectl.errors import RefusedError
from panko_client.kubectl.terminal import options
from panko_client.kubectl.terminal.asking import Consent, say
from panko_client.kubectl.transport import Kubectl

_SECONDS: Final = 0xFFFFFF  # of half a year: a Job of before is long gone when one of its name comes


@options.command("expire")
@options.panko()
@options.yes
@options.dry_run
@options.wait(None, "Wait for its end, and print what it says.")
def expire(kubectl: Kubectl, name: str, **how: Any) -> None:
    """Delete old events now.

    Those that are older than retention.timeToLive, by a Job made of the CronJob; its name is printed.
    """
    panko, cron = live.panko(kubectl, name), names.expirer(name)
    kept = panko.spec.get("retention", {}).get("timeToLive")
    if kubectl.get("cronjobs.batch", cron) is None:
        raise RefusedError(f"There is no CronJob {cron}: events are kept for ever, or {name} is not set up yet.")
    job = f"{cron}-{int(datetime.now(UTC).timestamp()) & _SECONDS:06x}"  # the longest name leaves no room for a date
    consent, words = Consent(how["yes"], how["dry_run"]), ("create", "job", job, f"--from=cronjob/{cron}")
    if not consent.run(kubectl, f"Events of {name} that are older than {kept} are deleted.", *words):
        return
    click.echo(job)
    if how["wait"] is None:
        say(f"It runs. `kubectl logs job/{job} --follow` shows how far it is.")
        return
    ended = waiting.until(lambda: _end(kubectl, job), f"The end of job {job}", seconds=how["wait"])
    click.echo(harmless(kubectl.text("logs", f"job/{job}").rstrip()))
    if ended != "Complete":
        raise RefusedError(f"Job {job} has failed: {ended}.")


def _end(kubectl: Kubectl, job: str) -> str | None:
    """Return Complete, or why it failed; None while it runs."""
    found = kubectl.get("jobs.batch", job)
    if found is None:
        raise RefusedError(f"Job {job} is gone; somebody has deleted it.")
    said = {one["type"]: one for one in found.get("status", {}).get("conditions", ()) if one["status"] == "True"}
    if "Complete" in said:
        return "Complete"
    return str(said["Failed"].get("reason", "Failed")) if "Failed" in said else None
