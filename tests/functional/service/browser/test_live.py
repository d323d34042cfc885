"""A list that goes on by itself: what comes is on top, and nothing moves under somebody who reads."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from servers.explored_week import BRUNO


@pytest.fixture
def happens(explored):
    """Something happens; its name is returned."""

    def happen():
        name = f"web-{uuid4().hex[:6]}"
        explored.post(explored.event("compute.instance.create.end", timedelta(), display_name=name))
        return name

    return happen


def test_what_comes_is_shown_on_top_and_held_back_from_who_reads_further_down(look, happens):
    page = look(BRUNO, "/explore/?from=-7d")
    rows = page.locator("tr.event")
    page.get_by_role("link", name="Live", exact=True).click()
    live = page.get_by_role("button", name="Live", exact=True)
    expect(live).to_have_attribute("aria-pressed", "true")
    first = happens()
    expect(rows.first).to_contain_text(first)

    page.mouse.wheel(0, 1500)
    second = happens()
    more = page.get_by_role("button", name="1 new")
    expect(more).to_be_visible()
    expect(rows.first).to_contain_text(first)
    more.click()
    expect(rows.first).to_contain_text(second)
    expect(more).to_be_hidden()

    live.click()
    paused = page.get_by_role("button", name="Paused")
    expect(paused).to_have_attribute("aria-pressed", "false")
    expect(page).not_to_have_url(re.compile("live"))
    third = happens()
    paused.click()
    expect(rows.first).to_contain_text(third)
    page.reload()
    expect(live).to_be_visible()
    ids = rows.evaluate_all("all => all.map(row => row.dataset.id)")
    assert len(ids) == len(set(ids))
