"""How new events are: a screen for whom the policy tells it, and a word beside the name of the page."""

from datetime import UTC, datetime, timedelta

import pytest

from fakes.browser import ADMIN, MEMBER, NOAUTH, Browser, event
from panko.explore.pulse import said
from panko.explore.views.emptiness import event_pipeline

URL = "/explore/pipeline"


def test_each_service_says_when_its_last_event_was(browser, connection):
    connection.record_events(
        [
            event(0, "compute.instance.create.end", ago=timedelta(seconds=12)),
            event(1, "compute.instance.delete.end", ago=timedelta(seconds=90)),
            event(2, "volume.create.end", ago=timedelta(hours=5), project_id="q", user_id="v"),
        ]
    )
    screen = browser.see(URL, ADMIN)
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in screen.one("table").all("tr")[1:]}
    assert list(rows) == ["cinder", "nova"]
    assert rows["nova"][0] == "12 s ago"
    assert rows["nova"][2] == "0.4"
    assert rows["cinder"][0] == "4 h ago nothing for over an hour"
    facts = {each.one("dt").text: each.one("dd").text for each in screen.one("dl", "facts").all("div")}
    assert facts["Last event"].startswith("12 s ago")
    assert facts["Stored, about"] == "3"
    assert facts["Kept"] == "for ever"


def test_a_producer_that_has_fallen_silent_comes_first_and_leads_to_what_it_sent(browser, connection):
    hours = [timedelta(hours=2 + number % 20) for number in range(24)]
    silent = [event(number, ago=ago, service="compute.node-<3>") for number, ago in enumerate(hours)]
    often = [event(30 + number, ago=timedelta(minutes=2 + number), service="network.net-1") for number in range(50)]
    rare = [event(100 + number, ago=timedelta(hours=3), service="image.img-1") for number in range(3)]
    connection.record_events([*silent, *often, *rare, event(200, service=None)])
    screen = browser.see(URL, ADMIN)
    table = screen.all("table")[1]
    assert table.one("caption").text == "By producer, of the last day"
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in table.all("tr")[1:]}
    assert rows == {
        "compute.node-<3> nothing for over an hour": ["0", "24"],
        "network.net-1": ["50", "50"],
        "image.img-1": ["0", "3"],
    }
    assert list(rows)[1:] == ["network.net-1", "image.img-1"]
    (link,) = [each for each in table.all("a") if "img-1" in each.text]
    assert len(browser.see(link["href"], ADMIN).all("tr", "event")) == 3


@pytest.mark.parametrize("before", [timedelta(minutes=30), timedelta(days=-1000)], ids=["some", "none"])
def test_producers_that_are_not_all_counted_in_time_are_not_called_silent(browser, connection, before):
    connection.record_events([event(0, ago=timedelta(minutes=2), service="compute.node-3")])
    connection.slow_before = datetime.now(UTC) - before
    screen = browser.see(URL, ADMIN)
    assert len(screen.all("table")) == 1
    assert "cannot be told now" in screen.all("p", "note")[0].text


def test_a_producer_that_a_database_spells_in_two_ways_is_one(browser, connection):
    events = [event(number, ago=timedelta(hours=2), service="compute.Node-3") for number in range(30)]
    connection.record_events([*events, event(90, ago=timedelta(minutes=5), service="compute.node-3")])
    rows = browser.see(URL, ADMIN).all("table")[1].all("tr")[1:]
    assert not any("nothing for over an hour" in row.text for row in rows)


def test_who_may_not_know_is_told_so_in_a_sentence(browser, stored):
    screen = browser.see(URL, MEMBER, status=403)
    assert screen.one("h1").text == "You may not see this"
    assert "administrators alone" in screen.one("section", "empty").text
    assert all(each["href"] != URL for each in screen.all("a"))
    assert all(each["href"] != URL for each in browser.see("/explore/").all("a"))


def test_while_nobody_publishes_it_says_how_a_producer_is_connected(browser):
    for url in (URL, "/explore/?all_projects=true"):
        empty = browser.see(url, ADMIN).one("section", "empty")
        assert "No producer has published yet" in empty.text
        (file,) = empty.all("pre")
        assert "- http://PUBLISHER:PASSWORD@falconframework.org/v2/events?timeout=20&max_retries=5" in file.text
        assert "kubectl panko producer NAME" in empty.text


def test_the_file_for_ceilometer_is_one():
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load(event_pipeline("https://panko.example:8777"))
    assert found["sources"][0]["sinks"] == [found["sinks"][0]["name"]]
    (url,) = found["sinks"][0]["publishers"]
    assert url.startswith("https://PUBLISHER:PASSWORD@panko.example:8777/v2/events?")


def test_every_screen_of_an_admin_says_how_new_events_are(make_client, connection):
    client = make_client(NOAUTH + "[database]\nevent_time_to_live = 2592000\n")
    connection.record_events([event(0, ago=timedelta(minutes=3))])
    browser = Browser(client)
    for url in ("/explore/", "/explore/events/m000", "/explore/compare", URL):
        assert browser.see(url, ADMIN).one("p", "pulse").text == "last event 3 min ago · kept 30 days"
    assert not browser.see("/explore/").all("p", "pulse")


def test_it_is_looked_for_once_in_some_seconds_and_not_while_the_database_is_away(browser, connection):
    connection.record_events([event(0, ago=timedelta(minutes=3))])
    asked = []
    ends = connection.ends

    def counting(*, until):
        asked.append(until)
        return ends(until=until)

    connection.ends = counting
    for _ in range(5):
        browser.see("/explore/", ADMIN)
    assert len(asked) == 1
    connection.outage = "The database does not answer."
    assert not browser.see("/explore/?from=", ADMIN, status=503).all("p", "pulse")


def test_how_new_events_are_is_said_in_few_words():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert said(now - timedelta(seconds=4.9), now, kept=timedelta(days=1)) == "last event 4 s ago · kept 1 day"
    assert said(now + timedelta(seconds=3), now, kept=None) == "last event 0 s ago"
    assert said(now - timedelta(days=2, hours=5), now, kept=timedelta(hours=6)) == "last event 2 d ago · kept 6 h"
    assert said(None, now, kept=None) == "no event yet"
