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
from e2e import demonstration, diagnosis
from e2e.area import Area, Doomed, clear
from e2e.certificates import SECRET as CERTIFICATE
from e2e.certificates import Certificates
from e2e.memcached import Memcached
from live import audit
from live import cluster as clusters
from live.cluster import Cluster
from live.errors import LiveError
from live.installation import Installation
from live.openstack import OpenStack
from live.resource import Panko, merged

HERE = Path(__file__).parent
SETUP_SECONDS = 1800
TINY = {"requests": {"cpu": "20m", "memory": "128Mi"}, "limits": {"cpu": "1", "memory": "640Mi"}}
TEST_SECONDS = 600
FEW = {"api": {"resources": TINY}, "haproxy": {"resources": TINY}}
"""A node of two processors has room for many that ask for no more than this."""
LAST = ("test_rotation.py", "test_rights.py")
"""The first ends by the deletion of `busy`; the second reads in the audit log what all of them did."""
START_SECONDS = 300
"""Several Pankos start at once."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "early(**spec): the fixture `early` is a Panko that begins with the session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bound each test here by more than a unit test needs, and put what needs an order into it."""
    ours = [item for item in items if HERE in item.path.parents]
    for number, item in enumerate(ours):
        item.add_marker(pytest.mark.timeout(TEST_SECONDS if number else SETUP_SECONDS))
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    """Tell how late a test comes: what takes long by itself, and what looks at all that others did, comes last."""
    if item.path.name in LAST:
        return 2 + LAST.index(item.path.name)
    return int("doomed" in getattr(item, "fixturenames", ()))


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
def session_id(operator: Installation, openstack: OpenStack) -> Iterator[str]:
    """What the names of all areas begin with; in the end they are gone."""
    name = f"e2e-{secrets.token_hex(2)}"
    yield name
    clear(openstack, f"{name}-")


@pytest.fixture(scope="session", autouse=True)
def _begin(request: pytest.FixtureRequest) -> None:
    """Apply at once what takes its time to get ready, before any test waits for it."""
    wanted = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    for name in ("shared_applied", "busy_applied", "secured_applied", "early_applied", "doomed"):
        if name in wanted:
            request.getfixturevalue(name)


@pytest.fixture(scope="session")
def shared_applied(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Panko]:
    with Area(openstack, f"{session_id}-shared") as area:
        # Nothing runs at its own time in between: the expirer's next run is on New Year's Day.
        spec = {"replicas": 2, "haproxy": {"replicas": 2}, "retention": {"schedule": "0 0 1 1 *"}}
        yield area.panko("panko", spec)


@pytest.fixture(scope="session")
def shared(shared_applied: Panko) -> Panko:
    """A Panko as the documentation's: two API pods and two of HAProxy. Tests leave it as they found it."""
    shared_applied.wait_ready(seconds=START_SECONDS)
    return shared_applied


@pytest.fixture(scope="session")
def busy_area(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Area]:
    """Where `busy` is."""
    with Area(openstack, f"{session_id}-busy") as area:
        yield area


@pytest.fixture(scope="session")
def busy_memcached(busy_area: Area) -> Memcached:
    """The memcached of `busy` alone."""
    memcached = Memcached(busy_area)
    memcached.apply()
    return memcached


@pytest.fixture(scope="session")
def busy_applied(busy_area: Area, busy_memcached: Memcached) -> Panko:
    # Four pods of it fit on a small node, and an autoscaler has a request to measure by.
    resources = {"requests": {"cpu": "50m", "memory": "192Mi"}, "limits": {"cpu": "1", "memory": "640Mi"}}
    spec = {
        "replicas": 2,
        "haproxy": {"replicas": 2},
        "api": {"resources": resources},
        "rotation": {"retainPrevious": "120s"},
        "memcached": {"servers": [busy_memcached.server]},
    }
    return busy_area.panko("panko", spec)


@pytest.fixture(scope="session")
def busy(busy_applied: Panko) -> Panko:
    """A Panko to be changed, upgraded and rotated under load; `test_rotation.py` deletes it at the end."""
    busy_applied.wait_ready(seconds=START_SECONDS)
    return busy_applied


@pytest.fixture(scope="session")
def secured_area(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Area]:
    """Where `secured` is."""
    with Area(openstack, f"{session_id}-tls") as area:
        yield area


@pytest.fixture(scope="session")
def certificates(secured_area: Area, tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What `secured` shows to clients, and who signs it."""
    name = f"panko.{secured_area.namespace}.svc.cluster.local"
    certificates = Certificates(secured_area, tmp_path_factory.mktemp("authority"), name)
    certificates.give(CERTIFICATE)
    return certificates


@pytest.fixture(scope="session")
def secured_applied(secured_area: Area, certificates: Certificates) -> Panko:
    spec = {"replicas": 2, "haproxy": {"replicas": 2}, "tls": {"secretName": CERTIFICATE}}
    return secured_area.panko("panko", spec)


@pytest.fixture(scope="session")
def secured(secured_applied: Panko) -> Panko:
    """A Panko that speaks TLS."""
    secured_applied.wait_ready(seconds=START_SECONDS)
    return secured_applied


@pytest.fixture(scope="session")
def demonstrated(secured: Panko) -> Panko:
    """`secured`, with the week of the chart's demonstration in it."""
    demonstration.store(secured)
    return secured


@pytest.fixture(scope="session")
def early_applied(
    request: pytest.FixtureRequest, openstack: OpenStack, session_id: str
) -> Iterator[dict[str, tuple[ExitStack, Area, Panko]]]:
    """For each test with the mark `early` a Panko as it says, in an area of its own."""
    marks = {item.nodeid: item.get_closest_marker("early") for item in request.session.items}
    with ExitStack() as rest:
        found = {}
        for number, (test, mark) in enumerate((test, mark) for test, mark in marks.items() if mark):
            stack = rest.enter_context(ExitStack())
            area = stack.enter_context(Area(openstack, f"{session_id}-early-{number}"))
            found[test] = (stack, area, area.panko("panko", merged(FEW, mark.kwargs)))
        yield found


@pytest.fixture
def early(
    early_applied: dict[str, tuple[ExitStack, Area, Panko]], request: pytest.FixtureRequest
) -> Iterator[tuple[Area, Panko]]:
    """The Panko that the mark `early` asks for: it was applied when the session began, and is ready."""
    stack, area, panko = early_applied[request.node.nodeid]
    with stack:
        panko.wait_ready(seconds=START_SECONDS)
        yield area, panko


@pytest.fixture(scope="session")
def doomed(operator: Installation, openstack: OpenStack, session_id: str) -> Iterator[Doomed]:
    """A Panko whose Keystone is gone for good, and which was told to go at the start of the session."""
    with Area(openstack, f"{session_id}-doomed") as area:
        panko = area.panko()
        panko.wait_ready(seconds=START_SECONDS)
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
