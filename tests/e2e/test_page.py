"""What people come to the page for, in a real browser: the demonstration's week, in pods, with a real Keystone."""

import csv
import functools
import io
import json
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from e2e.area import Area
from e2e.certificates import Certificates
from e2e.demonstration import SEED
from live import browser as browsers
from live.openstack import Member, OpenStack, corpus
from live.resource import Panko
from panko_client import moments
from panko_client.demo import Planted, week
from servers.chromium import windows
from servers.screens import draw_over, ids, log_in, rows, search, starts, times

ALL = "all_projects=true&from=-8d"  # a week, whose first event does not leave the range meanwhile
BEGUN, ENDED = "compute.instance.create.start", "compute.instance.create.end"

Window = Callable[..., Page]


@pytest.fixture(scope="module")
def planted() -> Planted:
    return week(SEED, datetime.now(UTC)).planted


@pytest.fixture(scope="module")
def client(secured_area: Area, certificates: Certificates) -> OpenStack:
    return certificates.trusted(secured_area.client)


@pytest.fixture(scope="module")
def admin(demonstrated: Panko) -> tuple[str, str]:
    """Name and password of the cloud's administrator."""
    secret = demonstrated.secret("keystone-admin")
    return secret["OS_USERNAME"], secret["OS_PASSWORD"]


@pytest.fixture
def owner(demonstrated: Panko, openstack: OpenStack) -> Member:
    """A member of a project in which nothing has happened."""
    return openstack.member(f"{demonstrated.namespace}-{secrets.token_hex(2)}", demonstrated.namespace)


@pytest.fixture(scope="module")
def browser(demonstrated: Panko, openstack: OpenStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browsers.beside(openstack.pod(), demonstrated, tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def window(browser: Browser, demonstrated: Panko) -> Iterator[Window]:
    """Open windows of people who have nothing of the page yet, and believe its certificate."""
    with windows(browser, demonstrated.url) as open_:
        yield functools.partial(open_, ignore_https_errors=True)


@pytest.fixture(scope="module")
def session(browser: Browser, demonstrated: Panko, admin: tuple[str, str]) -> StorageState:
    """The cookies of an admin who has logged in."""
    with windows(browser, demonstrated.url) as open_:
        page = open_(ignore_https_errors=True)
        page.goto("/explore/login")
        log_in(page, *admin)
        expect(page.get_by_role("button", name="Log out")).to_be_visible()
        return page.context.storage_state()


@pytest.fixture
def look(window: Window, session: StorageState) -> Callable[[str], Page]:
    """Open a screen as an admin."""

    def open_(path: str) -> Page:
        page = window(storage_state=session)
        page.goto(path)
        return page

    return open_


def test_a_link_to_a_failed_create_asks_for_a_login_and_leads_to_its_story_and_its_request(
    window: Window, demonstrated: Panko, admin: tuple[str, str], client: OpenStack, planted: Planted
) -> None:
    server, request = planted.failed_creates[0]
    link = f"/explore/?{ALL}&filter={quote(f'resource:{server} outcome:failed')}"
    page = window()
    page.goto(link)
    log_in(page, *admin)
    expect(page).to_have_url(f"{demonstrated.url}{link}")
    rows(page).filter(has_text="failed").first.get_by_role("link").first.click()
    panel = page.get_by_role("region", name="Event")
    panel.get_by_role("link", name=re.compile("^Story of")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(server)
    operations = page.get_by_role("region", name="Operations").get_by_role("listitem")
    expect(operations.filter(has_text="✕").first).to_be_visible()
    page.go_back()
    panel.get_by_role("link", name="Its request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(request)
    steps = page.get_by_role("region", name="Steps").get_by_role("listitem")
    expect(steps.filter(has_text="first failure")).to_have_count(1)
    printed = client.run("openstack", "event", "trace", "--all-projects", "-f", "ndjson", request)
    told = [json.loads(line) for line in printed.splitlines()]
    expect(steps).to_have_count(len(told))
    for step, one in zip(steps.all(), told, strict=True):
        expect(step).to_contain_text(one["operation"])
    assert sorted(ids(page)) == sorted(each for one in told for each in one["message_ids"])
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_an_admin_sees_how_events_come_in(look: Callable[[str], Page]) -> None:
    page = look("/explore/")
    page.get_by_role("navigation", name="Screens").get_by_role("link", name="Pipeline").click()
    services = page.get_by_role("table", name="By service").get_by_role("row")
    for name in ("nova", "cinder", "keystone"):
        expect(services.filter(has_text=name).first).to_contain_text(" ago")


def test_failed_logins_are_drawn_over_looked_at_and_taken_as_a_file(
    look: Callable[[str], Page], planted: Planted
) -> None:
    burst = planted.failed_logins
    page = look(f"/explore/?{ALL}&filter={quote('type:identity.* outcome:failed')}")
    before, caption = page.url, page.locator("figcaption .said")
    told = caption.inner_text()
    begins = [moments.read(start) for start in starts(page)]
    place = max(place for place, start in enumerate(begins) if start <= burst.since)
    draw_over(page, place - 1, place + 1)
    expect(page).to_have_url(re.compile("from=20.*to=20"))
    expect(caption).not_to_have_text(told)
    found = [moments.read(one) for one in times(page)]
    assert len(found) >= burst.count
    assert begins[place - 1] <= min(found) <= max(found) < begins[place + 2]
    page.go_back()
    expect(page).to_have_url(before)
    expect(caption).to_have_text(told)
    search(page, f"initiator_host_addr:{burst.address}")
    expect(caption).to_contain_text(f"{burst.count} events, {burst.count} failed")
    listed = ids(page)
    page.get_by_text("Export and copy", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV", exact=True).click()
    table = csv.DictReader(io.StringIO(Path(started.value.path()).read_text(), newline=""))
    assert [row["message_id"] for row in table] == listed
    assert len(listed) == burst.count


def test_what_never_ended_says_so(look: Callable[[str], Page], planted: Planted) -> None:
    stuck, _ = planted.stuck_resize
    page = look(f"/explore/resources/{stuck}?all_projects=true")
    operations = page.get_by_role("region", name="Operations").get_by_role("listitem")
    expect(operations.filter(has_text="began to resize")).to_contain_text("no end seen")


def test_a_member_pastes_the_id_of_a_server_and_sees_how_its_create_ends(
    window: Window, demonstrated: Panko, client: OpenStack, owner: Member
) -> None:
    noted = {one["event_type"]: one for one in corpus()}
    begun = noted[BEGUN]
    ended = noted[ENDED] | {"ctxt": begun["ctxt"]}  # of the same request
    whose = (f"--project={owner.project}", f"--user={owner.user}")

    def publish(one: dict) -> None:
        assert "1 of 1" in client.publish(demonstrated.publisher_url(), "--recent", *whose, notifications=[one])

    publish(begun)
    page = window()
    page.goto("/explore/")
    log_in(page, owner.name, owner.password())
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_role("link", name="Pipeline")).to_have_count(0)
    search(page, begun["payload"]["instance_id"])
    expect(page.get_by_role("heading", level=1)).to_contain_text(begun["payload"]["display_name"])
    operation = page.get_by_role("region", name="Operations").get_by_role("listitem")
    expect(operation).to_contain_text("running for")
    publish(ended)
    expect(operation).to_contain_text("✓")
    expect(rows(page)).to_have_count(2)
