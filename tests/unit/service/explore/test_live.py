"""A list that goes on by itself: without script a link that loads it again, and with it rows that come in."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.browser import ADMIN, event

NOW = timedelta()


def ids(screen):
    return [row["data-id"] for row in screen.all("tr", "event")]


def fresh(browser, url):
    """Return the ids of the rows that are new, and where the next ones are."""
    part = browser.see(url).one("tbody", id="fresh")
    return ids(part), part["data-next"]


def test_the_state_is_in_the_url_and_without_script_a_link_loads_it_again(browser, stored):
    link = browser.see("/explore/?filter=type:volume.*").one("a", id="live")
    assert (link.text, "data-on" in link.attributes) == ("Live", False)
    screen = browser.see(link["href"])
    again = screen.one("a", id="live")
    assert (again.text, again["href"], "data-on" in again.attributes) == ("Reload", link["href"], True)
    assert ids(screen) == ["m024", "m020"]
    assert screen.one("form", "search").one("input", name="live")["value"] == "1"
    assert all("live" not in each["href"] for each in screen.one("span", "exports").all("a"))


@pytest.mark.parametrize("query", ["from=2001-01-01&to=2100-01-01", "order=oldest", "order=asc"])
def test_what_has_an_end_or_goes_backwards_does_not_go_on(browser, stored, query):
    for live in ("", "&live=1"):
        screen = browser.see(f"/explore/?{query}{live}")
        assert not screen.all("a", id="live")
        assert not screen.all("tbody", id="fresh")


def test_an_earlier_page_does_not_go_on(browser, stored):
    earlier = browser.see("/explore/?limit=2&live=1").one("p", id="earlier").one("a")["href"]
    assert not browser.see(earlier).all("tbody", id="fresh")


def test_rows_that_come_are_given_once_in_order_and_late_ones_too(browser, connection):
    start = datetime.now(UTC)
    connection.record_events([event(0, ago=timedelta(seconds=5))])
    url = browser.see("/explore/?live=1&from=-1h").one("tbody", id="fresh")["data-next"]
    first, url = fresh(browser, url)
    assert first == ["m000"]  # of the last minute; who has it leaves it out
    connection.record_events([event(1, ago=timedelta(seconds=-1)), event(2, ago=timedelta(seconds=0))])
    second, url = fresh(browser, url)
    assert second[:2] == ["m002", "m001"]
    connection.record_events([event(3, ago=timedelta(seconds=33))])  # generated before those, stored after them
    third, url = fresh(browser, url)
    assert "m003" in third
    assert third == sorted(third, key=lambda one: connection.events[one].generated, reverse=True)
    assert datetime.now(UTC) - start < timedelta(seconds=30)


def test_rows_have_the_links_of_the_list_that_they_join(browser, connection):
    connection.record_events([event(1, "a.b", ago=timedelta(seconds=5)), event(2, "c.d", ago=timedelta(seconds=5))])
    url = browser.see("/explore/?live=1&from=-6h&filter=-type:c.d").one("tbody", id="fresh")["data-next"]
    (row,) = browser.see(url).all("tr", "event")
    assert row["data-id"] == "m001"
    more = row.one("td", "outcome").all("a")[0]["href"]
    said = {name: values[0] for name, values in parse_qs(urlsplit(more).query).items()}
    assert urlsplit(more).path == "/explore/"
    assert said == {"filter": "-type:c.d outcome:ok", "from": "-6h", "live": "1"}


def test_what_comes_is_what_a_search_shows_the_same_caller(browser, connection):
    connection.record_events([event(1, user_id="v", ago=timedelta(seconds=5))])
    url = browser.see("/explore/?live=1").one("tbody", id="fresh")["data-next"]
    assert fresh(browser, url)[0] == []
    assert ids(browser.see(url, ADMIN)) == ["m001"]
    assert browser.answer("/explore/live?all_projects=true").status_code == 403


def test_a_list_without_a_row_is_there_to_be_filled(browser):
    screen = browser.see("/explore/?live=1")
    assert screen.one("tbody", id="rows")
    assert screen.one("section", "empty")
