"""The chart's demonstration: an invented week, which a Job stores in a Panko."""

import json

import yaml

from live.installation import CHART, NAMESPACE, PANKO_IMAGE, RELEASE
from live.resource import PUBLISHER, Panko

SEED = 1
"""The chart's own: what is planted into the week is named alike, whenever that ends."""


def store(panko: Panko) -> None:
    """Apply the Job, and return when it has stored the week."""
    cluster = panko.cluster
    texts = {"demo.panko": f"{panko.namespace}/{panko.name}", "demo.publisher": PUBLISHER, "panko.image": PANKO_IMAGE}
    values = ("--set=demo.enabled=true", *(f"--set-string={key}={value}" for key, value in texts.items()))
    words = ("template", RELEASE, str(CHART), f"--namespace={NAMESPACE}", "--show-only=templates/demo.yaml", *values)
    # Without a cluster helm takes its own idea of one, which is older than what the chart needs.
    version = cluster.kubectl("version", "--output=json")
    words += (f"--kube-version={json.loads(version)['serverVersion']['gitVersion']}",)
    job = yaml.safe_load(cluster.helm(*words))
    cluster.apply(job)
    wait = ("wait", f"job/{job['metadata']['name']}", "--for=condition=complete", f"--namespace={panko.namespace}")
    cluster.kubectl(*wait, "--timeout=180s", seconds=200)
