"""The components of the cluster: how each is started and how it tells that it is ready. A table, and its probes."""

import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import binaries
import command
import machine
import ports
from paths import Paths
from process import Program


@dataclass(frozen=True, slots=True)
class Component:
    """A program, the ports it listens on, and the question whether it works."""

    program: Program
    ports: tuple[int, ...]
    ready: Callable[[], bool]

    @property
    def name(self) -> str:
        return self.program.name


def stages(paths: Paths, address: str) -> tuple[tuple[Component, ...], ...]:
    """List the components in the order of their start; those of one stage start together."""
    return (
        (_etcd(paths), _containerd(paths)),
        (_apiserver(paths, address),),
        (_controller_manager(paths), _scheduler(paths), _kubelet(paths, address), _proxy(paths), _coredns(paths)),
    )


NAMES = ("coredns", "proxy", "kubelet", "scheduler", "controller-manager", "apiserver", "containerd", "etcd")
"""All components, in the order in which they are stopped."""


def _etcd(paths: Paths) -> Component:
    client, peer = f"https://127.0.0.1:{ports.ETCD}", f"http://127.0.0.1:{ports.ETCD_PEER}"
    argv = (
        "/usr/bin/etcd",
        "--name=panko",
        f"--data-dir={paths.state}/etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=panko={peer}",
        f"--cert-file={paths.pki}/etcd.crt",
        f"--key-file={paths.pki}/etcd.key",
        "--client-cert-auth",
        f"--trusted-ca-file={paths.pki}/etcd-ca.crt",
        "--logger=zap",
        "--log-level=warn",
    )
    ready = _answers(f"{client}/health", paths, authority="etcd-ca", client="apiserver-etcd")
    return Component(Program("etcd", argv), (ports.ETCD, ports.ETCD_PEER), ready)


def _containerd(paths: Paths) -> Component:
    argv = ("/usr/bin/containerd", f"--config={paths.etc}/containerd.toml")
    socket = paths.containerd_socket

    def ready() -> bool:
        return socket.exists() and command.succeeds(("ctr", "--address", socket, "version"), seconds=5)

    return Component(Program("containerd", argv), (), ready)


def _apiserver(paths: Paths, address: str) -> Component:
    pki = paths.pki
    argv = (
        _built("kube-apiserver", paths),
        f"--etcd-servers=https://127.0.0.1:{ports.ETCD}",
        f"--etcd-cafile={pki}/etcd-ca.crt",
        f"--etcd-certfile={pki}/apiserver-etcd.crt",
        f"--etcd-keyfile={pki}/apiserver-etcd.key",
        "--bind-address=0.0.0.0",
        f"--secure-port={ports.APISERVER}",
        f"--advertise-address={address}",
        f"--service-cluster-ip-range={machine.SERVICE_RANGE}",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        f"--client-ca-file={pki}/ca.crt",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki}/service-account.pub",
        f"--service-account-signing-key-file={pki}/service-account.key",
        f"--kubelet-certificate-authority={pki}/ca.crt",
        f"--kubelet-client-certificate={pki}/apiserver-kubelet.crt",
        f"--kubelet-client-key={pki}/apiserver-kubelet.key",
        "--kubelet-preferred-address-types=InternalIP",
        f"--audit-policy-file={paths.etc}/audit.json",
        f"--audit-log-path={paths.audit_log}",
        "--audit-log-maxsize=500",
        "--profiling=false",
    )
    ready = _answers(f"https://127.0.0.1:{ports.APISERVER}/readyz", paths, client="admin")
    return Component(Program("apiserver", argv), (ports.APISERVER,), ready)


def _controller_manager(paths: Paths) -> Component:
    argv = (
        _built("kube-controller-manager", paths),
        f"--kubeconfig={paths.etc}/controller-manager.kubeconfig",
        f"--secure-port={ports.CONTROLLER_MANAGER}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={paths.state}/controller-manager",
        "--leader-elect=false",
        "--use-service-account-credentials",
        f"--root-ca-file={paths.pki}/ca.crt",
        f"--service-account-private-key-file={paths.pki}/service-account.key",
        f"--cluster-signing-cert-file={paths.pki}/ca.crt",
        f"--cluster-signing-key-file={paths.pki}/ca.key",
    )
    ready = _answers(f"https://127.0.0.1:{ports.CONTROLLER_MANAGER}/healthz", paths, authority=None)
    return Component(Program("controller-manager", argv), (ports.CONTROLLER_MANAGER,), ready)


def _scheduler(paths: Paths) -> Component:
    argv = (
        _built("kube-scheduler", paths),
        f"--kubeconfig={paths.etc}/scheduler.kubeconfig",
        f"--secure-port={ports.SCHEDULER}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={paths.state}/scheduler",
        "--leader-elect=false",
    )
    ready = _answers(f"https://127.0.0.1:{ports.SCHEDULER}/healthz", paths, authority=None)
    return Component(Program("scheduler", argv), (ports.SCHEDULER,), ready)


def _kubelet(paths: Paths, address: str) -> Component:
    argv = (
        _built("kubelet", paths),
        f"--config={paths.etc}/kubelet.json",
        f"--kubeconfig={paths.etc}/node.kubeconfig",
        f"--root-dir={paths.state}/kubelet",
        f"--cert-dir={paths.state}/kubelet/pki",
        f"--hostname-override={machine.NODE_NAME}",
        f"--node-ip={address}",
    )
    ready = _answers(f"http://127.0.0.1:{ports.KUBELET_HEALTH}/healthz", paths)
    return Component(Program("kubelet", argv), (ports.KUBELET, ports.KUBELET_HEALTH), ready)


def _proxy(paths: Paths) -> Component:
    argv = (_built("kube-proxy", paths), f"--config={paths.etc}/proxy.json")
    ready = _answers(f"http://127.0.0.1:{ports.PROXY_HEALTH}/livez", paths)
    return Component(Program("proxy", argv), (ports.PROXY_HEALTH, ports.PROXY_METRICS), ready)


def _coredns(paths: Paths) -> Component:
    argv = (str(binaries.COREDNS.home(paths) / "coredns"), "-conf", f"{paths.etc}/Corefile")
    ready = _answers(f"http://127.0.0.1:{ports.DNS_READY}/ready", paths)
    return Component(Program("coredns", argv), (ports.DNS, ports.DNS_HEALTH, ports.DNS_READY), ready)


def _built(name: str, paths: Paths) -> str:
    return str(binaries.KUBERNETES.home(paths) / name)


def _answers(url: str, paths: Paths, *, authority: str | None = "ca", client: str | None = None) -> Callable[[], bool]:
    """Build a probe: does the URL answer 200? `authority` None: the server's certificate is of its own making."""

    def probe() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2, context=_context(paths.pki, authority, client)) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return probe


def _context(pki: Path, authority: str | None, client: str | None) -> ssl.SSLContext:
    if authority is None:
        return ssl._create_unverified_context()  # loopback, only asked whether it is alive
    context = ssl.create_default_context(cafile=str(pki / f"{authority}.crt"))
    if client is not None:
        context.load_cert_chain(pki / f"{client}.crt", pki / f"{client}.key")
    return context
