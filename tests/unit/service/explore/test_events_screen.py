"""The list of events, as somebody sees it without script."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.browser import ADMIN, MEMBER, event
from panko.event import Event

MINUS = "\u2212"


def arguments(url):
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, keep_blank_values=True).items()}


def ids(screen):
    return [row["data-id"] for row in screen.all("tr", "event")]


def test_the_newest_event_comes_first_as_a_sentence_with_who_and_outcome(browser, stored):
    screen = browser.see("/explore/")
    assert ids(screen) == ["m030", "m024", "m020", "m009", "m001"]
    first, second = screen.all("tr", "event")[:2]
    assert [cell.text for cell in first.all("td")][1:] == [
        "u uploaded image cirros",
        f"image.upload+{MINUS}",
        f"u+{MINUS}",
        f"✓ ok+{MINUS}",
    ]
    assert "✕ failed" in second.one("td", "outcome").text
    assert first.one("td", "what").one("a")["href"] == "/explore/events/m030"


def test_what_is_shown_is_what_a_search_shows_the_same_caller(browser, stored):
    for headers in (MEMBER, ADMIN):
        shown = ids(browser.see("/explore/?from=", headers))
        api = browser.answer("/v2/search/events", headers).json["events"]
        assert shown == [each["message_id"] for each in api]
    everything = ids(browser.see("/explore/?from=&all_projects=true", ADMIN))
    assert everything[0] == "m040"
    assert browser.answer("/explore/?all_projects=true").status_code == 403


def test_twins_have_the_rows_of_the_table(browser, stored):
    screen = browser.see("/explore/?filter=type:volume.*")
    links = {each.text: each["href"] for each in screen.one("span", "exports").all("a")}
    assert list(links) == ["CSV", "NDJSON", "JSON", "CloudEvents"]
    assert [each["message_id"] for each in browser.answer(links["JSON"]).json["events"]] == ids(screen)
    assert [line.split(",")[2] for line in browser.answer(links["CSV"]).text.splitlines()[1:]] == ids(screen)
    assert browser.answer(links["NDJSON"]).text.count("\n") == len(ids(screen))
    named = browser.answer(links["CSV"]).headers["Content-Disposition"]
    assert named.startswith('attachment; filename="events_20')


def test_a_wrong_filter_is_kept_and_told_with_its_column(browser, stored):
    screen = browser.see("/explore/?filter=outcome:failed%20web", status=400)
    problem = screen.one(id="problem")
    assert screen.one("input", id="filter")["value"] == "outcome:failed web"
    assert screen.one("input", id="filter")["aria-describedby"] == "problem"
    text, pointer = "".join(problem.one("pre").children).split("\n")
    assert (text, pointer) == ("outcome:failed web", " " * 15 + "▲")
    assert "Write KEY:web, such as resource:ID." in problem.text
    assert ids(screen) == []


def test_another_wrong_argument_is_told_too(browser, stored):
    screen = browser.see("/explore/?from=yesterday", status=400)
    assert "Write ISO 8601" in screen.one(id="problem").text


def test_more_and_less_of_a_value_are_links_that_change_the_filter_alone(browser, stored):
    row = browser.see("/explore/?from=-7d&filter=type:volume.attach.error").one("tr", "event")
    more, less = row.one("td", "outcome").all("a")
    assert arguments(more["href"]) == {"from": "-7d", "filter": "type:volume.attach.error outcome:failed"}
    assert arguments(less["href"]) == {"from": "-7d", "filter": "type:volume.attach.error -outcome:failed"}
    (less,) = row.one("td", "type").all("a")  # more of it changes nothing
    assert arguments(less["href"]) == {"from": "-7d", "filter": "-type:volume.attach.error"}
    assert ids(browser.see(more["href"])) == ["m024"]


def test_a_chip_takes_its_part_out_of_the_filter(browser, stored):
    screen = browser.see("/explore/?filter=type:a,b%20-host:x")
    chips = [(each.one("bdi").text, arguments(each["href"]).get("filter")) for each in screen.all("a", "chip")]
    assert chips == [("type:a", "type:b -host:x"), ("type:b", "type:a -host:x"), ("host:x", "type:a,b")]
    assert screen.all("a", "chip not")[0].text.startswith("not host:x")


def test_earlier_events_are_loaded_by_a_cursor_that_neither_skips_nor_repeats(browser, stored):
    seen, url = [], "/explore/?limit=2"
    for _ in range(5):
        screen = browser.see(url)
        seen += ids(screen)
        links = screen.one("p", id="earlier").all("a")
        if not links:
            break
        url = links[0]["href"]
        assert links[0]["hx-get"] == url
    assert seen == ["m030", "m024", "m020", "m009", "m001"]


@pytest.mark.parametrize(
    ("url", "headers", "title", "way"),
    [
        ("/explore/?filter=type:absent", MEMBER, "Nothing matches the filter", "Clear the filter"),
        (
            "/explore/?from=2001-01-01&to=2001-02-01",
            MEMBER,
            "Nothing happened in this range",
            "Look at all that is kept",
        ),
        ("/explore/", {**MEMBER, "X-User-Id": "nobody"}, "You have no events in this project", None),
        ("/explore/", {**ADMIN, "X-Project-Id": "empty"}, "This project has no events", "Look at all projects"),
    ],
)
def test_each_emptiness_tells_which_it_is_and_a_way_out(browser, stored, url, headers, title, way):
    empty = browser.see(url, headers).one("section", "empty")
    assert empty.one("h2").text == title
    links = empty.all("a", "button")
    assert [each.text for each in links][:1] == ([way] if way else [])
    if way:
        assert ids(browser.see(links[0]["href"], headers))


def test_nothing_stored_at_all_tells_how_a_producer_is_connected(browser):
    empty = browser.see("/explore/?all_projects=true", ADMIN).one("section", "empty")
    assert empty.one("h2").text == "No producer has published yet"
    assert "kubectl panko producer" in empty.text


def test_a_search_that_was_broken_off_says_how_far_it_came(browser, connection, stored):
    connection.slow_before = stored[3].generated
    screen = browser.see("/explore/")
    assert f"everything since {stored[3].generated:%Y-%m-%d %H:%M:%S} is shown" in screen.one("p", "note").text
    assert screen.one("p", id="earlier").all("a")


def test_the_link_to_copy_has_moments_and_the_commands_ask_the_same(browser, stored):
    screen = browser.see("/explore/?from=-1h&filter=-type:image.upload")
    link, curl, command = (each["data-copy"] for each in screen.all("button") if "data-copy" in each.attributes)
    frozen = arguments(link)
    assert "2026" < frozen["from"] < frozen["to"]
    assert ids(browser.see("/explore/?" + urlsplit(link).query)) == ids(screen)
    assert "/v2/search/events" in curl
    assert "--data-urlencode filter=-type:image.upload" in curl
    assert command.startswith("openstack event search --since 20")
    assert command.endswith("-- -type:image.upload")


def test_the_range_widens_a_step_and_between_two_moments_threefold(browser, stored):
    def wider(url):
        return arguments(next(each for each in browser.see(url).all("a") if each.text == "zoom out")["href"])

    assert wider("/explore/")["from"] == "-7d"
    assert wider("/explore/?from=-30d")["from"] == ""
    between = wider("/explore/?from=2026-11-22T14:00:00&to=2026-11-22T15:00:00")
    assert between == {"from": "2026-11-22T13:00:00", "to": "2026-11-22T16:00:00"}
    assert all(each.text != "zoom out" for each in browser.see("/explore/?from=").all("a"))


def test_an_id_that_is_pasted_into_the_box_leads_to_its_story(browser, stored):
    server, request = "9f0c1d2e-0000-4000-8000-00000000aaaa", "req-9f0c1d2e-0000-4000-8000-00000000aaaa"
    for pasted, location in ((server, f"/explore/resources/{server}"), (request, f"/explore/requests/{request}")):
        answer = browser.answer(f"/explore/?filter=%20{pasted}")
        assert (answer.status_code, answer.headers["Location"]) == (303, location)


def test_each_day_of_events_has_its_heading_once(browser, connection):
    connection.record_events([event(number, ago=timedelta(days=1 + number // 2)) for number in range(4)])
    screen = browser.see("/explore/?from=-7d")
    days = [row.text for row in screen.all("tr", "day")]
    assert len(days) == len(set(days)) == 2


def test_events_without_a_time_or_without_anything_are_shown(browser, connection):
    connection.events["bare"] = Event("bare", "x", event(1).generated, event(1).traits, None)
    assert ids(browser.see("/explore/")) == ["bare"]


def test_an_outage_is_a_screen_with_a_sentence_and_the_id_of_the_request(browser, connection):
    connection.outage = "The database does not answer."
    screen = browser.see("/explore/", status=503)
    assert screen.one("h1").text == "Not now"
    assert "The database does not answer." in screen.one("section", "empty").text
    assert screen.one("footer").text.startswith("req-")


def test_bars_above_the_list_count_what_is_found_and_lead_to_their_range(browser, stored):
    screen = browser.see("/explore/?from=-1h")
    figure = screen.one("figure", "histogram")
    assert figure.one("svg")["aria-label"] == "5 events, 1 failed"
    full = [each for each in figure.all("a") if not each.one("title").text.endswith(" 0 events")]
    shown = [row["data-id"] for each in full for row in browser.see(each["href"]).all("tr", "event")]
    assert sorted(shown) == sorted(ids(screen))
    assert not browser.see("/explore/?from=").all("figure")


@pytest.mark.parametrize(("asked", "minutes"), [("-6h", 5), ("-24h", 60), ("-7d", 180)])
def test_bars_of_a_day_and_more_are_whole_hours_which_are_counted_already(browser, stored, asked, minutes):
    first = browser.see(f"/explore/?from={asked}").one("figure", "histogram").all("a")[0].one("title").text
    begin, end = (datetime.fromisoformat(moment) for moment in first.partition(": ")[0].split(" to "))
    assert end - begin == timedelta(minutes=minutes)


def test_bars_that_would_take_too_long_are_not_drawn(browser, connection, stored):
    connection.slow_before = stored[3].generated
    assert not browser.see("/explore/").all("figure")


@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01",
        "from=2001-01-01&to=9999-12-31",
        "to=9999-12-31",
        "from=0001-01-01&to=9999-12-31T23:59:59.999999",
        "to=0001-01-02",
        "from=9999-12-30&to=9999-12-31",
    ],
)
def test_a_range_at_the_end_of_the_calendar_is_a_screen_and_has_no_longer_one(browser, stored, query):
    screen = browser.see(f"/explore/?{query}")
    assert "zoom out" not in screen.text
