"""The Job that makes or upgrades the schema, under the one account that may change it.

Pure. A Job never changes: whatever would change one gives it another name, and so a new Job.
"""

from panko_operator.children import config
from panko_operator.children.parts import digest, pod
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DEADLINE_SECONDS = 6 * 3600  # an index on a large table takes its time
RETRIES = 6
ALLOW_REWRITE_OPTION = "--allow-rewrite"
ASKED_ANNOTATION = "panko.openstack.org/asked"
# What panko-dbsync exits with when it has refused: to try again is of no use until somebody has decided.
EXIT_REWRITE_NEEDED = 3
EXIT_SCHEMA_NEWER = 4


def job(panko: Panko, image: str, *, asked: str = "") -> Manifest:
    """Build the Job for an image, a database and everything else that its pod is made of.

    `asked` is noted on it, and makes no other Job: the version of the Panko that wanted it first.
    """
    allowed = [ALLOW_REWRITE_OPTION] if panko.allow_rewrite else []
    spec: Manifest = {
        "backoffLimit": RETRIES,
        "activeDeadlineSeconds": DEADLINE_SECONDS,
        "podFailurePolicy": {"rules": [_refusal_ends_it()]},
        "template": pod.command(
            panko,
            "dbsync",
            image=image,
            argv=["panko-dbsync", "--config-file", config.CONF_FILE, *allowed],
            secret=panko.database_secret_name("schema"),
            restart="Never",  # a failed pod stays, with its log
        ),
    }
    address = panko.database_address()
    digested = digest.plain([spec, address.engine, address.host, address.port, address.name])
    metadata = panko.metadata(panko.dbsync_name(digested), "dbsync")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, "annotations": {ASKED_ANNOTATION: asked}},
        "spec": spec,
    }


def _refusal_ends_it() -> Manifest:
    codes = [EXIT_REWRITE_NEEDED, EXIT_SCHEMA_NEWER]
    return {"action": "FailJob", "onExitCodes": {"containerName": "dbsync", "operator": "In", "values": codes}}
