"""Show what runs, in which version, and where its files are. Changes nothing."""

import components
import process
import versions
from errors import CommandError
from kubectl import Kubectl
from paths import Paths
from progress import say

_VERSIONS = {"etcd": "Debian", "containerd": "Debian", "coredns": versions.COREDNS}


def show(client: Kubectl, paths: Paths) -> None:
    """Print one line per component, then the places, then the pods."""
    for name in reversed(components.NAMES):
        pid = process.running(name, paths)
        state = "not running" if pid is None else f"pid {pid}"
        say(f"  {name:<20} {_VERSIONS.get(name, versions.KUBERNETES):<8} {state}")
    say(f"\n  kubeconfig  {client.kubeconfig}\n  logs        {paths.logs}\n  audit log   {paths.audit_log}")
    say(f"  kubectl     {client.program}\n  caches      {paths.cache}\n")
    try:
        say(client.run("get", "nodes,pods", "--all-namespaces", "--request-timeout=5s"))
    except CommandError:
        say("  The API server does not answer.")
