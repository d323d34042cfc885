"""A real one-node Kubernetes cluster on this machine, and an OpenStack in it: `python3 tests/cluster <verb>`."""

import fcntl
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import binaries
import cloud
import down
import images
import kubectl
import packages
import product
import status
import up
from errors import ClusterError
from kubectl import Kubectl
from paths import Paths, from_environment
from progress import say

USAGE = """usage: python3 tests/cluster <verb>

  packages          install the Debian packages of the servers and the browser that the functional tests start
  binaries          build the programs of the cluster, helm among them; once
  up                bring the cluster up, or start again what does not run
  restart apiserver end the API server, and start it again
  images            build the cluster's own images and load them
  images build      build the product's images (localhost/panko:dev, localhost/panko-operator:dev) and load them
  openstack         run the cluster's own OpenStack: databases, memcached, Keystone, a client
  status            show what runs, and where
  down              end the cluster and remove what it left on this machine (the caches stay)
"""


def _up(paths: Paths) -> None:
    if _foreign() is None:
        up.announce(up.up(paths), paths)
    else:
        up.check(_client(paths))


def _binaries(paths: Paths) -> None:
    packages.install(packages.CLUSTER)
    for wanted in binaries.ALL:
        binaries.build(wanted, paths)


def _images(paths: Paths) -> None:
    packages.install(packages.BUILD)
    images.provide(images.ALL, paths)


def _product(paths: Paths) -> None:
    packages.install(packages.BUILD)
    product.provide(paths)


def _openstack(paths: Paths) -> None:
    packages.install(packages.BUILD)
    images.provide((images.HAPROXY, *images.OPENSTACK), paths)
    cloud.up(_client(paths))


VERBS: dict[tuple[str, ...], Callable[[Paths], None]] = {
    ("packages",): lambda _paths: packages.install(packages.SERVERS),
    ("binaries",): _binaries,
    ("up",): _up,
    ("restart", "apiserver"): lambda paths: up.announce(up.restart("apiserver", paths), paths),
    ("images",): _images,
    ("images", "build"): _product,
    ("openstack",): _openstack,
    ("status",): lambda paths: status.show(_client(paths), paths),
    ("down",): down.down,
}


def main(words: Sequence[str]) -> int:
    """Carry out one verb and return the exit status."""
    verb = VERBS.get(tuple(words))
    if verb is None:
        print(USAGE, file=sys.stderr)
        return 2
    paths = from_environment(os.environ)
    start = time.monotonic()
    try:
        with _alone(paths):
            verb(paths)
    except ClusterError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    say(f"\n{' '.join(words)}: {time.monotonic() - start:.1f} s")
    return 0


def _foreign() -> Path | None:
    """Return the kubeconfig of a cluster that is not ours, when the environment names one."""
    named = os.environ.get("KUBECONFIG")
    ours = from_environment(os.environ).kubeconfig
    return Path(named) if named and Path(named) != ours else None


def _client(paths: Paths) -> Kubectl:
    return Kubectl(kubectl.program(paths), _foreign() or paths.kubeconfig)


@contextmanager
def _alone(paths: Paths) -> Iterator[None]:
    """Let one verb work at a time; the lock ends with the process that holds it."""
    paths.cache.mkdir(parents=True, exist_ok=True)
    with paths.lock.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("  … another `tests/cluster` is at work; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
