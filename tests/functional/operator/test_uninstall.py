"""What `helm uninstall` does to the operator first, on a real kube-apiserver."""

import importlib.util
from datetime import UTC, datetime, timedelta

import pytest
from kubernetes import client, config

from panko_operator.kube import Lease
from rendering import chart

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def uninstall(kube_apiserver):
    spec = importlib.util.spec_from_file_location("uninstall", chart.PATH / "files" / "uninstall.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    config.load_kube_config(str(kube_apiserver.kubeconfig))
    yield module
    client.Configuration.set_default(None)


def test_the_operator_is_scaled_to_none_and_its_lease_is_looked_at(kube_apiserver, namespace, uninstall):
    labels = {"app": "operator"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "operator", "image": "x:1"}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod}
    deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "operator"}, "spec": spec}
    kube_apiserver.request("post", deployments, body=body)
    kube = kube_apiserver.kube(now=lambda: NOW)
    lease = Lease(kube, name=uninstall.LEASE, namespace=namespace, identity="one", duration=timedelta(seconds=12))
    lease.hold(NOW)
    uninstall.stop(namespace, "operator", seconds=0.1)
    assert kube_apiserver.request("get", f"{deployments}/operator")["spec"]["replicas"] == 0
    lease.release(NOW)
    uninstall.stop(namespace, "operator")
