"""Make the client of the API server: in a pod from its service account, elsewhere from the kubeconfig.

It asks the API server nothing.
"""

from importlib import metadata
from typing import Any, Final

import urllib3
from kubernetes import client, config
from kubernetes.dynamic import DynamicClient

USER_AGENT: Final = f"panko-operator/{metadata.version('panko-operator')}"
_RETRIES = 1


def connect(kubeconfig: str | None = None) -> DynamicClient:
    """Return a dynamic client that does no discovery and retries a lost connection once."""
    configuration = client.Configuration()
    configuration.retries = urllib3.Retry(total=_RETRIES, connect=_RETRIES, read=0, status=0, redirect=0)
    if kubeconfig is not None or not _in_cluster(configuration):
        config.load_kube_config(config_file=kubeconfig, client_configuration=configuration)
    plain = client.ApiClient(configuration)
    plain.user_agent = USER_AGENT
    return DynamicClient(plain, discoverer=_no_discovery)


def _in_cluster(configuration: client.Configuration) -> bool:
    try:
        config.load_incluster_config(client_configuration=configuration)
    except config.ConfigException:
        return False
    return True


def _no_discovery(_client: Any, _cache_file: Any) -> None:
    """Stand in for the client's discovery; `kinds` is the table."""
