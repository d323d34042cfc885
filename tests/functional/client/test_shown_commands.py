"""Every kubectl that a page shows is understood by kubectl and an API server, about objects as pages name them."""

import os
import re
import shlex
import subprocess

import pytest

from fakes import shown
from rendering import programs
from servers.panko_operator import PANKOS

# These go on with what a person types, or with a file that the page shows beside it; the plug-in has tests of its own.
BY_HAND = re.compile("kubectl (-n [^ ]+ )?(edit|panko|apply -f -|apply --server-side -[fk])")
TRIED_OUT = {"annotate", "apply", "create", "delete", "label", "patch", "scale"}
UNDERSTOOD = (  # nobody runs pods here, and what is made is there already
    "already exists",
    "timed out waiting",
    "no matching resources found",
    "container name must be specified",
    "does not have a host assigned",
    "unable to forward port because pod is not running",
)
NAMESPACE = "openstack"
SYSTEM = "system-of-pages"  # where the operator is installed; others have one in panko-system
NAMESPACES = (NAMESPACE, "argocd", "cloud-a", SYSTEM)
SECRETS = ("mariadb-root", "panko-publisher-ceilometer")
DEPLOYMENTS = {"panko-api": NAMESPACE, "panko-collector": NAMESPACE, "panko-operator": SYSTEM}
LABELS = {"app.kubernetes.io/instance": "panko", "app.kubernetes.io/component": "api"}
POD = {"containers": [{"name": "api", "image": "localhost/panko:dev"}]}


@pytest.fixture(scope="module")
def objects(kube_apiserver):
    """What pages name, in the namespaces that they name. The Panko is gone afterwards: others have operators."""
    ask, labels = kube_apiserver.request, {"matchLabels": LABELS}
    there = {one["metadata"]["name"] for one in ask("get", "/api/v1/namespaces")["items"]}
    for name in set(NAMESPACES) - there:
        ask("post", "/api/v1/namespaces", body={"metadata": {"name": name}})
    made = {name: {"metadata": {"name": name}} for name in (*SECRETS, *DEPLOYMENTS, "panko", "pod", "argocd-cm")}
    core = f"/api/v1/namespaces/{NAMESPACE}"
    ask("post", "/api/v1/namespaces/argocd/configmaps", body=made["argocd-cm"])
    for name in SECRETS:
        body = {"stringData": {"password": "s", "previous-password": "t"}}
        ask("post", f"{core}/secrets", body=made[name] | body)
        ask("post", "/api/v1/namespaces/cloud-a/secrets", body=made[name] | body)
    ask("post", f"{core}/services", body=made["panko"] | {"spec": {"selector": LABELS, "ports": [{"port": 8777}]}})
    ask("post", f"{core}/pods", body={"metadata": {"name": "pod", "labels": LABELS}, "spec": POD})
    spec = {"selector": labels, "template": {"metadata": {"labels": LABELS}, "spec": POD}}
    for name, namespace in DEPLOYMENTS.items():
        ask("post", f"/apis/apps/v1/namespaces/{namespace}/deployments", body=made[name] | {"spec": spec})
    job = {"template": {"spec": {**POD, "restartPolicy": "Never"}}}
    cron = {"metadata": {"name": "panko-expirer"}, "spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": job}}}
    ask("post", f"/apis/batch/v1/namespaces/{NAMESPACE}/cronjobs", body=cron)
    ask("post", f"/apis/batch/v1/namespaces/{NAMESPACE}/jobs", body={"metadata": {"name": "expire-now"}, "spec": job})
    database = {"host": "db", "adminSecretRef": {"name": "mariadb-root"}}
    keystone = {"authURL": "http://keystone:5000/v3", "adminSecretRef": {"name": "keystone-admin"}}
    panko = {"apiVersion": "panko.openstack.org/v1beta1", "kind": "Panko", **made["panko"]}
    ask("post", PANKOS.format(NAMESPACE), body=panko | {"spec": {"database": database, "keystone": keystone}})
    yield
    ask("delete", f"{PANKOS.format(NAMESPACE)}/panko")


SHOWN = [one for one in shown.commands("kubectl ") if not BY_HAND.match(one[1])]


@pytest.mark.parametrize("command", SHOWN, ids=shown.called)
def test_a_kubectl_that_is_shown_is_understood(kube_apiserver, objects, command, tmp_path):
    line = re.sub(r"--timeout=\w+", "--timeout=1s", command[1].replace("POD", "pod").replace("panko-system", SYSTEM))
    words = shlex.split(re.sub(r" (--follow|-f)(?= -l|$)", "", line))[1:]
    if TRIED_OUT & set(words):
        words.append("--dry-run=server")
    if "logs" in words:
        words.append("--pod-running-timeout=1s")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": str(kube_apiserver.kubeconfig)}
    done = subprocess.run(
        [programs.kubectl(), *words],
        cwd=shown.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0 or any(text in done.stderr for text in UNDERSTOOD), done.stderr
