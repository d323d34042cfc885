"""The Job that makes or upgrades the schema, under the one account that may change it.

Pure. A Job never changes: whatever would change one gives it another name, and so a new Job.
"""

from panko_operator.children import config
from panko_operator.children.parts import digest, pod
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DEADLINE_SECONDS = 6 * 3600  # an index on a large table takes its time
RETRIES = 6
ALLOW_REWRITE_OPTION = "--allow-rewrite"  # without it panko-dbsync refuses to rewrite big tables, and names it


def job(panko: Panko, image: str) -> Manifest:
    """Build the Job for an image, a database and everything else that its pod is made of."""
    allowed = [ALLOW_REWRITE_OPTION] if panko.allow_rewrite else []
    spec: Manifest = {
        "backoffLimit": RETRIES,
        "activeDeadlineSeconds": DEADLINE_SECONDS,
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
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": panko.metadata(panko.dbsync_name(digested), "dbsync"),
        "spec": spec,
    }
