"""The chart's demonstration in a namespace that holds every pod to the restricted standard, asked as an admin asks."""

from datetime import UTC, datetime

from e2e.area import Area
from e2e.certificates import Certificates
from e2e.demonstration import SEED
from live.resource import Panko
from panko_client.demo import week


def test_an_invented_week_is_stored_by_a_job_and_tells_what_failed(
    demonstrated: Panko, secured_area: Area, certificates: Certificates
) -> None:
    client = certificates.trusted(secured_area.client)
    failed = client.cli("event", "search", "type:compute.instance.create.error", "--all-projects")
    assert [row["Outcome"] for row in failed] == ["failed", "failed"]
    server, _ = week(SEED, datetime.now(UTC)).planted.failed_creates[0]
    history = client.cli("event", "history", server, "--all-projects")
    assert "failed" in {row["State"] for row in history}
