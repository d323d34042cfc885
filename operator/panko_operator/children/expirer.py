"""The CronJob that deletes events older than the time to live, under an account that may do just that.

Pure.
"""

from panko_operator.children import config
from panko_operator.children.parts import archive, pod
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DEADLINE_SECONDS = 3600  # the next run goes on where this one was stopped
RUNTIME_SECONDS = 3300  # then it stops by itself, with success; the rest is for its start and the part at work
ARCHIVING_GRACE_SECONDS = 300  # what is archived of a part that is not deleted yet would be archived once more
RETRIES = 2


def cron_job(panko: Panko, *, image: str) -> Manifest | None:
    """Build the CronJob; None when events are kept for ever."""
    retention = panko.spec.retention
    if not retention.time_to_live:
        return None
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": panko.metadata(panko.expirer_name, "expirer"),
        "spec": {
            "schedule": retention.schedule,
            "timeZone": "Etc/UTC",
            "suspend": retention.suspend,
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": DEADLINE_SECONDS,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {
                "metadata": {"labels": panko.labels("expirer")},
                "spec": {
                    "backoffLimit": RETRIES,
                    "activeDeadlineSeconds": DEADLINE_SECONDS,
                    "template": _template(panko, image),
                },
            },
        },
    }


def _template(panko: Panko, image: str) -> Manifest:
    """Build the pod template of a run."""
    return pod.command(
        panko,
        "expirer",
        image=image,
        argv=[
            "panko-expirer",
            *("--config-file", config.CONF_FILE),
            *("--max-runtime", str(RUNTIME_SECONDS)),
            # Only an archive is reported: what is deleted is told by the oldest event.
            *(("--report", pod.REPORT_FILE) if panko.spec.retention.archive else ()),
        ],
        secret=panko.database_secret_name("expirer"),
        restart="Never",
        besides=archive.mounted(panko),
        grace_seconds=ARCHIVING_GRACE_SECONDS if panko.spec.retention.archive else pod.GRACE_SECONDS,
    )
