"""One event, the story of a resource, what a request did, and two events side by side."""

from datetime import timedelta

from fakes.browser import ADMIN, MEMBER, SERVER, event


def ids(screen):
    return [row["data-id"] for row in screen.all("tr", "event")]


def test_an_event_shows_every_trait_with_links_to_what_it_names(browser, stored):
    screen = browser.see("/explore/events/m024")
    assert screen.one("h1").text.startswith("✕ u attached volume vol-1")
    traits = {row.one("th").text: row for row in screen.one("table", "traits").all("tr")[1:]}
    assert list(traits) == [
        *("message_id", "instance_id", "project_id", "request_id", "resource_id", "user_id", "volume_id")
    ]
    assert traits["instance_id"].one("a", "go")["href"] == f"/explore/resources/{SERVER}"
    assert traits["request_id"].one("a", "go")["href"] == "/explore/requests/req-0001"
    more = traits["user_id"].all("td")[0].all("a")[0]
    assert (more.text, more["href"]) == ("+", "/explore/?filter=user%3Au")
    assert '"number": 24' in screen.one("details", "raw").text
    ways = [each.text for each in screen.one("p", "ways").all("a")]
    assert ways == ["Story of vol-1", f"Story of {SERVER[:8]}…{SERVER[-4:]}", "Its request", "Compare with …"]


def test_the_twin_of_an_event_is_the_event(browser, stored):
    links = browser.see("/explore/events/m024").one("span", "exports").all("a")
    (found,) = browser.answer(links[0]["href"]).json["events"]
    assert found == browser.answer("/v2/events/m024").json


def test_an_event_of_somebody_else_is_not_there(browser, stored):
    assert browser.see("/explore/events/m040", status=404).one("h1").text == "There is nothing here"
    assert browser.see("/explore/events/absent", status=404)
    assert browser.see("/explore/events/a%00b", status=404)
    assert "deleted server" in browser.see("/explore/events/m040", ADMIN).one("h1").text


def test_the_story_of_a_resource_has_what_other_services_did_with_it(browser, stored):
    screen = browser.see(f"/explore/resources/{SERVER}")
    assert ids(screen) == ["m024", "m020", "m009", "m001"]
    assert screen.one("h1").text == f"web-1 {SERVER}"
    made, attached = screen.all("li", "line")
    assert made.one("span", "label").text == "✓ u created server web-1 in 8 s"
    assert made.attributes["class"] == "line ok"
    assert made.one("span", "took").text == "8 s"
    assert "failed after 4 s" in attached.one("span", "label").text
    assert attached.attributes["class"] == "line failed"
    assert screen.one("span", "failed").text == "✕ 1 failed"
    assert not any("hx-trigger" in each.attributes for each in screen.walk())  # nothing is going on
    assert "2 operations in 23 s" in screen.one("p", "sum").text


def test_a_story_shows_what_the_history_of_the_api_shows(browser, stored):
    shown = ids(browser.see(f"/explore/resources/{SERVER}"))
    api = browser.answer(f"/v2/resources/{SERVER}/events").json["events"]
    assert shown == [each["message_id"] for each in api]
    twin = browser.answer(f"/explore/resources/{SERVER}?format=json").json["events"]
    assert twin == api


def test_a_request_is_told_from_the_oldest_on_with_its_first_failure_marked(browser, stored):
    screen = browser.see("/explore/requests/req-0001")
    assert ids(screen) == ["m001", "m009", "m020", "m024"]
    first, second = screen.all("li", "line")
    assert not first.all("em")
    assert second.one("em").text == "first failure"
    bars = [each.one("rect", "length").attributes for each in (first, second)]
    assert [(bar["x"], bar["width"]) for bar in bars] == [("0.0%", "34.78%"), ("82.61%", "17.39%")]
    assert [each.text for each in screen.one("div", "axis").all("text")] == ["0 s", "5 s", "10 s", "15 s", "20 s"]


def test_single_events_are_steps_of_a_request(browser, stored):
    (line,) = browser.see("/explore/requests/req-0002").all("li", "line")
    assert line.one("span", "label").text == "✓ u uploaded image cirros"


def test_what_runs_and_what_has_no_end_look_different(browser, connection):
    connection.record_events(
        [
            event(1, "compute.instance.resize.start", ago=timedelta(hours=10), display_name="a", request_id="req-a"),
            event(2, "compute.instance.create.start", ago=timedelta(seconds=40), display_name="b", request_id="req-b"),
        ]
    )
    screen = browser.see(f"/explore/resources/{SERVER}")
    stuck, running = screen.all("li", "line")
    assert "no end seen for" in stuck.text
    assert "running for" in running.text
    (again,) = (each for each in screen.all("div") if "hx-trigger" in each.attributes)
    assert (again["hx-get"], again["hx-trigger"]) == (f"/explore/resources/{SERVER}", "every 3s")
    assert [each["class"] for each in (stuck, running)] == ["line no-end-seen", "line running"]
    assert [each.one("span", "mark").text for each in (stuck, running)] == ["?", "◌"]


def test_a_story_calls_people_as_their_logins_do(browser, connection):
    logged_in = event(1, "identity.authenticate", initiator_id="7d9e", initiator_name="dana", resource_id="other")
    connection.record_events([logged_in, event(2, "compute.instance.power_off.end", user_id="7d9e", display_name="a")])
    screen = browser.see(f"/explore/resources/{SERVER}", ADMIN)
    assert [row.one("td", "who").one("bdi").text for row in screen.all("tr", "event")] == ["dana"]
    assert screen.one("td", "what").text == "dana powered off server a"
    (one,) = browser.see("/explore/requests/req-0001?filter=user:7d9e", ADMIN).all("li", "line")
    assert "dana" in one.text


def test_a_story_that_is_longer_than_a_screen_goes_on_by_its_cursor(browser, stored):
    screen = browser.see(f"/explore/resources/{SERVER}?limit=3")
    assert ids(screen) == ["m024", "m020", "m009"]
    assert "of the newest 3 events" in screen.one("p", "sum").text
    assert ids(browser.see(screen.one("p", id="earlier").one("a")["href"])) == ["m001"]


def test_nothing_of_a_resource_is_told_in_a_sentence(browser, stored):
    empty = browser.see("/explore/resources/absent").one("section", "empty")
    assert empty.one("h2").text == "No event of this resource"
    assert browser.see("/explore/requests/a%00b").one("section", "empty")


def test_an_admin_looks_at_all_projects_and_the_links_go_on_with_it(browser, stored):
    further = next(
        each for each in browser.see("/explore/resources/other", ADMIN).all("a") if each.text == "Of all projects"
    )
    screen = browser.see(further["href"], ADMIN)
    assert ids(screen) == ["m040"]
    assert screen.one("tr", "event").one("td", "what").one("a")["href"] == "/explore/events/m040?all_projects=true"
    assert all(each.text != "Of all projects" for each in browser.see("/explore/resources/other", MEMBER).all("a"))


def test_two_events_side_by_side_show_what_differs(browser, stored):
    screen = browser.see("/explore/compare?a=m001&b=m024")
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for row in screen.all("tr")[1:]}
    assert rows["event type, changed"] == ["compute.instance.create.start", "volume.attach.error"]
    assert rows["display_name, removed"] == ["web-1", ""]
    assert rows["volume_id, added"] == ["", "vol-1"]
    assert not any(name.startswith("project_id") for name in rows)
    assert "and 3 that are the same" in screen.one("caption").text
    everything = browser.see(screen.one("caption").one("a")["href"])
    assert "project_id, same" in [row.one("th").text for row in everything.all("tr")[1:]]


def test_a_comparison_asks_for_what_is_missing(browser, stored):
    screen = browser.see("/explore/compare?a=m001")
    assert [each["value"] for each in screen.all("input")] == ["m001", ""]
    assert not screen.all("table")
    assert browser.see("/explore/compare?a=m001&b=m040", status=404)


def test_what_a_member_may_not_know_is_on_no_screen(make_client, connection, tmp_path):
    from fakes.browser import NOAUTH, Browser  # noqa: PLC0415 - beside what it is for

    (tmp_path / "policy.yaml").write_text('"telemetry:events:search:whole_project": "role:member"\n')
    connection.record_events([event(1, user_id="v", host="compute-7", service="compute.compute-7")])
    browser = Browser(make_client(NOAUTH + "[oslo_policy]\npolicy_file = policy.yaml\n"))
    for url in ("/explore/", "/explore/events/m001", f"/explore/resources/{SERVER}", "/explore/requests/req-0001"):
        answer = browser.answer(url)
        assert answer.status_code == 200
        assert "compute-7" not in answer.text
        assert "&#34;number&#34;" not in answer.text
    assert "compute-7" in browser.answer("/explore/events/m001", {**ADMIN}).text
