"""The schema, before the rollout: the part of an upgrade that pods of the release before can live with."""

from panko_operator import observe
from panko_operator.children import dbsync, network_policy
from panko_operator.children.dbsync import Phase
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Inputs, Schema
from panko_operator.passes.step import Note, Outcome
from panko_operator.steps.dbsync import job as schema_job
from panko_operator.steps.parts import network
from panko_operator.world import Manifest


def schema(context: Context, facts: Facts) -> Outcome:
    """Have the schema made or upgraded before anything uses it."""
    wanted = {phase: dbsync.job(context.panko, context.image, phase=phase, asked=context.version) for phase in Phase}
    at_work = schema_job.earlier_at_work(context, {one["metadata"]["name"] for one in wanted.values()})
    if at_work is not None:
        return Outcome(schema_job.queued(at_work))
    network.confine(context, "dbsync", network_policy.dbsync(context.panko, context.world.cluster_domain))
    live, seen = schema_job.run(context, wanted[Phase.EXPAND])
    if not seen.done:
        return Outcome(seen)
    name, inputs = live["metadata"]["name"], facts[Inputs]
    left = _left(context, live)
    if not context.world.database.has_schema(inputs.database, inputs.database_login, revision=left):
        # The Job has made one once; by now the database is another one, somebody has dropped a table, or restored
        # a dump of another revision.
        changed = f" or the revision is not {left} any more" if left else ""
        message = f"A table of the schema is gone{changed}, although Job {name} has completed; it runs again."
        return Outcome(schema_job.again(context, live, message))
    found, status = _left_to_do(context, live)
    upgraded = Note("SchemaUpgraded", f"Job {name} has made or upgraded the schema.")
    notes = (upgraded,) if schema_job.is_news(context, live, seen, condition="DBSyncReady") else ()
    return Outcome(seen, found, status=status, notes=notes)


def _left(context: Context, live: Manifest) -> str:
    """Return the revision at which a Job, and the contraction after it, has left the schema; empty until that is over.

    Before, the Job that contracts may be changing it in this moment.
    """
    over = context.previous.get("contractedAfter") == live["metadata"]["uid"]
    return str(context.previous.get("databaseRevision", "")) if over else ""


def _left_to_do(context: Context, live: Manifest) -> tuple[Schema, Manifest]:
    """Return what the Job has left for later, and the status that keeps it; its pods are asked until that is settled.

    Where no pod tells any more, a second Job finds out.
    """
    job = live["metadata"]["uid"]
    if context.previous.get("contractedAfter") == job:
        return Schema(job=job), {}
    report = observe.report(schema_job.pods(context, live)) or {}
    revision = {"databaseRevision": report["revision"]} if "revision" in report else {}
    if report.get("contractDue", True):
        return Schema(job=job, contract_due=True), revision
    return Schema(job=job), {**revision, "contractedAfter": job}
