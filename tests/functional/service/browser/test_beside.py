"""An event beside the list takes its room from the list and the filter: both can be read and used while it is open."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from panko_client import moments
from servers.explored_week import BRUNO, DANA

WIDTHS = (390, 600, 799, 800, 940, 1099, 1100, 1180, 1279, 1280, 1360, 1440, 1599, 1600, 1760, 1920)
LONG = f"outcome:failed -display_name:{'x' * 90} -host:nowhere-1,nowhere-2,nowhere-3 -type:absent.*"
# The beginnings of what, of the bar above the list, of its first row and of the bars, ends further right than it may.
BEYOND = """(edge) => [
    ...document.querySelectorAll("form.search, form.search > *, .under > *, .chip, .span > *, figure, .after"),
    ...document.querySelector("tr.event").cells,
].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge)
    .map((one) => one.outerHTML.slice(0, 60))"""


def listing(week, **arguments):
    """A list of the whole week, whose range is a long text."""
    begin, end = (moments.written(week.events[place].generated) for place in (0, -1))
    return f"/explore/?{urlencode({'all_projects': 'true', 'from': begin, 'to': end} | arguments)}"


def sized(page, width):
    page.set_viewport_size({"width": width, "height": 800})


def opened(page):
    """Open the first event of the list; return what is beside the list."""
    page.locator("tr.event").first.get_by_role("link").first.click()
    panel = page.get_by_role("region", name="Event")
    expect(panel.get_by_role("table", name="Traits")).to_be_visible()
    return panel


@pytest.mark.parametrize("words", ["outcome:failed", LONG], ids=["short", "long"])
def test_nothing_of_the_filter_and_the_list_is_under_an_event(look, explored, words):
    page = look(DANA, listing(explored.week, filter=words))
    panel, box = opened(page), page.get_by_role("searchbox", name="Filter")
    for width in (1100, 1279, 1280, 1440, 1600, 1920):
        sized(page, width)
        edge = panel.bounding_box()["x"]
        assert page.evaluate(BEYOND, edge) == [], width
        assert box.bounding_box()["width"] >= 240, width
        assert page.locator("tr.event td.what").first.bounding_box()["width"] >= 200, width


def test_the_list_takes_all_of_its_room_back(look, explored):
    page = look(BRUNO, "/explore/?from=-8d")
    parts = [page.get_by_role("search"), page.locator("figure"), page.locator("table.events")]
    before = [part.bounding_box() for part in parts]
    panel = opened(page)
    assert [part.bounding_box()["width"] < box["width"] for part, box in zip(parts, before, strict=True)] == [True] * 3
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert [part.bounding_box() for part in parts] == before
    page.go_back()
    expect(panel).to_be_visible()
    page.go_back()
    expect(panel).to_be_hidden()
    assert [part.bounding_box() for part in parts] == before


def test_the_filter_is_written_and_sent_while_an_event_is_open(look, explored):
    page = look(DANA, listing(explored.week))
    opened(page)
    page.keyboard.press("/")
    page.keyboard.type("outcome:failed")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("list", name="The filter")).to_contain_text("outcome:failed")
    opened(page)
    page.get_by_text("queries", exact=True).click()
    page.get_by_role("link", name=re.compile("^Deletions")).click()
    expect(page.get_by_role("list", name="The filter")).to_contain_text("delete")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_no_width_moves_it_sideways(look, explored, script):
    event = explored.week.events[-2].message_id
    for more in ({}, {"event": event}, {"event": event, "filter": LONG}):
        page = look(DANA, listing(explored.week, **more), java_script_enabled=script)
        page.wait_for_load_state()
        for width in WIDTHS:
            sized(page, width)
            assert page.evaluate("document.documentElement.scrollWidth") == width, (more, width)
