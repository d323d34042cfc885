"""The chart's demonstration in a namespace that holds every pod to the restricted standard, asked as an admin asks."""

import json
from datetime import UTC, datetime

import pytest
import yaml

from e2e.area import Area
from live.cluster import Cluster
from live.installation import CHART, NAMESPACE, PANKO_IMAGE, RELEASE
from live.resource import PUBLISHER, Panko
from panko_client.demo import week


@pytest.mark.early
def test_an_invented_week_is_stored_by_a_job_and_tells_what_failed(early: tuple[Area, Panko], cluster: Cluster) -> None:
    area, panko = early
    texts = {"demo.panko": f"{area.namespace}/{panko.name}", "demo.publisher": PUBLISHER, "panko.image": PANKO_IMAGE}
    values = ("--set=demo.enabled=true", *(f"--set-string={key}={value}" for key, value in texts.items()))
    words = ("template", RELEASE, str(CHART), f"--namespace={NAMESPACE}", "--show-only=templates/demo.yaml", *values)
    # Without a cluster helm takes its own idea of one, which is older than what the chart needs.
    version = cluster.kubectl("version", "--output=json")
    words += (f"--kube-version={json.loads(version)['serverVersion']['gitVersion']}",)
    job = yaml.safe_load(cluster.helm(*words))
    cluster.apply(job)
    name = f"job/{job['metadata']['name']}"
    cluster.kubectl(
        "wait", name, "--for=condition=complete", f"--namespace={area.namespace}", "--timeout=180s", seconds=200
    )
    failed = area.client.cli("event", "search", "type:compute.instance.create.error", "--all-projects")
    assert [row["Outcome"] for row in failed] == ["failed", "failed"]
    # What is planted into a week is named alike, whenever that ends.
    server, _ = week(1, datetime.now(UTC)).planted.failed_creates[0]
    history = area.client.cli("event", "history", server, "--all-projects")
    assert "failed" in {row["State"] for row in history}
