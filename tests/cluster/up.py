"""Bring the cluster up: install, configure, start the components stage by stage, wait until it serves."""

import json
import os
import shutil
from pathlib import Path

import addons
import binaries
import components
import configuration
import dns
import down
import firewall
import images
import kubeconfig
import kubectl
import machine
import packages
import pki
import ports
import process
import versions
from components import Component
from errors import ClusterError
from kubectl import Kubectl
from paths import Paths
from progress import say, step, wait


def up(paths: Paths) -> Kubectl:
    """Start whatever does not run, and return a kubectl for the cluster. Safe to call at any time."""
    _require_root()
    packages.install(packages.CLUSTER)
    for wanted in binaries.ALL:
        binaries.build(wanted, paths)
    client = Kubectl(kubectl.program(paths), paths.kubeconfig)
    _link_tools(client, paths)
    address = machine.address()
    _prepare(paths, address)
    _start(client, paths, address)
    _await_service(client, paths)
    return client


def restart(component: str, paths: Paths) -> Kubectl:
    """End a component, and bring it back."""
    process.stop(component, paths)
    return up(paths)


def check(client: Kubectl) -> None:
    """Check that somebody else's cluster answers."""
    with step(f"the cluster of {client.kubeconfig} answers"):
        client.run("get", "--raw=/readyz", seconds=30)


def _require_root() -> None:
    if os.geteuid() != 0:
        raise ClusterError("containers need root: run this with sudo, or set KUBECONFIG to use a cluster you have.")


def _link_tools(client: Kubectl, paths: Paths) -> None:
    """Keep ~/.cache/panko/bin/{kubectl,helm} pointing at the versions in use, for a person's PATH."""
    for name, target in (("kubectl", client.program), ("helm", binaries.HELM.home(paths) / "helm")):
        link = paths.binaries / name
        if not link.is_symlink() or link.readlink() != target:
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def _prepare(paths: Paths, address: str) -> None:
    """Write keys and configuration, and set the kernel up; `down` takes it all back once `identity` exists."""
    _claim(paths, json.dumps({"kubernetes": versions.KUBERNETES, "address": address}))
    for directory in (paths.run, paths.logs, paths.state / "volume-plugins"):
        directory.mkdir(parents=True, exist_ok=True, mode=0o711)
    pki.create(paths, address)
    kubeconfig.create(paths)
    configuration.create(paths)
    machine.set_kernel(paths)
    for controller in machine.cgroup_controllers():
        (controller / machine.CGROUP).mkdir(exist_ok=True)


def _claim(paths: Paths, identity: str) -> None:
    """Start over when the state is of another version or address; refuse a machine that has another cluster."""
    if paths.identity.exists() and paths.identity.read_text() != identity:
        say(f"  - the state is of {paths.identity.read_text()}, now it is {identity}: starting over")
        down.down(paths)
    if not paths.identity.exists() and firewall.foreign():
        raise ClusterError(
            "another cluster's kube-proxy has its rules on this machine: set KUBECONFIG and use that one."
        )
    paths.state.mkdir(parents=True, exist_ok=True, mode=0o711)
    paths.identity.write_text(identity)


def _start(client: Kubectl, paths: Paths, address: str) -> None:
    stages = components.stages(paths, address)
    stopped = [one for stage in stages for one in stage if process.running(one.name, paths) is None]
    for component in stopped:
        for port in component.ports:
            ports.require_free(port, component.name)
    for stage in stages:
        for component in stage:
            if component in stopped:
                process.start(component.program, paths)
        for component in stage:
            if component in stopped or not component.ready():
                _await(component, paths)
            if component.name == "containerd":
                images.provide((images.PAUSE,), paths)
            if component.name == "apiserver":
                addons.apply(client, paths, address)


def _await(component: Component, paths: Paths) -> None:
    log = paths.log(component.name)

    def ready() -> bool:
        if process.running(component.name, paths) is None:
            raise ClusterError(f"{component.name} has ended.\n{_last_lines(log)}")
        return component.ready()

    with step(component.name):
        wait(ready, component.name, seconds=90, log=log)


def _await_service(client: Kubectl, paths: Paths) -> None:
    if dns.answers() and _node_is_ready(client):
        return
    with step("node Ready, DNS answers"):
        wait(lambda: _node_is_ready(client), "the node", seconds=120, interval=0.3, log=paths.log("kubelet"))
        wait(dns.answers, "DNS at its Service", seconds=60, log=paths.log("coredns"))


def _node_is_ready(client: Kubectl) -> bool:
    node = client.get("node", machine.NODE_NAME)
    if node is None:
        return False
    return any(one["type"] == "Ready" and one["status"] == "True" for one in node["status"].get("conditions", []))


def _last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-20:]
    return "\n".join((f"Log: {log}", *(f"  | {line}" for line in lines)))


def announce(client: Kubectl, paths: Paths) -> None:
    """Print what a person needs next."""
    say(f"\nKubernetes {versions.KUBERNETES} is up; logs in {paths.logs}\n")
    say(f"export KUBECONFIG={client.kubeconfig}")
    if shutil.which("kubectl") != str(client.program):
        say(f"export PATH={paths.binaries}:$PATH")
