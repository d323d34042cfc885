"""The Jobs that make or upgrade the schema, under the one account that may change it.

Pure. A Job never changes: whatever would change one gives it another name, and so a new Job.
"""

import enum

from panko_operator.children import config
from panko_operator.children.parts import digest, pod
from panko_operator.resource import Panko
from panko_operator.world import Manifest

DEADLINE_SECONDS = 6 * 3600  # an index on a large table takes its time
RETRIES = 6
ALLOW_REWRITE_OPTION = "--allow-rewrite"
COMPRESS_PAGES_OPTION = "--compress-pages"
ASKED_ANNOTATION = "panko.openstack.org/asked"
AFTER_ANNOTATION = "panko.openstack.org/after"
# What panko-dbsync exits with when it has refused: to try again is of no use until somebody has decided.
EXIT_REWRITE_NEEDED = 3
EXIT_SCHEMA_NEWER = 4


class Phase(enum.Enum):
    """The part of an upgrade that pods of the release before can live with, and the rest."""

    EXPAND = "expand"
    CONTRACT = "contract"


def job(panko: Panko, image: str, *, phase: Phase = Phase.EXPAND, asked: str = "", after: str = "") -> Manifest:
    """Build the Job for an image, a database and everything else that its pod is made of.

    Noted on it, making no other Job, are the version of the Panko that wanted it first (`asked`), and the uid of the
    Job that expanded what it contracts (`after`).
    """
    argv = [
        "panko-dbsync",
        "--config-file",
        config.CONF_FILE,
        f"--{phase.value}",
        "--report",
        pod.REPORT_FILE,
        *(_asked_for(panko) if phase is Phase.EXPAND else ()),
    ]
    spec: Manifest = {
        "backoffLimit": RETRIES,
        "activeDeadlineSeconds": DEADLINE_SECONDS,
        "podFailurePolicy": {"rules": [_refusal_ends_it()]},
        "template": pod.command(
            panko,
            "dbsync",
            image=image,
            argv=argv,
            secret=panko.database_secret_name("schema"),
            restart="Never",  # a failed pod stays, with its log
        ),
    }
    address = panko.database_address()
    digested = digest.plain([spec, address.engine, address.host, address.port, address.name])
    name = panko.dbsync_name(digested) if phase is Phase.EXPAND else panko.contract_name(digested)
    notes = {ASKED_ANNOTATION: asked, AFTER_ANNOTATION: after}
    metadata = panko.metadata(name, "dbsync")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {**metadata, "annotations": {key: note for key, note in notes.items() if note}},
        "spec": spec,
    }


def _asked_for(panko: Panko) -> list[str]:
    """Return the options for what takes long, and is done before a rollout alone."""
    asked = {
        ALLOW_REWRITE_OPTION: panko.allow_rewrite,
        COMPRESS_PAGES_OPTION: panko.spec.database.compress_pages,
    }
    return [option for option, is_wanted in asked.items() if is_wanted]


def _refusal_ends_it() -> Manifest:
    codes = [EXIT_REWRITE_NEEDED, EXIT_SCHEMA_NEWER]
    return {"action": "FailJob", "onExitCodes": {"containerName": "dbsync", "operator": "In", "values": codes}}
