"""The most frequent values beside the list: each with how many events have it, and links to more and less of it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from fakes.browser import ADMIN, MEMBER, NOAUTH, Browser, event


@pytest.fixture
def stored(connection):
    events = [
        event(1, "compute.instance.create.end", host="compute-7", service="compute.compute-7", user_name="alice"),
        event(2, "compute.instance.create.error", host="compute-7", service="compute.compute-7"),
        event(3, "volume.attach.end", host="store-1", service="volume.store-1@ceph"),
        event(4, "image.upload", user_id="v", project_id="q"),
    ]
    connection.record_events(events)
    return events


def facets(screen):
    """Return the values of each field with their counts and links."""
    return {
        each.one("h2").text: [
            (row.one("bdi").text, int(row.one("span", "count").text), [link["href"] for link in row.all("a")])
            for row in each.all("li")
            if row.all("bdi")
        ]
        for each in screen.one(id="values").all("section", "facet")
    }


def ids(screen):
    return [row["data-id"] for row in screen.all("tr", "event")]


def test_a_value_leads_to_as_many_events_as_it_says_and_to_all_others(browser, stored):
    found = facets(browser.see("/explore/facets?from=-1h"))
    assert list(found) == ["type", "outcome", "host", "user", "service"]
    assert [(text, count) for text, count, _ in found["host"]] == [("compute-7", 2), ("store-1", 1)]
    everything = set(ids(browser.see("/explore/?from=-1h")))
    for field, values in found.items():
        for text, count, (more, *less) in values:
            assert urlsplit(more).path == "/explore/", field
            kept = set(ids(browser.see(more)))
            assert len(kept) == count, (field, text)
            for href in less:
                assert set(ids(browser.see(href))) == everything - kept, (field, text)


def test_the_list_leads_to_its_values_and_script_loads_them_beside_it(browser, stored):
    screen = browser.see("/explore/?filter=type:compute.*&from=-1h&limit=1&live=1")
    part = screen.one("details", "facets").one(id="values")
    (link,) = part.all("a")
    assert part["hx-get"] == link["href"]
    assert part["hx-trigger"] == "load"
    values = browser.see(link["href"])
    assert not any(name.startswith("hx-") for each in values.one(id="values").walk() for name in each.attributes)
    assert sorted((text, count) for text, count, _ in facets(values)["outcome"]) == [("failed", 1), ("ok", 1)]
    assert [each.text for each in values.all("a", "button")] == ["To the list"]


def test_a_value_that_is_asked_for_has_no_link_that_changes_nothing(browser, stored):
    ((_, _, links),) = facets(browser.see("/explore/facets?filter=host:compute-7"))["host"]
    assert [parse_qs(urlsplit(link).query)["filter"] for link in links] == [["-host:compute-7"]]


def test_projects_are_counted_for_who_looks_at_all_of_them(browser, stored):
    assert "project" not in facets(browser.see("/explore/facets", ADMIN))
    found = facets(browser.see("/explore/facets?all_projects=true", ADMIN))
    assert [(text, count) for text, count, _ in found["project"]] == [("p", 3), ("q", 1)]
    assert browser.answer("/explore/facets?all_projects=true", MEMBER).status_code == 403


def test_what_a_member_may_not_know_is_no_value(make_client, connection, tmp_path, stored):
    (tmp_path / "policy.yaml").write_text('"telemetry:events:search:whole_project": "role:member"\n')
    browser = Browser(make_client(NOAUTH + "[oslo_policy]\npolicy_file = policy.yaml\n"))
    answer = browser.answer("/explore/facets")
    assert answer.status_code == 200
    assert "compute-7" not in answer.text
    assert "store-1" not in answer.text
    found = facets(browser.see("/explore/facets"))
    assert "host" not in found
    assert [(text, count) for text, count, _ in found["service"]] == [("compute", 2), ("volume", 1)]
    more = found["service"][0][2][0]
    assert ids(browser.see(more)) == ["m002", "m001"]


def test_people_are_called_by_the_names_that_the_newest_events_tell(browser, connection):
    user = "2f6e0000-0000-4000-8000-00000000aaaa"
    connection.record_events([event(1, user_id="u", initiator_id="u", initiator_name="alice")])
    connection.record_events([event(2, user_id=user)])
    found = facets(browser.see("/explore/facets", ADMIN))["user"]
    assert sorted(text for text, _, _ in found) == ["2f6e0000…aaaa", "alice"]


def test_what_was_counted_in_part_says_of_what(browser, connection, stored):
    connection.slow_before = stored[1].generated
    notes = [each.text for each in browser.see("/explore/facets").one(id="values").all("h2")]
    assert notes[0] == "type of the newest 2 events"


def test_what_takes_too_long_is_told_in_a_sentence(browser, connection, stored):
    connection.slow_before = stored[3].generated.replace(year=2100)
    screen = browser.see("/explore/facets")
    assert "it would take too long" in screen.one(id="values").text


def test_a_wrong_question_has_no_values(browser, stored):
    assert not browser.see("/explore/?filter=web", status=400).all(id="values")
    assert browser.see("/explore/facets?filter=web", status=400).one("h1").text == "This cannot be asked"
