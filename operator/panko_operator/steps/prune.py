"""Delete what earlier passes made and nothing uses any more.

It runs after every step is done, so no old pod is left.
"""

from collections.abc import Iterator

from panko_operator.steps.context import Pass
from panko_operator.world import Manifest


def prune(this: Pass) -> None:
    """Delete superseded configurations and the Secrets of publishers that are gone."""
    for live in (*_configurations(this), *_publishers(this)):
        if "deletionTimestamp" not in live["metadata"]:
            this.world.kube.delete(live)


def _configurations(this: Pass) -> Iterator[Manifest]:
    for secret in this.children("v1", "Secret", "config"):
        if secret["metadata"]["name"] != this.config_name:
            yield secret
    for config_map in this.children("v1", "ConfigMap", "haproxy"):
        if config_map["metadata"]["name"] != this.haproxy_config_name:
            yield config_map


def _publishers(this: Pass) -> Iterator[Manifest]:
    wanted = {this.panko.publisher_name(publisher.name) for publisher in this.panko.spec.publishers}
    prefix = this.panko.publisher_name("")
    for secret in this.children("v1", "Secret", "credentials"):
        name = secret["metadata"]["name"]
        if name.startswith(prefix) and name not in wanted:
            yield secret
