"""Logging in at Keystone itself: who comes back with a token has left from here, and brings it from Keystone's page."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.fernet import Fernet

from fakes.browser import WANTED, event
from fakes.markup import page
from panko.api.middleware import authentication
from panko.errors import ConfigurationError
from panko.explore import settings
from panko.explore.settings import Federation, Way

KEPT = "__Secure-panko-websso"


@pytest.fixture
def federation():
    ways = (Way("Corporate login", "openid"), Way("Partners", "saml 2", "part/ners"))
    return Federation("https://keystone.example/v3", "https://keystone.example", ways)


def refused(visitor, answer, sentence):
    """Tell whether a login was refused by one screen, with a sentence and no session."""
    assert answer.status_code == 403
    screen = page(answer.text).one("section", "empty")
    assert screen.one("h1").text == "You are not logged in"
    assert sentence in screen.text
    return not visitor.has_session


def test_the_links_lead_to_keystone_which_is_told_the_way_back(visitor):
    first, second = urlsplit(visitor.depart("Corporate login")), urlsplit(visitor.depart("Partners"))
    assert (first.scheme, first.netloc) == ("https", "keystone.example")
    assert first.path == "/v3/auth/OS-FEDERATION/websso/openid"
    assert second.path == "/v3/auth/OS-FEDERATION/identity_providers/part%2Fners/protocols/saml%202/websso"
    for each in (first, second):
        assert parse_qs(each.query) == {"origin": ["https://falconframework.org/explore/websso"]}


def test_a_way_that_is_not_configured_is_none(visitor):
    assert visitor.go("/explore/websso/begin?way=another").status_code == 404
    assert visitor.go("/explore/websso/begin").status_code == 404


def test_a_token_from_keystones_page_is_a_session_that_returns_to_the_wanted_url(visitor, keystone, connection):
    connection.record_events([event(1, "a.error", project_id="id-demo", user_id="alice")])
    visitor.depart("Corporate login")
    answer = visitor.come_back(keystone.gives("alice"))
    assert (answer.status_code, answer.headers["Location"]) == (303, WANTED)
    screen = visitor.see(WANTED)
    assert [row["data-id"] for row in screen.all("tr", "event")] == ["m001"]
    assert screen.one("header").one("span", "user").text == "alice"
    assert screen.one("header").one("a", "project").text == "demo ▾"


def test_somebody_with_several_projects_chooses_one(visitor, keystone):
    visitor.depart("Corporate login")
    answer = visitor.come_back(keystone.gives("bob"))
    form = visitor.see(answer.headers["Location"]).one("form", "card")
    assert [each["value"] for each in form.all("button")] == ["id-demo", "id-ops"]
    assert visitor.send(form, project="id-ops").headers["Location"] == WANTED


def test_somebody_without_a_project_is_told_and_keystone_forgets_the_token(visitor, keystone):
    visitor.depart("Corporate login")
    assert refused(visitor, visitor.come_back(keystone.gives("carol")), "Ask an administrator for one.")
    assert keystone.tokens == {}


@pytest.mark.parametrize(
    "origin",
    [
        *("https://elsewhere.example", "http://keystone.example", "https://keystone.example:8443", "null", None, ""),
        *("https://keystone.example.elsewhere.example", "https://falconframework.org"),
    ],
)
def test_a_token_from_a_page_of_anybody_else_is_not_taken(visitor, keystone, origin):
    visitor.depart("Corporate login")
    answer = visitor.come_back(keystone.gives("bob"), origin=origin)
    assert refused(visitor, answer, "not sent by a page of Keystone")
    # Whose way it is goes it all the same.
    assert visitor.come_back(keystone.gives("alice")).status_code == 303


def test_who_has_not_left_from_here_is_not_logged_in(visitor, keystone):
    assert refused(visitor, visitor.come_back(keystone.gives("bob")), "was not begun here")


def test_a_way_is_gone_once(visitor, keystone):
    visitor.depart("Corporate login")
    assert visitor.come_back(keystone.gives("alice")).status_code == 303
    assert KEPT not in visitor.cookies
    visitor.cookies.clear()
    assert refused(visitor, visitor.come_back(keystone.gives("bob")), "used already")


def test_a_way_is_open_for_ten_minutes(visitor, keystone, keys_file):
    visitor.depart("Corporate login")
    key = Fernet(keys_file.read_text().strip())
    content = key.decrypt(visitor.cookies[KEPT])
    visitor.cookies[KEPT] = key.encrypt_at_time(content, int(time.time()) - 601).decode()
    assert refused(visitor, visitor.come_back(keystone.gives("alice")), "more than ten minutes")
    visitor.cookies[KEPT] = key.encrypt_at_time(content, int(time.time()) - 590).decode()
    assert visitor.come_back(keystone.gives("alice")).status_code == 303


def test_a_cookie_of_other_keys_or_of_another_use_opens_nothing(visitor, keystone, keys_file):
    visitor.depart("Corporate login")
    content = Fernet(keys_file.read_text().strip()).decrypt(visitor.cookies[KEPT])
    form = visitor.see("/explore/login").one("form", "card").one("input", name="form")["value"]
    visitor.log_in()
    for value in (Fernet(Fernet.generate_key()).encrypt(content).decode(), form, "x", "ü"):
        stranger = dict(visitor.cookies)
        visitor.cookies = {KEPT: value}
        assert refused(visitor, visitor.come_back(keystone.gives("bob")), "was not begun here")
        visitor.cookies = {KEPT: stranger["__Secure-panko-session"]}
        assert refused(visitor, visitor.come_back(keystone.gives("bob")), "was not begun here")
        visitor.cookies = stranger


def test_what_browsers_send_from_anywhere_cannot_be_sealed_as_a_way(visitor, keystone):
    visitor.cookies["__Secure-panko-form"] = 'websso["/explore/"]'
    form = visitor.see("/explore/login").one("form", "card").one("input", name="form")["value"]
    visitor.cookies = {KEPT: form}
    assert refused(visitor, visitor.come_back(keystone.gives("bob")), "was not begun here")


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/explore/../v2", "/v2/events"]
)
def test_after_such_a_login_nobody_is_sent_elsewhere(visitor, keystone, wanted):
    visitor.depart("Corporate login", wanted)
    assert visitor.come_back(keystone.gives("alice")).headers["Location"] == "/explore/"
    visitor.go(f"/explore/websso/begin?way=openid&next={wanted}")
    assert visitor.come_back(keystone.gives("alice")).headers["Location"] == "/explore/"


def test_a_url_that_is_too_long_for_a_cookie_is_forgotten_rather_than_the_login(visitor, keystone):
    visitor.depart("Corporate login", "/explore/?filter=" + "a" * 5000)
    assert len(visitor.cookies[KEPT]) < 4000
    assert visitor.come_back(keystone.gives("alice")).headers["Location"] == "/explore/"


def test_the_cookie_is_for_the_way_back_alone_and_cannot_be_read(visitor):
    visitor.depart("Corporate login")
    (line,) = (each for each in visitor.last.headers["Set-Cookie"].split(", ") if "websso=" in each)
    about = line.partition("; ")[2]
    assert about == "Path=/explore/websso; Max-Age=600; HttpOnly; Secure; SameSite=None"
    assert "filter" not in line


def test_another_site_cannot_send_somebody_on_the_way(visitor):
    answer = visitor.go("/explore/websso/begin?way=openid", headers={"Sec-Fetch-Site": "cross-site"})
    assert refused(visitor, answer, "Another site sent you here")
    assert KEPT not in visitor.cookies


@pytest.mark.parametrize("token", ["", "a b", "a\nX-Header: b", "ü", "a" * 4097])
def test_what_is_no_token_is_not_sent_to_keystone(visitor, keystone, token):
    keystone.is_away = True
    visitor.depart("Corporate login")
    assert refused(visitor, visitor.come_back(token), "no token that can be used")


def test_a_token_that_keystone_does_not_know_is_refused_and_shown_nowhere(visitor):
    visitor.depart("Corporate login")
    answer = visitor.come_back("made-up-t0ken")
    assert refused(visitor, answer, "does not know the token")
    assert "t0ken" not in answer.text


def test_what_the_form_may_hold_is_bounded(visitor):
    visitor.depart("Corporate login")
    assert visitor.come_back("a" * 40_000).status_code == 413


def test_the_tokens_of_the_session_before_end(visitor, keystone):
    visitor.log_in("bob")
    visitor.choose("id-ops")
    visitor.depart("Corporate login")
    assert visitor.come_back(keystone.gives("alice")).status_code == 303
    assert {user for user, _ in keystone.tokens.values()} == {"alice"}


def test_an_outage_of_keystone_is_a_screen(visitor, keystone):
    visitor.depart("Corporate login")
    keystone.is_away = True
    answer = visitor.come_back("token")
    assert answer.status_code == 503
    assert "Keystone does not answer" in page(answer.text).one("section", "empty").text


def test_no_form_leads_to_keystone_which_the_policy_for_browsers_would_not_let(visitor):
    visitor.depart("Corporate login")
    assert "form-action 'self'" in visitor.last.headers["Content-Security-Policy"]
    actions = {
        form.attributes.get("action", "").partition("?")[0] for form in visitor.see("/explore/login").all("form")
    }
    assert actions == {"", "/explore/login", "/explore/theme"}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Keystone.Example/identity/v3", "https://keystone.example"),
        ("https://keystone.example:443/v3", "https://keystone.example"),
        ("http://keystone.example:80", "http://keystone.example"),
        ("https://keystone.example:5000/v3/", "https://keystone.example:5000"),
        ("https://[FD00::1]:5000", "https://[fd00::1]:5000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url, origin):
    assert settings.origin(url) == origin


@pytest.fixture
def configured(make_conf, keys_file):
    def read(text):
        top = f"[api]\nauth_strategy = keystone\n[explorer]\nsession_keys_file = {keys_file}\n"
        conf = make_conf(f"{top}auth_url = http://keystone.internal:5000\n{text}")
        authentication.prepare(conf)
        return settings.login(conf)

    return read


def test_ways_are_read_as_they_are_written_and_lead_to_the_keystone_of_browsers(configured):
    assert configured("").federation is None
    found = configured("websso = Corporate login = openid, A=B = idp/saml2\n")
    assert found.federation.ways == (Way("Corporate login", "openid"), Way("A=B", "saml2", "idp"))
    assert found.federation.origin == "http://keystone.internal:5000"
    found = configured("websso = a=b\nwebsso_url = https://keystone.example/v3\n")
    assert (found.auth_url, found.federation.url) == ("http://keystone.internal:5000/v3", "https://keystone.example/v3")
    assert found.federation.origin == "https://keystone.example"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "websso = openid",
            "websso = =openid",
            "websso = a=",
            "websso = a=/openid",
            "websso = a=b/c/d",
            "websso = a=b/",
        ),
        *("websso = a=b,c=b", f"websso = a={'b' * 65}", "websso = a=b\nwebsso_url = keystone.example"),
        *("websso = a=b\nwebsso_url = javascript://keystone.example", "websso = a=b\nwebsso_url = https://k:port"),
    ],
)
def test_what_cannot_be_a_way_is_told_at_the_start(configured, text):
    with pytest.raises(ConfigurationError, match="websso"):
        configured(f"{text}\n")
