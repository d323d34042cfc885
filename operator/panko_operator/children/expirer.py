"""The CronJob that deletes events older than the time to live, under an account that may do just that.

Pure.
"""

from panko_operator.children import config
from panko_operator.children.parts import pod
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DEADLINE_SECONDS = 3600  # it deletes in short batches; the next run goes on where this one was stopped
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
                    "template": pod.command(
                        panko,
                        "expirer",
                        image=image,
                        argv=["panko-expirer", "--config-file", config.CONF_FILE],
                        secret=panko.database_secret_name("expirer"),
                        restart="Never",
                    ),
                },
            },
        },
    }
