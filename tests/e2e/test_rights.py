"""The operator's rights are what it uses: by the audit log of everything that ran before."""

import json
from pathlib import Path

import pytest

from live import audit
from live.cluster import Cluster
from live.installation import RELEASE, Installation

# What no run needs, and some cluster does.
_KEPT = {
    # An owner reference that blocks the owner's deletion, where the API server is strict about those.
    ("panko.openstack.org", "pankos/finalizers", "update"),
    # HAProxy that is switched off, with its configurations, and events that are kept for ever.
    ("apps", "deployments", "delete"),
    ("", "configmaps", "delete"),
    ("batch", "cronjobs", "delete"),
    # Whether the volume of an archive is there.
    ("", "persistentvolumeclaims", "get"),
    # The dashboard, where the cluster has the Prometheus operator.
    ("", "configmaps", "patch"),
}


def test_nothing_that_the_operator_asked_for_was_refused(
    shared: object, operator: Installation, begun: audit.Mark
) -> None:
    refused = audit.refused(begun, operator.service_account())
    # An operator that is being uninstalled asks for its Lease once more, when its rights are gone already.
    assert {what for what in refused if " leases " not in what} == set()


def test_every_right_of_the_operator_was_used(
    operator: Installation, cluster: Cluster, begun: audit.Mark, request: pytest.FixtureRequest
) -> None:
    _require_the_whole_run(request)
    known = _known(cluster)
    given = {right for right in _given(cluster) if (right[0], right[1].partition("/")[0]) in known}
    assert given - audit.used(begun, operator.service_account()) - _KEPT == set()


def _require_the_whole_run(request: pytest.FixtureRequest) -> None:
    """Say so where a part of the tests runs: what the others need is unused then."""
    there = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    if there - {item.path.name for item in request.session.items}:
        pytest.skip("only a run of all of tests/e2e uses every right")


def _given(cluster: Cluster) -> set[tuple[str, str, str]]:
    """Return the rules of the operator's own cluster role, taken apart."""
    role = json.loads(cluster.kubectl("get", "clusterrole", RELEASE, "--output=json"))
    return {
        (group, resource, verb)
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def _known(cluster: Cluster) -> set[tuple[str, str]]:
    """Return group and resource of every kind that there is: an add-on's may be absent."""
    found = cluster.kubectl("api-resources", "--output=name").split()
    return {(name.partition(".")[2], name.partition(".")[0]) for name in found}
