"""Writing as ceilometer does and reading as people do, through the catalogue."""

import re

import pytest

from e2e.area import Area
from live import openstack as openstack_module
from live.cluster import Cluster, Manifest
from live.errors import CommandError
from live.openstack import Member, OpenStack
from live.resource import Panko
from live.waiting import until

CORPUS = 21
SENT = re.compile(r"^(\d+) (\S+) (\S+)$", re.MULTILINE)
CREATED = re.compile(r'^panko_events_total{outcome="created"} (\S+)$', re.MULTILINE)
ALL = ("--filter", "all_tenants=True", "--limit", "1000")


@pytest.fixture(scope="module")
def admin(shared: Panko, openstack: OpenStack) -> OpenStack:
    return openstack.acting(OS_REGION_NAME=shared.namespace)


@pytest.fixture(scope="module")
def owner(shared: Panko, openstack: OpenStack) -> Member:
    return openstack.member(f"{shared.namespace}-owner", shared.namespace)


@pytest.fixture(scope="module")
def sent(shared: Panko, openstack: OpenStack, owner: Member) -> dict[str, str]:
    """The corpus, published as that member's doing: message id -> event type."""
    printed = openstack.publish(
        shared.publisher_url(), "--recent", "--store-raw", f"--project={owner.project}", f"--user={owner.user}"
    )
    assert f"{CORPUS} of {CORPUS} events published" in printed
    return {message_id: event_type for _, event_type, message_id in SENT.findall(printed)}


def test_every_event_that_ceilometer_published_is_listed(sent: dict[str, str], admin: OpenStack) -> None:
    listed = {event["message_id"]: event["event_type"] for event in admin.cli("event", "list", *ALL)}
    assert len(sent) == CORPUS
    assert {message_id: listed.get(message_id) for message_id in sent} == sent


def test_the_status_tells_that_events_have_come_and_of_which_services(sent: dict[str, str], shared: Panko) -> None:
    """The operator asks once a minute, perhaps in the middle of the corpus, and writes again after five."""
    assert sent

    def told() -> Manifest | None:
        status: Manifest = shared.live()["status"]
        return status if status.get("ingest", {}).get("published") else None

    status = until(told, "status.ingest of a Panko with events", seconds=150, explain=shared.told)
    assert status is not None
    services = {one["name"] for one in status["ingest"]["services"]}
    assert services & {"nova", "cinder", "neutron", "keystone", "glance"}
    assert status["retention"]["oldestEventTime"] <= status["ingest"]["lastEventTime"]


def test_an_event_is_shown_with_its_typed_traits_and_raw(sent: dict[str, str], owner: Member) -> None:
    created = next(key for key, event_type in sent.items() if event_type == "compute.instance.create.end")
    event = owner.client.cli("event", "show", created)
    assert event["event_type"] == "compute.instance.create.end"
    assert '"name": "memory_mb"' in event["traits"]
    assert '"type": "integer"' in event["traits"]
    assert "debian-12-genericcloud" in str(event["raw"])


def test_types_and_traits_are_listed(sent: dict[str, str], admin: OpenStack) -> None:
    types = [entry["Event Type"] for entry in admin.cli("event", "type", "list")]
    assert set(sent.values()) <= set(types)
    traits = admin.cli("event", "trait", "list", "compute.instance.resize.confirm.end", "memory_mb")
    assert {"name": "memory_mb", "value": "4096", "type": "integer"} in traits
    described = admin.cli("event", "trait", "description", "volume.create.end")
    assert {"name": "size", "type": "integer"} in described


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--sort", "generated:desc", "--limit", "5", "--filter", "all_tenants=True"),
        ("type", "list"),
        ("trait", "list", "compute.instance.create.end", "memory_mb"),
        ("trait", "description", "volume.create.end"),
    ],
    ids=lambda words: " ".join(word for word in words[:2] if not word.startswith("-")),
)
def test_the_command_line_of_before_prints_the_same(
    sent: dict[str, str], admin: OpenStack, words: tuple[str, ...]
) -> None:
    printed = admin.table("event", *words)
    assert len(printed.splitlines()) > len(("+---+", "| name |", "+---+", "+---+"))
    assert admin.of_before().table("event", *words) == printed


def test_a_filter_finds_the_volume_whose_name_is_not_ascii(sent: dict[str, str], owner: Member) -> None:
    found = owner.client.cli("event", "list", "--filter", "display_name=données-1")
    assert {event["event_type"] for event in found} == {"volume.create.start", "volume.create.end", "volume.attach.end"}


def test_a_member_sees_own_acts_and_not_those_of_services(sent: dict[str, str], owner: Member) -> None:
    seen = {event["message_id"] for event in owner.client.cli("event", "list", "--limit", "1000")}
    types = {sent[message_id] for message_id in seen}
    assert seen <= set(sent)
    assert {"compute.instance.create.end", "network.create.end", "snapshot.create.end"} <= types
    assert types.isdisjoint({"port.create.end", "identity.user.created", "image.upload"})


def test_a_member_of_another_project_sees_nothing(sent: dict[str, str], shared: Panko, openstack: OpenStack) -> None:
    other = openstack.member(f"{shared.namespace}-other", shared.namespace)
    assert other.client.cli("event", "list") == []
    with pytest.raises(CommandError, match=r"(?i)not found"):
        other.client.cli("event", "show", next(iter(sent)))


def test_publishing_the_same_notifications_again_stores_nothing_new(shared: Panko, openstack: OpenStack) -> None:
    admin = openstack.acting(OS_REGION_NAME=shared.namespace)
    openstack.publish(shared.publisher_url())
    before = len(admin.cli("event", "list", *ALL))
    assert f"{CORPUS} of {CORPUS} events published" in openstack.publish(shared.publisher_url())
    assert len(admin.cli("event", "list", *ALL)) == before


def test_prometheus_finds_what_was_stored_on_the_port_of_each_pod(
    sent: dict[str, str], shared: Panko, cluster: Cluster
) -> None:
    pages = [cluster.kubectl("get", f"--raw={_metrics_of(pod)}") for pod in shared.pods("api")]
    assert all("\npanko_database_up 1.0\n" in page for page in pages)
    assert sum(float(CREATED.findall(page)[0]) for page in pages) >= len(sent)
    service = f"/api/v1/namespaces/{shared.namespace}/services/{shared.name}-api-pods:metrics/proxy/metrics"
    assert "panko_events_total" in cluster.kubectl("get", f"--raw={service}")


def _metrics_of(pod: Manifest) -> str:
    """Return the path by which the API server passes on to the port that a PodMonitor would ask."""
    ports = [port for container in pod["spec"]["containers"] for port in container["ports"]]
    number = next(port["containerPort"] for port in ports if port["name"] == "metrics")
    metadata = pod["metadata"]
    return f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}:{number}/proxy/metrics"


def test_a_publisher_with_a_wrong_password_is_told_so(shared: Panko, openstack: OpenStack) -> None:
    account = shared.publisher_url()
    wrong = re.sub(r":[^:@/]+@", ":wrong@", account)
    first = openstack_module.corpus()[:1]
    with pytest.raises(CommandError) as refused:
        openstack.publish(wrong, notifications=first)
    assert "401" in refused.value.output
    assert "0 of 1 events published" in refused.value.output


@pytest.mark.early(retention={"timeToLive": "1h"})
def test_the_expirer_deletes_what_is_older_than_the_time_to_live(early: tuple[Area, Panko], cluster: Cluster) -> None:
    area, panko = early
    area.admin.publish(panko.publisher_url())  # the corpus as it is: older than an hour
    area.admin.publish(panko.publisher_url(), "--recent")
    words = ("create", "job", "now", f"--from=cronjob/{panko.name}-expirer", f"--namespace={area.namespace}")
    cluster.kubectl(*words)
    cluster.kubectl("wait", "job/now", "--for=condition=complete", f"--namespace={area.namespace}", "--timeout=90s")
    assert len(area.client.cli("event", "list", *ALL)) == CORPUS
