"""The configuration files of the components, as data; it starts nothing."""

import json
from typing import Any

import machine
import ports
import textfile
from paths import Paths


def create(paths: Paths) -> None:
    """Write every configuration file below `etc`."""
    cni = paths.etc / "cni"
    cni.mkdir(parents=True, exist_ok=True)
    textfile.write(paths.etc / "containerd.toml", containerd(paths))
    textfile.write(paths.etc / "Corefile", corefile(paths))
    textfile.write(paths.etc / "kubelet.json", json.dumps(kubelet(paths), indent=1))
    textfile.write(paths.etc / "proxy.json", json.dumps(proxy(paths), indent=1))
    textfile.write(paths.etc / "audit.json", json.dumps(audit(), indent=1))
    textfile.write(cni / "panko.conflist", json.dumps(network(paths), indent=1))


def containerd(paths: Paths) -> str:
    """Own root, state and socket; `restrict_oom_score_adj` because lowering it may be forbidden (nested hosts)."""
    return f"""version = 2
root = "{paths.state}/containerd"
state = "{paths.run}/containerd"

[grpc]
  address = "{paths.containerd_socket}"

[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  sandbox_image = "localhost/pause:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{paths.etc}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "{paths.run}/runc"

[plugins."io.containerd.internal.v1.opt"]
  path = "{paths.state}/containerd-opt"
"""


def network(paths: Paths) -> dict[str, Any]:
    """One bridge; the plugins keep their address leases in our own directory."""
    leases = {"type": "host-local", "dataDir": f"{paths.state}/leases"}
    bridge = {
        "type": "bridge",
        "bridge": machine.BRIDGE,
        "isGateway": True,
        "ipMasq": True,
        "hairpinMode": True,
        "ipam": {**leases, "ranges": [[{"subnet": machine.POD_RANGE}]], "routes": [{"dst": "0.0.0.0/0"}]},
    }
    portmap = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": machine.NETWORK, "plugins": [bridge, portmap]}


def kubelet(paths: Paths) -> dict[str, Any]:
    """Our ports and directories; no eviction and no image collection on a developer's full disk."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "port": ports.KUBELET,
        "healthzBindAddress": "127.0.0.1",
        "healthzPort": ports.KUBELET_HEALTH,
        "tlsCertFile": f"{paths.pki}/kubelet.crt",
        "tlsPrivateKeyFile": f"{paths.pki}/kubelet.key",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{paths.pki}/ca.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "containerRuntimeEndpoint": f"unix://{paths.containerd_socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{machine.CGROUP}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "evictionHard": {},
        "imageGCHighThresholdPercent": 100,
        "makeIPTablesUtilChains": False,
        "oomScoreAdj": 0,
        "clusterDomain": "cluster.local",
        "clusterDNS": [machine.DNS_ADDRESS],
        "podLogsDir": f"{paths.state}/pod-logs",
        "volumePluginDir": f"{paths.state}/volume-plugins",
        "shutdownGracePeriod": "0s",
    }


def proxy(paths: Paths) -> dict[str, Any]:
    """Services by iptables; connection tracking keeps the machine's own limits."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": f"{paths.etc}/proxy.kubeconfig"},
        "hostnameOverride": machine.NODE_NAME,
        "clusterCIDR": machine.POD_RANGE,
        "healthzBindAddress": f"127.0.0.1:{ports.PROXY_HEALTH}",
        "metricsBindAddress": f"127.0.0.1:{ports.PROXY_METRICS}",
        "oomScoreAdj": 0,
        "iptables": {"localhostNodePorts": False, "minSyncPeriod": "100ms"},
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
    }


def corefile(paths: Paths) -> str:
    """Names of the cluster only: pods have no business outside, and tests must not depend on it."""
    return f""".:{ports.DNS} {{
    errors
    health 127.0.0.1:{ports.DNS_HEALTH}
    ready 127.0.0.1:{ports.DNS_READY}
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        kubeconfig {paths.etc}/coredns.kubeconfig
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 5
    }}
    cache 5
}}
"""


def audit() -> dict[str, Any]:
    """One line per finished request, without bodies: tests count writes per user and user agent."""
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [{"level": "Metadata"}],
    }
