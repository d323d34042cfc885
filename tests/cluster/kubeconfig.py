"""Kubeconfig files, written as JSON (which is YAML); each holds one user's client certificate by content."""

import base64
import json
from pathlib import Path
from typing import Any

import ports
import textfile
from paths import Paths

USERS = ("controller-manager", "scheduler", "proxy", "coredns", "node")


def create(paths: Paths) -> None:
    """Write the kubeconfig of every component and of the administrator, readable by root only."""
    paths.etc.mkdir(parents=True, exist_ok=True)
    for user in USERS:
        _write(paths.etc / f"{user}.kubeconfig", render(paths.pki, user))
    _write(paths.kubeconfig, render(paths.pki, "admin"))


def render(pki: Path, user: str) -> dict[str, Any]:
    """Build the kubeconfig of one user."""
    cluster = {
        "server": f"https://127.0.0.1:{ports.APISERVER}",
        "certificate-authority-data": _encoded(pki / "ca.crt"),
    }
    credentials = {
        "client-certificate-data": _encoded(pki / f"{user}.crt"),
        "client-key-data": _encoded(pki / f"{user}.key"),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "panko-cluster", "cluster": cluster}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": "panko-cluster", "context": {"cluster": "panko-cluster", "user": user}}],
        "current-context": "panko-cluster",
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    textfile.write(path, json.dumps(content, indent=1))


def _encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
