"""What people come to the page for, as they would check it themselves, in a real browser."""

import csv
import dataclasses
import io
import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit
from uuid import uuid4

import httpx
import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import expect

from panko.storage.sql.schema import migrate
from panko_client import moments
from servers import command_line
from servers.explored_week import BRUNO, DANA, ERIKA, log_in
from servers.panko_api import KEYSTONE_AUTHTOKEN
from servers.screens import ids, rows, search, starts, times

EVERYTHING = "all_projects=true&from=-8d"  # a week, whose first event does not leave the range meanwhile


def minutes(number):
    return timedelta(minutes=number)


def arguments(page):
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query, keep_blank_values=True).items()}


def colour(element, of):
    """Red, green and blue, from 0 to 1."""
    written = element.evaluate("(it, of) => getComputedStyle(it)[of]", of)
    found = element.evaluate(
        """(it, written) => {
            const pen = new OffscreenCanvas(1, 1).getContext("2d");
            pen.fillStyle = written;
            pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        written,
    )
    return [part / 255 for part in found]


@pytest.fixture
def server(explored):
    """The id of a server that was made, given a disk, migrated by an admin, and could not be resized."""
    server, disk = str(uuid4()), str(uuid4())
    nova = {"resource_id": server, "display_name": "web-99"}
    cinder = {"resource_id": disk, "instance_id": server, "display_name": "db-data"}
    asked = {"target_id": server, "target_name": "nova", "action": "update/resize", "requestPath": f"/servers/{server}"}
    by_admin = {"project_id": explored.ids["shop"], "request_id": "req-migrate", "host": "compute-7"}
    told = explored.event
    explored.post(
        told("compute.instance.create.start", minutes(50), request_id="req-create", **nova),
        told("compute.instance.create.end", minutes(49), request_id="req-create", **nova),
        told("volume.attach.start", minutes(40), request_id="req-attach", **cinder),
        told("volume.attach.end", minutes(39), request_id="req-attach", **cinder),
        told("compute.instance.live_migration.pre.start", minutes(30), by=DANA, **nova, **by_admin),
        told("compute.instance.live_migration.pre.end", minutes(29), by=DANA, **nova, **by_admin),
        told("audit.http.response", minutes(20), initiator_name="bruno", outcome="success", **asked),
        told("compute.instance.resize.start", minutes(20), request_id="req-resize", **nova),
        told("compute.instance.resize.error", minutes(19), request_id="req-resize", message="No valid host.", **nova),
    )
    return server


def test_a_member_pastes_the_id_of_a_server_and_reads_what_happened_to_it(look, server):
    page = look(BRUNO, "/explore/")
    search(page, server)
    expect(page.get_by_role("heading", level=1)).to_contain_text("web-99")
    expect(page).to_have_url(re.compile(f"/explore/resources/{server}$"))
    for happened in ("attach", "asked nova to update/resize", "the migration of"):
        expect(rows(page).filter(has_text=happened).first).to_be_visible()
    found = times(page)
    assert len(found) == 9
    assert found == sorted(found, reverse=True)
    operations = page.get_by_role("region", name="Operations").get_by_role("listitem")
    failed = operations.filter(has_text="No valid host.")
    expect(failed).to_contain_text("resized server web-99, failed after 1 min")
    expect(failed).to_contain_text("✕")
    red, green, blue = colour(failed.locator(".mark"), "color")
    assert red > max(green, blue)


def test_which_host_an_admin_moved_a_server_to_is_for_admins(look, server):
    for person, told in ((BRUNO, 0), (DANA, 1)):
        page = look(person, f"/explore/resources/{server}{'?all_projects=true' if told else ''}")
        rows(page).filter(has_text="the migration of").first.get_by_role("link").first.click()
        traits = page.get_by_role("table", name="Traits")
        expect(traits.get_by_role("row").filter(has_text="req-migrate")).to_have_count(1)
        expect(traits.get_by_role("row").filter(has_text="compute-7")).to_have_count(told)


def test_what_goes_on_ends_by_itself_on_the_screen(look, explored):
    server = str(uuid4())
    told = {"resource_id": server, "display_name": "web-98", "request_id": f"req-{uuid4()}"}
    begun = explored.event("compute.instance.create.start", timedelta(seconds=60), **told)
    explored.post(begun)
    page = look(BRUNO, f"/explore/resources/{server}")
    operation = page.get_by_role("region", name="Operations").get_by_role("listitem")
    expect(operation).to_contain_text("running for 1 min")
    ended = explored.event("compute.instance.create.end", timedelta(), **told)
    explored.post(dataclasses.replace(ended, generated=begun.generated + timedelta(seconds=52)))
    expect(operation).to_contain_text("in 52 s")
    expect(operation).to_contain_text("✓")
    expect(rows(page)).to_have_count(2)


def test_what_never_ended_says_so(look, explored):
    stuck, _ = explored.week.planted.stuck_resize
    page = look(ERIKA, f"/explore/resources/{stuck}")
    operations = page.get_by_role("region", name="Operations").get_by_role("listitem")
    expect(operations.filter(has_text="began to resize")).to_contain_text("no end seen for 9 h")


def test_a_request_is_followed_over_services_as_the_command_line_tells_it(look, explored):
    server, request = explored.week.planted.failed_creates[1]
    page = look(DANA, f"/explore/?{EVERYTHING}&filter={quote(f'resource:{server} outcome:failed')}")
    rows(page).filter(has_text="failed").first.get_by_role("link").first.click()
    page.get_by_role("link", name="Its request").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(request)
    expect(page.get_by_text(re.compile(r"\d steps in [\d.]+ s from 20.*\d failed"))).to_be_visible()
    steps = page.get_by_role("region", name="Steps").get_by_role("listitem")
    expect(steps.filter(has_text="first failure")).to_have_count(1)
    printed = command_line.run(explored.client(), "trace", "--all-projects", "-f", "ndjson", request)[0]
    told = [json.loads(line) for line in printed.splitlines()]
    expect(steps).to_have_count(len(told))
    for step, one in zip(steps.all(), told, strict=True):
        expect(step).to_contain_text(one["operation"])
    assert sorted(ids(page)) == sorted(each for one in told for each in one["message_ids"])


def test_a_spike_is_clicked_and_every_step_goes_back(look, explored):
    burst = explored.week.planted.failed_logins
    page = look(DANA, f"/explore/?{EVERYTHING}")
    chips = page.get_by_role("list", name="The filter")
    caption, bars = page.locator("figcaption"), page.locator("figure a")
    states = [(page.url, caption.text_content())]

    search(page, "type:identity.*")
    expect(chips).to_contain_text("type:identity.*")
    expect(caption).not_to_have_text(states[-1][1])
    states.append((page.url, caption.text_content()))

    page.wait_for_load_state()
    bars.nth(max(place for place, start in enumerate(starts(page)) if moments.read(start) <= burst.since)).click()
    expect(page).to_have_url(re.compile("from=20.*to=20"))
    begin, end = (moments.read(arguments(page)[name]) for name in ("from", "to"))
    assert begin <= burst.since < end
    states.append((page.url, caption.text_content()))

    row = rows(page).filter(has_text="identity.authenticate").first
    row.hover()
    row.get_by_role("link", name=re.compile("^Without the outcome")).click()
    expect(chips).to_contain_text("not outcome:")
    states.append((page.url, caption.text_content()))

    assert len(set(states)) == len(states)
    for step, seen in ((page.go_back, reversed(states[:-1])), (page.go_forward, states[1:])):
        for url, told in seen:
            step()
            expect(page).to_have_url(url)
            expect(caption).to_have_text(told)
            expect(page.get_by_role("searchbox", name="Filter")).to_have_value(arguments(page).get("filter", ""))


def test_a_link_shows_a_colleague_the_same_after_a_login(look, window):
    page = look(BRUNO, "/explore/?from=-1h&filter=type:compute.*")
    expect(rows(page).first).to_be_visible()
    seen = ids(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Export and copy", exact=True).click()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "from=20" in link
    other = window()
    other.goto(link)
    expect(other.get_by_role("heading", name="Log in")).to_be_visible()
    log_in(other, BRUNO)
    expect(other).to_have_url(link)
    assert ids(other) == seen


def test_an_auditor_takes_what_is_listed_as_a_file(look, explored):
    named = f"=cmd|'/C calc'!A{uuid4().hex[:4]}"
    explored.post(explored.event("compute.instance.delete.end", minutes(5), display_name=named, resource_id="gone"))
    page = look(DANA, f"/explore/?{EVERYTHING}&filter=type:compute.instance.delete.end")
    listed = ids(page)
    assert len(listed) > 5
    expect(page.get_by_role("figure")).to_contain_text(f"{len(listed)} events")
    page.get_by_text("Export and copy", exact=True).click()
    files = {}
    for name in ("CSV", "NDJSON"):
        with page.expect_download() as started:
            page.get_by_role("link", name=name, exact=True).click()
        assert re.fullmatch(rf"events_20\S+Z_now\.{name.lower()}", started.value.suggested_filename)
        files[name] = started.value.path().read_text()
    table = list(csv.DictReader(io.StringIO(files["CSV"], newline="")))
    assert [row["message_id"] for row in table] == listed
    assert {row["display_name"] for row in table if row["resource_id"] == "gone"} >= {f"'{named}"}
    assert not [value for row in table for value in row.values() if value.startswith(("=", "+", "@"))]
    assert [json.loads(line)["message_id"] for line in files["NDJSON"].splitlines()] == listed


def test_an_event_that_is_gone_is_stated_as_gone(look):
    page = look(DANA, "/explore/events/of-last-year")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    expect(page.get_by_text("It may be older than what is kept")).to_be_visible()


def test_an_auditor_sees_who_tried_to_log_in_and_who_got_a_role(look, explored):
    burst = explored.week.planted.failed_logins
    page = look(DANA, f"/explore/?{EVERYTHING}")
    page.get_by_text("queries", exact=True).click()
    page.get_by_role("link", name="Failed logins").click()
    expect(page.get_by_role("list", name="The filter")).to_contain_text("outcome:failed")
    page.wait_for_load_state()
    figure = page.get_by_role("figure")
    titles = figure.locator("a title").all_text_contents()
    failed = [int(found[1]) for found in (re.search(r", (\d+) failed$", title) for title in titles) if found]
    assert max(failed) >= burst.count / 2  # an edge of two bars may be in it
    red, green, blue = colour(figure.locator("rect.failed").first, "fill")
    assert red > max(green, blue)
    search(page, f"initiator_host_addr:{burst.address}")
    expect(rows(page)).to_have_count(burst.count)
    rows(page).first.get_by_role("link").first.click()
    traits = page.get_by_role("table", name="Traits").get_by_role("row")
    expect(traits.filter(has_text="initiator_host_addr")).to_contain_text(burst.address)
    expect(traits.filter(has_text="outcome")).to_contain_text("failure")
    page.goto(f"/explore/?{EVERYTHING}")
    page.get_by_text("queries", exact=True).click()
    page.get_by_role("link", name="Identity changes").click()
    expect(rows(page).filter(has_text="identity.role_assignment.created")).to_have_count(2)
    expect(rows(page)).to_have_count(3)


def test_a_cloudevent_that_a_program_posts_is_found_once(look, explored):
    thing = str(uuid4())
    sent = {"specversion": "1.0", "id": thing, "source": "/backups", "type": "org.example.backup.end", "subject": thing}
    sent["time"] = f"{moments.written(explored.week.events[-1].generated)}Z"
    sent["projectid"] = explored.ids["platform"]
    token = explored.keystone.token(DANA.name, DANA.password, project="platform")
    headers = {"X-Auth-Token": token, "Content-Type": "application/cloudevents+json"}
    for _ in range(2):
        assert httpx.post(f"{explored.api.url}/v2/events", json=sent, headers=headers).status_code == 201
    page = look(ERIKA, "/explore/")
    search(page, f"subject:{thing}")
    expect(rows(page)).to_have_count(1)
    wrong = httpx.post(f"{explored.api.url}/v2/events", json=sent | {"time": "noon"}, headers=headers)
    assert wrong.status_code == 400
    assert "time" in wrong.json()["error_message"]["faultstring"]


@pytest.fixture
def empty(start_api, explored, tmp_path):
    """The URL of a page that nobody has published anything to."""
    (tmp_path / "keys").write_bytes(Fernet.generate_key())
    migrate.upgrade(f"sqlite:///{tmp_path}/panko.sqlite")
    own = f"[api]\nworkers = 1\n[database]\nconnection = sqlite:///{tmp_path}/panko.sqlite\n"
    page = f"[explorer]\nenabled = true\nsession_keys_file = {tmp_path}/keys\n"
    api = start_api(own + page + KEYSTONE_AUTHTOKEN.format(url=explored.keystone.url))
    return f"http://localhost:{api.port}"


def test_an_operator_without_producers_is_told_what_to_do_first(window, empty):
    page = window(empty)
    page.goto("/explore/?all_projects=true")
    log_in(page, DANA)
    expect(page.get_by_role("heading", name="No producer has published yet")).to_be_visible()
    file = page.get_by_label("event_pipeline.yaml")
    expect(file).to_contain_text(f"{empty.replace('://', '://PUBLISHER:PASSWORD@')}/v2/events")
    expect(page.get_by_text("kubectl panko producer")).to_be_visible()
