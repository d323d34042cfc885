"""What others wrote stays text in a real browser, and a browser asks this server alone, for little."""

import dataclasses
from datetime import timedelta
from urllib.parse import quote, urljoin, urlsplit

import pytest
from playwright.sync_api import expect

from panko_client.event import Trait
from servers.chromium import Trap
from servers.explored_week import DANA

KIB = 1024
FIRST_LOAD = 60 * KIB
HOSTILE = {
    "markup": "<img src=//elsewhere.example/x.png onerror=alert(1)>",
    "script": "</script></textarea></title><script>alert(1)</script>",
    "attribute": "\" onmouseover=alert(1) autofocus onfocus=alert(1) x='",
    "link": "javascript:alert(document.domain)//%0aalert(1)",
    "direction": "\u202egnp.exe\u2066 \u05e9\u05dc\u05d5\u05dd \u200f\u0645\u0631\u062d\u0628\u0627",
    "emoji": "👩‍👩‍👧 🏳️‍🌈 Z\u0301\u0301\u0301",
    "long": "x" * 255,
    "words": " ".join(["a-long-word-of-31-characters-all"] * 7),
}
TRAITS = (
    *("resource_id", "instance_id", "request_id", "display_name", "name", "user_id", "host", "service"),
    *("outcome", "state", "reason", "message", "initiator_name", "target_name", "action", "requestPath"),
)
TELEPHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module", params=HOSTILE)
def value(request):
    return HOSTILE[request.param]


@pytest.fixture(scope="module")
def paths(explored, value):
    """Every screen, with a hostile value in everything that it shows and in its URL."""
    stored = [
        explored.event(kind, timedelta(seconds=100 - place), **dict.fromkeys(TRAITS, value))
        for place, kind in enumerate((value, value, "compute.instance.create.start", "compute.instance.create.error"))
    ]
    more = {"raw": {value: [value]}}
    explored.post(*(dataclasses.replace(one, traits=(*one.traits, Trait(value, value)), **more) for one in stored))
    first, second = (one.message_id for one in stored[:2])
    written = value.replace("\\", "\\\\").replace('"', '\\"')
    everybody, inside, named = "all_projects=true", quote(value, safe=""), quote(f'display_name:"{written}"')
    return {
        "list": f"/explore/?{everybody}&filter={named}",
        "filter": f"/explore/?{everybody}&filter={inside}",
        "range": f"/explore/?{everybody}&from={inside}&to={inside}",
        "event": f"/explore/events/{first}?{everybody}",
        "nothing": f"/explore/events/{inside}",
        "story": f"/explore/resources/{inside}?{everybody}",
        "request": f"/explore/requests/{inside}?{everybody}",
        "compare": f"/explore/compare?a={first}&b={second}&same=true&{everybody}",
        "absent": f"/explore/compare?a={inside}&b={inside}",
        "login": f"/explore/login?next={inside}",
        "pipeline": "/explore/pipeline",
    }


def leads(page, path):
    """The URLs that the links, forms and buttons of a page lead to."""
    found = page.locator("[href], [action], [formaction], [src]").evaluate_all(
        "all => all.flatMap(one => ['href', 'action', 'formaction', 'src'].map(name => one.getAttribute(name)))"
    )
    return [urljoin(urljoin("http://localhost", path), each) for each in found if each]


def test_a_hostile_value_runs_nothing_leads_nowhere_and_moves_nothing(look, paths):
    screens = [look(DANA, "/explore/login"), look(DANA, "/explore/login", **TELEPHONE)]
    for name, path in paths.items():
        for page in screens:
            page.goto(path)
            expect(page.get_by_role("heading", level=1).first).to_be_attached()
            foreign = [url for url in leads(page, path) if urlsplit(url)[:2] != ("http", "localhost")]
            assert foreign == [], name
            width = page.viewport_size["width"]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_a_hostile_value_can_be_read_and_followed(look, paths, value):
    page = look(DANA, paths["list"])
    rows = page.locator("tr.event")
    expect(rows).to_have_count(4)
    rows.first.hover()
    rows.first.get_by_role("link").first.click()
    shown = value.replace("\u202e", "\\u202e").replace("\u2066", "\\u2066").replace("\u200f", "\\u200f")
    traits = page.get_by_role("table", name="Traits").get_by_role("row")
    expect(traits.filter(has_text="display_name")).to_contain_text(shown)
    if "/" in value:  # no path has a part with that in it
        return
    traits.filter(has_text="resource_id").get_by_role("link", name="open").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(shown)
    expect(rows).to_have_count(4)


def test_a_first_load_is_small_and_a_second_one_fetches_no_file_again(look, window, sessions):
    look(DANA, "/explore/login")  # for the cookies; what this window has loaded no other one has
    page = window(storage_state=sessions[DANA.name])
    asked = []

    def keep(request):
        asked.append(request)

    page.on("requestfinished", keep)
    page.goto("/explore/?all_projects=true")
    expect(page.locator("tr.event")).to_have_count(100)
    page.wait_for_load_state("networkidle")
    assert {urlsplit(request.url).path.rpartition(".")[2] for request in asked} >= {"css", "js"}
    assert sum(map(received, asked)) <= FIRST_LOAD
    asked.clear()
    page.goto("/explore/?all_projects=true&from=-1h")
    page.wait_for_load_state("networkidle")
    files = [request for request in asked if "/static/" in request.url]
    assert files
    assert sum(map(received, files)) == 0


def received(request):
    """How many bytes came, as they were sent."""
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def test_the_trap_catches_what_no_page_may_do(browser):
    context = browser.new_context()
    trap = Trap(context, "http://localhost")
    policy = {"Content-Security-Policy": "script-src 'nonce-a'; img-src *; style-src 'self'"}
    answers = {
        "/": (
            200,
            "<img src=https://elsewhere.example/x.png><script>1</script><script nonce=a src=/static/away.js></script>",
        ),
        "/broken": (200, "<script nonce=a>absent()</script>"),
        "/asks": (200, "<script nonce=a>alert(7)</script>"),
        "/down": (503, "down"),
        "/wrong": (404, "wrong"),
    }

    def answer(route):
        status, body = answers.get(urlsplit(route.request.url).path, (404, ""))
        route.fulfill(status=status, body=body, content_type="text/html", headers=policy)

    context.route("**/*", answer)
    page = context.new_page()
    for path, expected in (
        (
            "/",
            ("another host is asked: https://elsewhere", "the console has: ", "404: http://localhost/static/away.js"),
        ),
        ("/broken", ("a script broke: ",)),
        ("/asks", ("a script ran: alert 7",)),
        ("/down", ("503: ",)),
        ("/wrong", ()),
    ):
        trap.caught.clear()
        page.goto(f"http://localhost{path}")
        for start in expected:
            assert [one for one in trap.caught if one.startswith(start)], (start, trap.caught)
        assert bool(trap.caught) == bool(expected)
    context.close()
