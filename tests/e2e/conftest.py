"""The real cluster, the operator on it, and a namespace for each test that wants one."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cluster.paths import REPOSITORY, from_environment
from e2e import diagnosis
from e2e.area import Area, Doomed
from live import audit
from live import cluster as clusters
from live.cluster import Cluster
from live.errors import LiveError
from live.installation import Installation
from live.openstack import OpenStack
from live.resource import Panko

HERE = Path(__file__).parent
SETUP_SECONDS = 1800
TEST_SECONDS = 600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bound each test here by more than a unit test needs, and look last at what takes long by itself."""
    ours = [item for item in items if HERE in item.path.parents]
    for number, item in enumerate(ours):
        item.add_marker(pytest.mark.timeout(TEST_SECONDS if number else SETUP_SECONDS))
    items.sort(key=lambda item: (_is_doomed(item), item.path.name == "test_rights.py"))


def _is_doomed(item: pytest.Item) -> bool:
    return "doomed" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """A cluster with the product's images as they are now; what is up already stays up."""
    if not _answers():
        _verb("up")
    _verb("images", "build")
    _verb("openstack")
    return clusters.from_machine()


@pytest.fixture(scope="session")
def openstack(cluster: Cluster) -> OpenStack:
    return OpenStack(cluster)


@pytest.fixture(scope="session")
def begun(cluster: Cluster) -> audit.Mark:
    """Where the audit log ended before the operator was installed."""
    return audit.mark()


@pytest.fixture(scope="session")
def operator(cluster: Cluster, begun: audit.Mark) -> Installation:
    installation = Installation(cluster)
    installation.by_helm()
    return installation


@pytest.fixture(scope="session")
def session_id() -> str:
    return f"e2e-{secrets.token_hex(2)}"


@pytest.fixture(scope="session")
def shared(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Panko]:
    """A Panko as the documentation's: two API pods and two of HAProxy. Tests leave it as they found it."""
    with Area(openstack, f"{session_id}-shared") as area:
        # Nothing runs at its own time in between: the expirer's next run is on New Year's Day.
        spec = {"replicas": 2, "haproxy": {"replicas": 2}, "retention": {"schedule": "0 0 1 1 *"}}
        panko = area.panko("panko", spec)
        panko.wait_ready(seconds=180)
        yield panko


@pytest.fixture(scope="session", autouse=True)
def _doom(request: pytest.FixtureRequest) -> None:
    """Begin at once what the tests with `doomed` look at in the end."""
    if any(_is_doomed(item) for item in request.session.items):
        request.getfixturevalue("doomed")


@pytest.fixture(scope="session")
def doomed(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Doomed]:
    """A Panko whose Keystone is gone for good, and which was told to go at the start of the session."""
    with Area(openstack, f"{session_id}-doomed") as area:
        panko = area.panko()
        panko.wait_ready(seconds=180)
        panko.patch({"keystone": {"authURL": "http://keystone.invalid:5000/v3"}})
        words = ("delete", "panko", panko.name, f"--namespace={area.namespace}", "--wait=false")
        area.cluster.kubectl(*words)
        yield Doomed(area, panko, time.monotonic())


@pytest.fixture
def area(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Area]:
    """An empty namespace under the restricted standard, with the administrators' Secrets and a region of its own."""
    with ExitStack() as stack:
        yield stack.enter_context(Area(openstack, f"{session_id}-{secrets.token_hex(2)}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Put what a person would look at first beside a failure."""
    report = yield
    if report.failed and call.when != "teardown":
        try:
            report.sections.append(("the cluster", diagnosis.told(clusters.from_machine())))
        except (LiveError, subprocess.TimeoutExpired) as error:
            report.sections.append(("the cluster", str(error)))
    return report


def _answers() -> bool:
    try:
        clusters.from_machine().kubectl("get", "--raw=/readyz", seconds=10)
    except (LiveError, subprocess.TimeoutExpired):
        return False
    return True


def _verb(*words: str) -> None:
    environment = dict(os.environ)
    if environment.get("KUBECONFIG") == str(from_environment(os.environ).kubeconfig):
        del environment["KUBECONFIG"]
    argv = [sys.executable, REPOSITORY / "tests" / "cluster", *words]
    subprocess.run(argv, env=environment, check=True, timeout=SETUP_SECONDS)
