"""A login at an identity provider, by a browser that really goes to Keystone, which is another site, and comes back."""

import re

import pytest
from playwright.sync_api import expect

from servers.chromium import windows
from servers.database_server import free_port
from servers.explorer import explorer, store_one
from servers.federation import PROTOCOL, federated
from servers.identity_provider import IdentityProvider

WANTED = "/explore/?filter=type:compute.instance.*&from="
PROJECTS = ("lab", "shop")


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def keystone(port):
    with federated(f"http://localhost:{port}/explore/websso", projects=PROJECTS) as keystone:
        yield keystone


@pytest.fixture(scope="module")
def door(keystone):
    """Where browsers reach Keystone."""
    with IdentityProvider(keystone.origin) as door:
        yield door


@pytest.fixture(scope="module")
def api(keystone, door, port, tmp_path_factory):
    more = f"websso = Corporate login={PROTOCOL}\nwebsso_url = {door.url}"
    with explorer(tmp_path_factory.mktemp("websso"), keystone.url, more=more, port=port) as api:
        yield api


@pytest.fixture(scope="module")
def stored(api, keystone):
    """The id of an event of one of the projects."""
    return store_one(api, keystone)


@pytest.fixture
def page(browser, api, door):
    """A window, from which no other host may be asked than the page's and Keystone's."""
    with windows(browser, f"http://localhost:{api.port}", door.url) as open_:
        yield open_()


def test_who_logs_in_at_the_identity_provider_chooses_a_project_and_is_where_they_wanted_to_be(page, door, stored):
    page.goto(WANTED)
    page.get_by_role("link", name="Log in with Corporate login").click()
    expect(page).to_have_url(re.compile(re.escape(f"{door.url}/v3/auth/OS-FEDERATION/websso/{PROTOCOL}?origin=")))
    page.get_by_label("Who are you?").fill("pia@example.org")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Choose a project")).to_be_visible()
    page.get_by_role("button", name="shop").click()
    expect(page).to_have_url(re.compile(r"/explore/\?filter=type.*&from=$"))
    header = page.get_by_role("banner")
    expect(header.get_by_role("link", name="shop")).to_be_visible()
    expect(header).to_contain_text("pia@example.org")
    expect(page.locator("tr.event")).to_have_count(1)
    expect(page.locator("tr.event")).to_have_attribute("data-id", stored)
    page.reload()
    expect(page.locator("tr.event")).to_have_count(1)
    assert [cookie["name"] for cookie in page.context.cookies() if "websso" in cookie["name"]] == []  # used once
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(WANTED)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_login_that_a_page_elsewhere_began_is_not_taken(page, api, door, stored):
    page.goto(f"{door.url}/v3/auth/OS-FEDERATION/websso/{PROTOCOL}?origin=http://localhost:{api.port}/explore/websso")
    page.get_by_label("Who are you?").fill("mallory@example.org")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="You are not logged in")).to_be_visible()
    expect(page.get_by_text("This login was not begun here")).to_be_visible()
    page.goto(WANTED)
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
