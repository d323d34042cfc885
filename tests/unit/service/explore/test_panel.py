"""An event beside the list, the queries that many ask, and what script needs of both."""

from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.browser import ADMIN, MEMBER
from fakes.markup import page
from panko.asking.search import parse
from panko.explore.views.queries import BUILT_IN


def test_an_event_that_stands_in_the_url_is_open_beside_the_list_without_script(browser, stored):
    screen = browser.see("/explore/?from=-1h&filter=type:volume.*&event=m030")
    panel = screen.one("section", id="panel")
    assert "hidden" not in panel.attributes
    assert panel.one("h1").text == "✓ u uploaded image cirros"
    assert panel.one("a", id="whole")["href"] == "/explore/events/m030"
    assert [row["data-id"] for row in screen.all("tr", "event")] == ["m024", "m020"]
    closed = browser.see(panel.one("a", id="close")["href"])
    assert "hidden" in closed.one("section", id="panel").attributes
    assert [row["data-id"] for row in closed.all("tr", "event")] == ["m024", "m020"]


def test_it_is_the_same_part_as_that_of_its_own_screen(browser, stored):
    beside = browser.see("/explore/?event=m024").one(id="event")
    alone = browser.see("/explore/events/m024").one(id="event")
    assert beside.text == alone.text
    links = [[each["href"] for each in part.all("a")] for part in (beside, alone)]
    assert links[0] == links[1]


def test_script_is_given_a_part_without_what_is_around_it(browser, stored):
    for url, part in (("/explore/events/m024", "event"), ("/explore/facets", "values")):
        whole = browser.see(url)
        answer = browser.answer(url, MEMBER, **{"HX-Request": "true"})
        alone = page(answer.text)
        assert alone.one(id=part).text == whole.one(id=part).text
        assert not alone.all("header") + alone.all("script") + alone.all("link")
        assert whole.one("header")


@pytest.mark.parametrize("message_id", ["absent", "m040", "a%00b"])
def test_an_event_that_nobody_may_see_is_a_sentence(browser, stored, message_id):
    panel = browser.see(f"/explore/?event={message_id}", MEMBER).one("section", id="panel")
    assert "belong to another project" in panel.text
    assert not panel.all(id="event")


def test_no_id_is_on_a_screen_twice(browser, stored):
    for url in ("/explore/?event=m024&live=1", "/explore/facets", "/explore/pipeline"):
        ids = [each["id"] for each in browser.see(url, ADMIN).walk() if "id" in each.attributes]
        assert len(ids) == len(set(ids)), url


def test_other_links_of_the_list_leave_the_event_that_is_open(browser, stored):
    screen = browser.see("/explore/?event=m024")
    hrefs = [each["href"] for each in screen.one("div", "found").all("a") + screen.one("div", "bar").all("a")]
    assert hrefs
    assert all("event=" not in urlsplit(href).query for href in hrefs)


def test_queries_that_many_ask_are_filters_that_can_be_read(browser, stored):
    links = browser.see("/explore/?from=-7d&live=1").one("details", "queries").all("a")
    assert [each.text for each in links] == [one.title for one in BUILT_IN]
    for link, query in zip(links, BUILT_IN, strict=True):
        assert parse(query.filter)
        said = {name: values[0] for name, values in parse_qs(urlsplit(link["href"]).query).items()}
        assert said == {"from": "-7d", "live": "1", "filter": query.filter}
        assert browser.see(link["href"]).one("form", "search")
    failures = browser.see(links[0]["href"])
    assert [row["data-id"] for row in failures.all("tr", "event")] == ["m024"]


def test_what_somebody_keeps_is_shown_by_script_alone(browser, stored):
    queries = browser.see("/explore/").one("details", "queries")
    assert "hidden" in queries.one("form", id="save").attributes
    assert "hidden" in queries.one("ul", id="saved").attributes
    assert queries.one("ul", id="saved")["data-root"] == "/explore/"
