"""What is around every screen: light and dark, how new events are, who is there, and questions that somebody keeps."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from servers.explored_week import BRUNO, DANA, ERIKA, log_in


def brightness(page):
    """How bright a page is, from 0 to 255."""
    written = page.locator("body").evaluate("it => getComputedStyle(it).backgroundColor")
    red, green, blue, *_ = map(float, re.findall(r"[\d.]+", written))
    return max(red, green, blue)


def test_somebody_chooses_light_or_dark_and_keeps_it_from_screen_to_screen(look):
    page = look(BRUNO, "/explore/?from=-1h", color_scheme="light")
    light = brightness(page)
    theme = page.get_by_role("button", name=re.compile("^Theme"))
    for chosen, other in (("light", "dark"), ("dark", "auto")):
        theme.click()
        expect(theme).to_have_accessible_name(f"Theme: {chosen}, change to {other}")
        expect(page).to_have_url(re.compile("from=-1h$"))
    assert brightness(page) < light / 2
    page.goto("/explore/compare")
    assert brightness(page) < light / 2
    theme.click()
    expect(theme).to_have_accessible_name("Theme: auto, change to light")
    assert brightness(page) == light


def test_an_admin_sees_how_new_events_are_and_of_which_services(look):
    page = look(DANA, "/explore/")
    expect(page.get_by_text(re.compile(r"last event \d+ (s|min) ago"))).to_be_visible()
    page.get_by_role("link", name="Pipeline").click()
    expect(page.get_by_role("heading", name="How events come in")).to_be_visible()
    services = page.get_by_role("table", name="By service").get_by_role("row")
    expect(services.filter(has_text="nova").first).to_contain_text(" ago")
    member = look(BRUNO, "/explore/")
    expect(member.get_by_role("link", name="Pipeline")).to_have_count(0)
    member.goto("/explore/pipeline")
    expect(member.get_by_role("heading", name="You may not see this")).to_be_visible()


@pytest.fixture
def credential(explored):
    """An application credential of somebody who has two projects, in the first one."""
    token = explored.keystone.token(ERIKA.name, ERIKA.password, project=ERIKA.projects[0])
    answer = httpx.post(
        f"{explored.keystone.url}/users/{explored.ids[ERIKA.name]}/application_credentials",
        json={"application_credential": {"name": "page"}},
        headers={"X-Auth-Token": token},
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["application_credential"]


def test_an_application_credential_leads_to_its_project(window, credential):
    page = window()
    page.goto("/explore/?from=-7d&filter=type:compute.*")
    page.get_by_text("With an application credential").click()
    page.get_by_label("Its id").fill(credential["id"])
    page.get_by_label("Its secret").fill(credential["secret"])
    page.get_by_role("button", name="Log in to its project").click()
    expect(page).to_have_url(re.compile(r"from=-7d&filter=type"))
    header = page.get_by_role("banner")
    expect(header).to_contain_text(ERIKA.name)
    expect(header).to_contain_text(ERIKA.projects[0])
    expect(page.locator("tr.event").first).to_be_visible()


def test_another_project_is_chosen_where_somebody_is(window):
    page = window()
    page.goto("/explore/?from=-7d&filter=type:compute.*")
    log_in(page, ERIKA)
    first, second = (page.get_by_role("banner").get_by_role("link", name=project) for project in ERIKA.projects)
    first.click()
    page.get_by_role("button", name=ERIKA.projects[1]).click()
    expect(second).to_be_visible()
    expect(page).to_have_url(re.compile(r"from=-7d&filter=type"))
    expect(page.locator("tr.event").first).to_be_visible()


def test_a_wrong_password_is_told_and_whoever_leaves_has_left(window):
    page = window()
    page.goto("/explore/requests/req-1")
    wanted = page.url
    page.get_by_label("Name", exact=True).fill(BRUNO.name)
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Keystone does not know this name with this password")
    log_in(page, BRUNO)
    expect(page.get_by_role("heading", name="No event of this request")).to_be_visible()
    assert urlsplit(page.url).path == "/explore/requests/req-1" != urlsplit(wanted).path
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto("/explore/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_question_is_kept_by_a_name_until_it_is_forgotten(look):
    page = look(BRUNO, "/explore/?from=-7d&filter=outcome:failed")
    queries = page.get_by_text("queries", exact=True)
    queries.click()
    page.get_by_placeholder("Name of this query").fill("<b>what broke</b>")
    page.get_by_role("button", name="Save").click()
    page.goto("/explore/")
    queries.click()
    page.get_by_role("link", name="<b>what broke</b>").click()
    expect(page.get_by_role("searchbox", name="Filter")).to_have_value("outcome:failed")
    expect(page).to_have_url(re.compile("from=-7d"))
    queries.click()
    page.get_by_role("button", name=re.compile("^Forget")).click()
    expect(page.get_by_role("link", name="<b>what broke</b>")).to_have_count(0)
    page.reload()
    queries.click()
    expect(page.get_by_role("link", name="<b>what broke</b>")).to_have_count(0)
