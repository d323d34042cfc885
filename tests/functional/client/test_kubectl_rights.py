"""What `kubectl panko` tells of a cluster and of rights, and that the Roles that are given out are what it needs."""

from datetime import timedelta

import yaml

from panko_operator.resource.moments import timestamp
from rendering.programs import REPOSITORY

ROLES = REPOSITORY / "deploy" / "kubectl" / "role.yaml"
SYSTEM = "panko-system"


def grant(room, user, *roles):
    """Make Roles as they are given out, but for the namespace, and bind them to a user."""
    base = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{room.namespace}"
    for manifest in yaml.safe_load_all(ROLES.read_text()):
        name = manifest["metadata"]["name"]
        if name in roles:
            own = f"{user}-{name}"
            room.server.request("post", f"{base}/roles", body={"metadata": {"name": own}, "rules": manifest["rules"]})
            reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": own}
            subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}
            body = {"metadata": {"name": own}, "roleRef": reference, "subjects": [subject]}
            room.server.request("post", f"{base}/rolebindings", body=body)


def install(room, *, ready):
    """Make what is seen of an operator that is installed; the one of the tests is a process."""
    labels = {"app.kubernetes.io/name": "panko-operator"}
    container = {"name": "operator", "image": "panko-operator:test"}
    body = {
        "metadata": {"name": "panko-operator", "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    base = f"/apis/apps/v1/namespaces/{SYSTEM}/deployments"
    room.server.request("post", "/api/v1/namespaces", body={"metadata": {"name": SYSTEM}})
    room.server.request("post", base, body=body)
    room.patch(f"{base}/panko-operator/status", {"status": {"replicas": 1, "readyReplicas": int(ready)}})


def lease(room):
    """Let the operator that acts in the namespace of the tests be seen in the one where it is installed."""
    path = "/apis/coordination.k8s.io/v1/namespaces/{}/leases"
    found = room.server.request("get", f"{path.format(room.namespace)}/panko-operator")
    body = {"metadata": {"name": "panko-operator"}, "spec": found["spec"]}
    room.server.request("post", path.format(SYSTEM), body=body)


def test_what_is_missing_of_the_operator_is_told_line_by_line(room, plugin, panko):
    none = plugin("check")
    assert none.code == 1
    assert "✓ The cluster knows Pankos, as v1beta1." in none.out
    assert "✕ There is no Deployment of the operator; install it" in none.out
    install(room, ready=False)
    unready = plugin("check", "--wait", "1s")
    assert unready.code == 1
    assert f"kubectl -n {SYSTEM} describe deployment panko-operator" in unready.out
    assert "✕ No operator acts: nobody holds the Lease." in unready.out
    base = f"/apis/apps/v1/namespaces/{SYSTEM}/deployments/panko-operator/status"
    room.patch(base, {"status": {"replicas": 1, "readyReplicas": 1}})
    lease(room)
    running = plugin("check")
    assert running.code == 0, running
    assert f"✓ The operator {SYSTEM}/panko-operator (panko-operator:test) runs." in running.out
    assert "✓ operator acts." in running.out
    assert "✕" not in running.out
    old = {"spec": {"renewTime": timestamp(room.operator_began - timedelta(hours=1)).replace("Z", ".000000Z")}}
    room.patch(f"/apis/coordination.k8s.io/v1/namespaces/{SYSTEM}/leases/panko-operator", old)
    assert "✕ No operator acts: operator renewed the Lease last" in plugin("check").out


def test_who_may_nothing_is_told_so(room, plugin, panko):
    nobody = plugin("check", "--as", "nobody")
    assert nobody.code == 1
    assert "✕ You may not get pankos: all commands will not work." in nobody.out
    assert "◌ You may not see the operator: " in nobody.out


def test_the_role_that_is_given_out_is_enough_for_every_command(room, plugin, panko, tmp_path):
    grant(room, "keeper", "kubectl-panko")
    plugin("status", "panko", "--wait", "60s")

    def run(*words, code=0):
        answer = plugin(*words, "--as", "keeper")
        assert answer.code == code, answer
        assert "orbidden" not in answer.err, answer
        return answer

    assert "✕" not in run("check").out
    assert "api 2/2 ready" in run("status", "panko").out
    run("status")
    run("plan", "panko")
    run("rotate", "panko", "keystone", "--yes", "--wait", "90s")
    run("restart", "panko", "--yes", "--wait", "60s")
    run("expire", "panko", "--yes")
    run("producer", "panko", "--show-password")
    run("suspend", "panko", "--yes")
    run("resume", "panko", "--yes", "--wait", "60s")
    run("release", "panko", "--yes", code=1)
    run("logs", "panko", "--component", "collector")
    plain = run("report", "panko", "-o", str(tmp_path / "plain.zip"))
    assert f"You may not list the Secrets of {room.namespace}" in plain.err
    run("report", "panko", "--logs", "-o", str(tmp_path / "logs.zip"), code=1)
    grant(room, "keeper", "kubectl-panko-report")
    assert "was looked for and taken out" in run("report", "panko", "-o", str(tmp_path / "full.zip")).err
