"""Leaving: by the button, by a token that has ended, and by another project. No token outlives its use."""

from urllib.parse import urlencode

import pytest

from fakes.browser import WANTED
from fakes.markup import page


def test_leaving_revokes_the_tokens_and_forgets_the_session(visitor, keystone):
    visitor.log_in()
    assert keystone.tokens
    stolen = dict(visitor.cookies)
    form = visitor.see("/explore/").one("header").one("form")
    assert form["action"] == "/explore/logout"
    fields = {each["name"]: each["value"] for each in form.all("input")}
    answer = visitor.go(form["action"], method="POST", fields=fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/explore/login")
    assert keystone.tokens == {}
    assert not visitor.has_session
    visitor.cookies = stolen
    assert visitor.go("/explore/").headers["Location"].startswith("/explore/login")


def test_nobody_else_can_make_somebody_leave(visitor, keystone):
    visitor.log_in()
    assert visitor.go("/explore/logout", method="POST", fields={}).status_code == 403
    assert visitor.go("/explore/logout").status_code == 405
    assert keystone.tokens


def test_leaving_works_while_keystone_is_away(visitor, keystone):
    visitor.log_in()
    form = visitor.see("/explore/").one("header").one("form")
    keystone.is_away = True
    answer = visitor.go(
        form["action"], method="POST", fields={each["name"]: each["value"] for each in form.all("input")}
    )
    assert answer.status_code == 303
    assert not visitor.has_session


def test_a_token_that_has_ended_leads_to_a_login_and_back(visitor, keystone):
    visitor.log_in()
    keystone.tokens.clear()
    answer = visitor.go(WANTED)
    assert (answer.status_code, answer.text) == (303, "")
    assert answer.headers["Location"] == "/explore/login?" + urlencode({"next": WANTED})
    assert not visitor.has_session


def test_script_that_asks_for_a_part_leaves_for_the_login_as_a_whole(visitor):
    answer = visitor.go("/explore/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"].startswith("/explore/login")


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        ("https://panko.example/explore/?filter=outcome%3Afailed&live=1", "/explore/?filter=outcome%3Afailed&live=1"),
        ("https://panko.example/explore/events/a", "/explore/events/a"),
        ("https://elsewhere.example/", "/explore/"),
        ("https://elsewhere.example//evil.example/explore/", "/explore/"),
        ("http://[::", "/explore/facets?from=-1h"),
    ],
)
def test_after_that_login_somebody_is_back_at_the_screen_and_not_at_its_part(visitor, shown, wanted):
    answer = visitor.go("/explore/facets?from=-1h", headers={"HX-Request": "true", "HX-Current-URL": shown})
    assert answer.headers["HX-Redirect"] == "/explore/login?" + urlencode({"next": wanted})


CROSSING = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "null", "Host": "[::"},
    {"Origin": "https://[::", "Host": "::"},
]


@pytest.mark.parametrize("headers", CROSSING)
def test_another_site_makes_nobody_leave_whose_cookie_it_does_not_send(visitor, headers):
    answer = visitor.go("/explore/logout", method="POST", fields={}, headers=headers)
    assert answer.status_code == 403
    assert "session" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("headers", CROSSING)
def test_another_site_makes_nobody_leave_whose_form_it_has_read(visitor, keystone, headers):
    visitor.log_in()
    form = visitor.see("/explore/").one("header").one("form")
    fields = {each["name"]: each["value"] for each in form.all("input")}
    assert visitor.go(form["action"], method="POST", fields=fields, headers=headers).status_code == 403
    assert keystone.tokens


def test_who_has_no_session_leaves_without_a_word_about_cookies(visitor):
    answer = visitor.go("/explore/logout", method="POST", fields={})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/explore/login")
    assert "Set-Cookie" not in answer.headers


def test_a_cookie_that_nobody_can_read_any_longer_goes_too(visitor):
    visitor.cookies["__Secure-panko-session"] = "of former keys"
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "https://falconframework.org"}
    assert visitor.go("/explore/logout", method="POST", fields={}, headers=own).status_code == 303
    assert not visitor.has_session


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://panko.example:8443", "Panko.example:8443"),
        ("https://panko.example:8443", "panko.example"),
        ("http://[::1]:8777", "[::1]:8777"),
    ],
)
def test_a_browser_that_names_the_origin_alone_leaves_by_the_own_form(visitor, keystone, origin, host):
    visitor.log_in()
    form = visitor.see("/explore/").one("header").one("form")
    fields = {each["name"]: each["value"] for each in form.all("input")}
    own = {"Origin": origin, "Host": host}
    assert visitor.go(form["action"], method="POST", fields=fields, headers=own).status_code == 303
    assert keystone.tokens == {}


def test_another_project_ends_the_token_of_the_former_one_and_no_other(visitor, keystone):
    visitor.log_in("bob")
    visitor.choose("id-demo")
    assert sorted(project for _, project in keystone.tokens.values()) == ["", "id-demo"]
    visitor.choose("id-ops")
    assert sorted(project for _, project in keystone.tokens.values()) == ["", "id-ops"]
    assert visitor.see("/explore/").one("a", "project").text == "ops ▾"
    visitor.choose("id-demo")  # and back, so the token that chooses is still worth something
    assert visitor.see("/explore/").one("a", "project").text == "demo ▾"
    visitor.leave()
    assert keystone.tokens == {}


def test_a_project_that_gives_no_token_leaves_that_of_the_former_one(visitor, keystone):
    visitor.log_in("bob")
    visitor.choose("id-demo")
    keystone.closed.add("ops")
    assert visitor.choose("id-ops").status_code == 403
    assert visitor.see("/explore/").one("a", "project").text == "demo ▾"


def test_another_login_ends_the_tokens_of_the_one_before(visitor, keystone):
    visitor.log_in("bob")
    visitor.choose("id-demo")
    visitor.log_in("alice", password="wrong")
    assert {user for user, _ in keystone.tokens.values()} == {"bob"}
    visitor.log_in("alice")
    assert {user for user, _ in keystone.tokens.values()} == {"alice"}
    assert visitor.see("/explore/").one("span", "user").text == "alice"


def test_no_token_is_left_of_who_has_no_project_or_gets_no_token_of_it(visitor, keystone):
    assert visitor.log_in("carol").status_code == 403
    assert keystone.tokens == {}
    keystone.closed.add("demo")
    answer = visitor.log_in("alice")
    assert answer.status_code == 403
    assert "gives no token of a project" in page(answer.text).one("form", "card").one("p", "problem").text
    assert keystone.tokens == {}
    assert not visitor.has_session


def test_a_token_that_is_worth_nothing_after_the_right_password_is_told_in_the_form(visitor, keystone):
    keystone.forgets = True
    answer = visitor.log_in("bob")
    assert answer.status_code == 403
    form = page(answer.text).one("form", "card")
    assert "gives no token of a project" in form.one("p", "problem").text
    assert form.one("input", name="next")["value"] == WANTED
    assert not visitor.has_session


def test_a_token_that_ends_before_a_project_is_chosen_leads_to_a_login_and_back(visitor, keystone):
    visitor.log_in("bob")
    form = visitor.see("/explore/login/project?" + urlencode({"next": WANTED})).one("form", "card")
    kept = dict(visitor.cookies)
    keystone.tokens.clear()
    for ask in (
        lambda: visitor.send(form, project="id-ops"),
        lambda: visitor.go("/explore/login/project?" + urlencode({"next": WANTED})),
    ):
        visitor.cookies = dict(kept)
        answer = ask()
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            "/explore/login?" + urlencode({"next": WANTED}),
        )
        assert not visitor.has_session
