"""Whoever stores an event writes what others look at: nothing of it runs, leads elsewhere, or turns a text around."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from fakes.browser import ADMIN
from panko.event import Event, Trait, TraitType
from panko.explore import rendering
from panko.stories.traits import IDS, NAMES

HOSTILE = {
    "markup": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(1)</script>",
    "attribute": "\" onmouseover=alert(1) x='",
    "link": "javascript:alert(1)",
    "template": "{{ 7 * 7 }}{% raw %}",
    "direction": "\u202egnp.exe\u2066 \u200fabc\u061c",
    "control": "a\x1b[31mb\tc\nd\x7f",
    "emoji": "👩‍👩‍👧 🏳️‍🌈",
    "long": "x" * 255,
    "path": "../../login?next=//elsewhere.example",
    "host": "//elsewhere.example/a",
    "quotes": "a\" b\\ 'c' *,(=)",
    "combining": "Z" + "\u0301" * 60,
}
TRAITS = (
    *("project_id", "user_id", "request_id", "host", "outcome", "state", "reason", "initiator_name", "fault"),
    *IDS,
    *NAMES,
)
INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\x1b\x7f]")


def hostile(number, value, **own):
    traits = dict.fromkeys(TRAITS, value) | {value: value} | own
    listed = tuple(Trait(name, TraitType.TEXT, text) for name, text in sorted(traits.items()))
    moment = datetime.now(UTC) - timedelta(minutes=5) + timedelta(seconds=number)
    return Event(f"h{number}", value, moment, listed, {value: [value]})


@pytest.fixture(params=HOSTILE)
def value(request):
    return HOSTILE[request.param]


@pytest.fixture
def urls(connection, value):
    """Every screen with a hostile value in everything, also in the URL."""
    events = [hostile(1, value), hostile(2, value, display_name="web"), hostile(3, value)]
    operations = [
        Event(f"o{number}", f"compute.instance.create.{phase}", events[number].generated, events[0].traits, {})
        for number, phase in enumerate(("start", "error"))
    ]
    named = Event(value[:50], "acme.x", events[2].generated, events[0].traits, value)
    connection.record_events([*events, *operations, named])
    everybody, inside = "all_projects=true", quote(value, safe="")
    word = quote('display_name:"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"')))
    return [
        f"/explore/?{everybody}",
        f"/explore/?{everybody}&filter={word}",
        f"/explore/?{everybody}&filter={inside}",
        f"/explore/?{everybody}&from={inside}&to={inside}&cursor={inside}",
        f"/explore/?{everybody}&live={inside}&event={inside}",
        f"/explore/?{everybody}&live=1&event=h1&filter={word}",
        f"/explore/facets?{everybody}",
        f"/explore/facets?{everybody}&filter={word}",
        f"/explore/pipeline?next={inside}",
        f"/explore/?{everybody}&filter=type:absent&{inside}={inside}",
        f"/explore/events/h1?{everybody}",
        f"/explore/events/{quote(value[:50], safe='')}?{everybody}",
        f"/explore/events/absent{inside}",
        f"/explore/resources/{inside}?{everybody}",
        f"/explore/requests/{inside}?{everybody}",
        f"/explore/compare?a=h1&b=h2&same=true&{everybody}",
        f"/explore/compare?a={inside}&b={inside}",
    ]


def screens(browser, urls):
    for url in urls:
        answer = browser.answer(url, ADMIN)
        assert answer.status_code in (200, 400, 404), (url, answer.text)
        yield url, browser.see(url, ADMIN, status=answer.status_code)


def test_no_value_becomes_markup_or_a_link_to_elsewhere(browser, urls):
    for url, screen in screens(browser, urls):
        for element in screen.walk():
            assert element.tag not in {"img", "iframe", "object", "embed", "base", "style"}, url
            assert not any(name.startswith("on") or name == "style" for name in element.attributes), url
            for name in ("href", "src", "action", "formaction", "hx-get", "xlink:href"):
                leads = element.attributes.get(name, "/explore/")
                assert leads.startswith(("/explore", "#view")), (url, name, leads)
                assert not leads.startswith(("/explore/../", "//")), (url, leads)
        scripts = [each["src"].partition("?")[0].removeprefix("/explore/static/") for each in screen.all("script")]
        assert scripts[:3] == ["htmx-4.0.1.min.js", "hx-csp-4.0.1.min.js", "explore.js"]
        assert set(scripts[3:]) in (set(), {"brush.js", "panel.js", "live.js", "saved.js"})
        assert all(not each.text for each in screen.all("script"))


def test_no_value_turns_or_hides_a_text(browser, urls):
    for url, screen in screens(browser, urls):
        assert not INVISIBLE.search(screen.text), url
        assert not any(INVISIBLE.search(each.attributes.get("title", "")) for each in screen.walk()), url


def test_a_value_is_shown_so_that_it_is_recognized(browser, urls, value):
    shown = browser.see(urls[5], ADMIN).one("table", "traits").text
    if value.isascii() and value.isprintable():
        assert value in shown
    elif "\u202e" in value:
        assert "\\u202egnp.exe\\u2066" in shown
    elif "👩" in value:
        assert "👩‍👩‍👧" in shown


def test_nothing_switches_escaping_off():
    templates = sorted(Path(rendering.FOLDER).glob("*.html"))
    assert len(templates) > 5
    for path in (*templates, *Path(rendering.FOLDER).parent.rglob("*.py")):
        assert not re.search(
            r"\|\s*safe\b|autoescape\s*(false|=\s*False)|Markup\(|\bstyle=|<style|javascript:", path.read_text()
        ), path
    assert rendering.environment().autoescape is True


def test_the_policy_for_browsers_is_on_every_answer(browser, stored):
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    for url in (
        "/explore/",
        "/explore/nowhere",
        "/explore/?filter=x",
        "/explore/static/explore.css",
        "/explore/?format=csv",
    ):
        headers = browser.answer(url).headers
        assert headers["Content-Security-Policy"] == policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert browser.answer("/explore/").headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in browser.answer("/explore/", Origin="https://elsewhere.example").headers


def test_what_script_may_do_is_bound_to_a_nonce_of_the_answer(browser, stored):
    first, second = (browser.see("/explore/") for _ in range(2))
    nonces = {each["nonce"] for each in first.all("script")}
    assert len(nonces) == 1
    assert nonces.isdisjoint(each["nonce"] for each in second.all("script"))
    powered = [each for each in first.walk() if any(name.startswith("hx-") for name in each.attributes)]
    assert {each["hx-nonce"] for each in powered} == nonces
    (policy,) = (each["content"] for each in first.all("meta", http_equiv="Content-Security-Policy"))
    assert f"'nonce-{nonces.pop()}'" in policy
    assert "require-trusted-types-for 'script'" in policy
