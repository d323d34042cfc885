"""The page for everybody: with a screen reader, with keys alone, without script, and on a telephone."""

import re
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from panko_client import moments
from servers.explored_week import BRUNO, DANA, ERIKA, log_in

TELEPHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
CALM = {"reduced_motion": "reduce"}  # a colour in between is none that axe should see
BESIDE = ".facets"  # what script loads into a screen; without it that is a screen of its own
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


def listing(week, **arguments):
    """A list of the whole week, which is the same whenever it is looked at."""
    begin, end = (moments.written(week.events[place].generated) for place in (0, -1))
    return f"/explore/?{urlencode({'all_projects': 'true', 'from': begin, 'to': end} | arguments)}"


def of_event(week, place=-1):
    return week.events[place].message_id


SCREENS = {
    "events": listing,
    "values": lambda week: listing(week).replace("/explore/?", "/explore/facets?"),
    "nothing that fits": lambda week: listing(week, filter="type:absent outcome:failed"),
    "a filter that cannot be read": lambda week: listing(week, filter="outcome:failed web"),
    "nothing here": lambda _week: "/explore/events/absent",
    "an event": lambda week: f"/explore/events/{of_event(week)}?all_projects=true",
    "a story": lambda week: f"/explore/resources/{week.planted.stuck_resize[0]}?all_projects=true&limit=100",
    "a request": lambda week: f"/explore/requests/{week.planted.failed_creates[1][1]}?all_projects=true",
    "two events": lambda week: (
        f"/explore/compare?a={of_event(week)}&b={of_event(week, -2)}&same=true&all_projects=true"
    ),
    "an event to compare": lambda week: f"/explore/compare?a={of_event(week)}",
    "an event beside the list": lambda week: listing(week, event=of_event(week, -2)),
    "projects": lambda _week: "/explore/login/project",
    "a login": lambda _week: "/explore/login",
}

# These are others a moment later.
LIVELY = {
    "a list that goes on": lambda _week: "/explore/?all_projects=true&live=1",
    "how events come in": lambda _week: "/explore/pipeline",
}


@pytest.fixture(params=SCREENS)
def still(request, explored):
    """The URL of each screen that stays as it is."""
    return SCREENS[request.param](explored.week)


@pytest.fixture(params=SCREENS | LIVELY)
def path(request, explored):
    """The URL of each screen."""
    return (SCREENS | LIVELY)[request.param](explored.week)


def violations(page, *rules):
    """What axe finds, by these rules, or by all of them."""
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    found = Axe().run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [(one["id"], node["target"], node["failureSummary"]) for one in found for node in one["nodes"]]


def test_axe_finds_nothing_in_the_light_nor_in_the_dark(look, path):
    page = look(DANA, path, **CALM)
    page.wait_for_load_state("networkidle")
    page.evaluate(OPEN)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []


def test_the_list_that_axe_has_seen_is_a_long_one(look, explored):
    page = look(DANA, listing(explored.week))
    expect(page.locator("tr.event")).to_have_count(100)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert violations(page) == []


def test_a_telephone_shows_all_of_it_without_moving_it_sideways(look, path):
    page = look(DANA, path, **TELEPHONE)
    page.evaluate(OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    beyond = page.evaluate(
        """() => [...document.querySelectorAll("main :is(a, button, input, select, summary, h1, h2, p, td)")]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().left >= 390)
            .map((one) => one.outerHTML)"""
    )
    assert beyond == []


def test_without_script_a_screen_has_the_same_links_and_texts(look, still):
    def shown(*, runs):
        page = look(DANA, still, java_script_enabled=runs)
        links = page.locator(f"a[href]:not({BESIDE} a)").evaluate_all("all => all.map(one => one.getAttribute('href'))")
        said = page.locator(f"main :is(h1, h2, caption, th, td, figcaption, li, p):not({BESIDE} *)").all_inner_texts()
        # What goes on, or has no end, goes on meanwhile.
        return sorted(links), [re.sub(r"\d+", "0", text) for text in said if text.strip()]

    for _ in range(3):  # a search that had no time left, with or without script, shows a part and says so
        with_script, without = shown(runs=True), shown(runs=False)
        if with_script == without:
            break
    assert with_script == without


def test_without_script_somebody_logs_in_searches_and_follows_what_they_find(window, explored):
    server = explored.week.planted.stuck_resize[0]
    page = window(java_script_enabled=False)
    page.goto(f"/explore/?filter=resource:{server}")
    log_in(page, ERIKA)
    expect(page.get_by_role("list", name="The filter")).to_contain_text(server)
    page.get_by_role("combobox", name="Range of time").select_option("Last 7 days")
    page.get_by_role("searchbox", name="Filter").fill(f"resource:{server} type:compute.instance.resize*")
    page.get_by_role("button", name="Search").click()
    rows = page.locator("tr.event")
    expect(rows.first).to_contain_text("resize")
    rows.first.get_by_role("link").first.click()
    expect(page.get_by_role("table", name="Traits")).to_contain_text(server)
    page.get_by_role("link", name=re.compile("^Story of")).first.click()
    expect(page).to_have_url(re.compile(f"/explore/resources/{server}"))
    expect(page.get_by_role("region", name="Operations")).to_contain_text("no end seen")
    page.get_by_role("link", name="Events", exact=True).click()
    expect(rows.first).to_be_visible()
    page.get_by_role("link", name="Load earlier").click()
    expect(rows.first).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_keys_find_a_row_open_it_and_compare_it_with_another(look, explored):
    page = look(DANA, listing(explored.week))
    press, rows = page.keyboard.press, page.locator("tr.event")
    said = [rows.nth(place).get_by_role("link").first for place in range(3)]
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        press(key)
        expect(said[place]).to_be_focused()
    wanted = rows.evaluate_all("all => all.map(row => row.dataset.id)")
    press("x")
    press("j")
    press("x")
    expect(page.get_by_role("heading", name="Compare two events")).to_be_visible()
    expect(page.get_by_role("textbox", name="first")).to_have_value(wanted[1])
    expect(page.get_by_role("textbox", name="second")).to_have_value(wanted[2])
    page.go_back()
    press("j")
    expect(said[0]).to_be_focused()
    press("Enter")
    expect(page.get_by_text(wanted[0]).first).to_be_visible()


def test_keys_reach_every_part_of_the_list(look):
    page = look(BRUNO, "/explore/")
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    press("t")
    expect(page.get_by_role("combobox", name="Range of time")).to_be_focused()
    press("a")
    expect(page.get_by_label("from", exact=True)).to_be_focused()
    press("Escape")
    press("e")
    expect(page.get_by_role("link", name="CSV")).to_be_visible()
    press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    press("/")
    box = page.get_by_role("searchbox", name="Filter")
    expect(box).to_be_focused()
    page.keyboard.type("outcome:failed")
    press("Enter")
    expect(page.get_by_role("list", name="The filter")).to_contain_text("outcome:failed")
    expect(page).to_have_url(re.compile("filter=outcome"))


def test_what_has_the_focus_can_be_seen(look):
    page = look(BRUNO, "/explore/")
    unseen = []
    for key in (*["Tab"] * 20, "j", *["Tab"] * 20):
        page.keyboard.press(key)
        unseen += page.evaluate(
            """() => {
                const it = document.activeElement, style = getComputedStyle(it);
                const is_seen = style.outlineStyle !== "none" || it.closest("figure");
                return is_seen ? [] : [it.outerHTML];
            }"""
        )
    assert unseen == []
