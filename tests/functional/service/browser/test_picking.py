"""Values are picked, bars drawn over and events opened beside: list and URL follow at once, and Back undoes it."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from panko_client import moments
from servers.explored_week import BRUNO, DANA
from servers.screens import draw_over, starts, times

FAILED = "/explore/?all_projects=true&from=-36h&filter=outcome:failed"  # counts take a while on a busy machine
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def facet(page, title):
    return page.locator("section").filter(has=page.get_by_role("heading", name=title, exact=True))


def counted(item):
    return int(item.locator(".count").inner_text().replace(",", ""))


def total(page):
    """How many events the bars show."""
    page.wait_for_load_state()
    return int(re.match(r"[\d,]+", page.locator("figcaption .said").inner_text())[0].replace(",", ""))


def said(page, name):
    return parse_qs(urlsplit(page.url).query)[name][0]


def test_values_are_counted_beside_the_list_and_picked_for_and_against(look):
    page = look(DANA, FAILED)
    chips, before = page.get_by_role("list", name="The filter"), total(page)
    assert counted(facet(page, "outcome").get_by_role("listitem").first) == before
    host = facet(page, "host").get_by_role("listitem").first
    name, count = host.locator("bdi").inner_text(), counted(host)
    host.get_by_role("link", name=f"Only host {name}").click()
    expect(chips).to_contain_text(f"host:{name}")
    assert total(page) == count < before
    expect(facet(page, "host").get_by_role("listitem")).to_have_count(1)
    kind = facet(page, "type").get_by_role("listitem").first
    left = count - counted(kind)
    kind.get_by_role("link", name=re.compile("^Without type")).click()
    expect(chips).to_contain_text("not type:")
    assert total(page) == left
    for expected in (count, before):
        page.go_back()
        expect(page.locator("figcaption .said")).to_contain_text(f"{expected} event")


def test_without_script_values_are_a_screen_that_leads_back_to_the_list(look):
    page = look(DANA, FAILED, java_script_enabled=False)
    before = total(page)
    page.get_by_role("link", name=re.compile("^Count by")).click()
    assert counted(facet(page, "outcome").get_by_role("listitem").first) == before
    page.get_by_role("link", name=re.compile("^Only host")).first.click()
    expect(page.get_by_role("list", name="The filter")).to_contain_text("host:")
    assert 0 < total(page) < before


def test_on_a_telephone_values_are_folded_until_they_are_wanted(look):
    page = look(BRUNO, "/explore/?from=-7d", **TELEPHONE)
    title = page.get_by_role("heading", name="type", exact=True)
    expect(title).to_be_hidden()
    page.get_by_text("Values", exact=True).tap()
    expect(title).to_be_visible()
    page.get_by_role("link", name=re.compile("^Only type")).first.tap()
    expect(page.get_by_role("list", name="The filter")).to_contain_text("type:")


def test_bars_are_drawn_over_to_look_closer_and_clicked_twice_to_look_wider(look):
    page = look(DANA, "/explore/?all_projects=true&from=-8d")
    caption = page.locator("figcaption")
    before, told = page.url, caption.text_content()
    begins = [moments.read(start) for start in starts(page)]
    draw_over(page, 20, 30)
    expect(page).to_have_url(re.compile("from=20.*to=20"))
    assert [moments.read(said(page, name)) for name in ("from", "to")] == [begins[20], begins[31]]
    expect(caption).not_to_have_text(told)
    found = times(page)
    assert found
    assert all(begins[20] <= moments.read(one) < begins[31] for one in found)
    wider = page.get_by_role("link", name="zoom out").get_attribute("href")
    page.locator("figure svg").dblclick()
    expect(page).to_have_url(re.compile(re.escape(wider) + "$"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(before)
    expect(caption).to_have_text(told)


def test_an_event_opens_beside_the_list_and_its_url_opens_it_again(look):
    page = look(DANA, FAILED)
    rows, panel = page.locator("tr.event"), page.get_by_role("region", name="Event")
    first, second = rows.evaluate_all("all => all.map(row => row.dataset.id)")[:2]
    for place, wanted in ((0, first), (1, second)):
        rows.nth(place).get_by_role("link").first.click()
        expect(panel).to_contain_text(wanted)
        expect(page).to_have_url(re.compile(f"event={wanted}"))
    page.go_back()
    expect(panel).to_contain_text(first)
    page.go_back()
    expect(panel).to_be_hidden()
    page.go_forward()
    expect(panel).to_contain_text(first)
    page.wait_for_load_state()
    listed = rows.count()
    page.reload()
    expect(panel).to_contain_text(first)
    expect(rows).to_have_count(listed)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(rows.first.get_by_role("link").first).to_be_focused()
    expect(page).not_to_have_url(re.compile("event="))


def test_keys_go_through_events_beside_the_list(look):
    page = look(DANA, FAILED)
    rows, panel = page.locator("tr.event"), page.get_by_role("region", name="Event")
    wanted = rows.evaluate_all("all => all.map(row => row.dataset.id)")
    for key, place in (("j", None), ("Enter", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        if place is not None:
            expect(panel).to_contain_text(wanted[place])
    panel.get_by_role("link", name="Open on its own").click()
    expect(page).to_have_url(re.compile(f"/explore/events/{wanted[1]}"))
