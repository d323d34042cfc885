"""Logging in and choosing a project, as a browser without script does it."""

import re

import pytest
from cryptography.fernet import Fernet

from fakes.browser import WANTED, Visitor, event
from fakes.markup import page


def test_whoever_has_not_logged_in_is_asked_to_and_returns_to_the_same_url(visitor, connection):
    connection.record_events([event(1, "a.error", project_id="id-demo", user_id="alice")])
    answer = visitor.go(WANTED)
    assert answer.status_code == 303
    form = visitor.see(answer.headers["Location"]).one("form", "card")
    assert form.one("input", name="next")["value"] == WANTED
    answer = visitor.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, WANTED)
    screen = visitor.see(WANTED)
    assert [row["data-id"] for row in screen.all("tr", "event")] == ["m001"]
    assert screen.one("header").one("span", "user").text == "alice"
    assert screen.one("header").one("a", "project").text == "demo ▾"


def test_somebody_with_several_projects_chooses_one_and_may_change_it(visitor):
    answer = visitor.log_in("bob")
    assert visitor.go(WANTED).headers["Location"].startswith("/explore/login/project?next=")
    screen = visitor.see(answer.headers["Location"])
    form = screen.one("form", "card")
    assert [each["value"] for each in form.all("button")] == ["id-demo", "id-ops"]
    fields = {each["name"]: each["value"] for each in form.all("input")}
    answer = visitor.go(form["action"], method="POST", fields=fields | {"project": "id-ops"})
    assert answer.headers["Location"] == WANTED
    assert visitor.see(WANTED).one("a", "project").text == "ops ▾"
    answer = visitor.go(form["action"], method="POST", fields=fields | {"project": "id-secret"})
    assert answer.status_code == 403
    assert "Choose another one" in page(answer.text).one("p", "problem").text


def test_somebody_without_a_project_is_told(visitor):
    answer = visitor.log_in("carol")
    assert answer.status_code == 403
    assert "Ask an administrator for one." in page(answer.text).one("p", "problem").text


def test_a_wrong_password_is_told_in_a_sentence_and_is_shown_nowhere(visitor):
    answer = visitor.log_in(password="wr0ng-s3cret")
    assert answer.status_code == 401
    form = page(answer.text).one("form", "card")
    assert "Check all three" in form.one("p", "problem").text
    assert form.one("input", name="name")["value"] == "alice"
    assert "wr0ng" not in answer.text
    assert not any("session" in name for name in visitor.cookies)


@pytest.mark.parametrize(
    "wanted",
    [
        *("https://elsewhere.example/", "//elsewhere.example/explore/", "/\\elsewhere.example", "javascript:alert(1)"),
        *("/v2/events", "/explorer", "/explore/\r\nSet-Cookie: a=b", "/explore/../v2", "/explore/ x", "", "explore/"),
    ],
)
def test_after_a_login_nobody_is_sent_elsewhere(visitor, wanted):
    assert visitor.log_in(following=wanted).headers["Location"] == "/explore/"


def test_the_cookie_is_for_this_page_alone_and_cannot_be_read(visitor, keystone):
    answer = visitor.log_in()
    (line,) = (each for each in answer.headers["Set-Cookie"].split(", ") if "session" in each)
    name, _, value = line.partition("=")
    assert name == "__Secure-panko-session"
    assert value.partition("; ")[2] == "Path=/explore; HttpOnly; Secure; SameSite=Lax"
    assert not any(token in line for token in keystone.tokens)
    assert "alice" not in line
    assert len(line) < 4096


def test_without_tls_the_cookie_has_no_prefix_which_browsers_would_refuse_on_this_machine(client):
    answer = Visitor(client, "http").log_in()
    assert "panko-session=" in answer.headers["Set-Cookie"]
    assert "__Secure-" not in answer.headers["Set-Cookie"]
    assert answer.headers["Set-Cookie"].count("; Secure") == 1


def test_a_form_of_another_site_logs_nobody_in(visitor, keystone):
    fields = {"name": "alice", "password": "alice-s3cret", "domain": "Default", "next": ""}
    assert visitor.go("/explore/login", method="POST", fields=fields).status_code == 403
    form = visitor.see("/explore/login").one("form", "card")
    own = fields | {"form": form.one("input", name="form")["value"]}
    visitor.cookies.clear()
    assert visitor.go("/explore/login", method="POST", fields=own).status_code == 403
    form = visitor.see("/explore/login").one("form", "card")
    own = fields | {"form": form.one("input", name="form")["value"]}
    crossing = {"Sec-Fetch-Site": "cross-site"}
    assert visitor.go("/explore/login", method="POST", fields=own, headers=crossing).status_code == 403
    assert keystone.tried == []
    assert visitor.go("/explore/login", method="POST", fields=own).status_code == 303


def test_an_outage_of_keystone_is_a_screen(visitor, keystone):
    visitor.log_in()
    keystone.is_away = True
    for answer in (visitor.go("/explore/"), visitor.log_in()):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "Keystone does not answer" in page(answer.text).one("section", "empty").text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_headers_are_no_way_around_the_login(client, keystone):
    token = keystone.scoped(keystone.person("alice", "alice-s3cret", domain="Default").token, "id-demo")[0]
    claims = {"X-Auth-Token": token, "X-User-Id": "alice", "X-Project-Id": "id-demo", "X-Roles": "admin"}
    assert Visitor(client).go("/explore/", headers=claims).status_code == 303


@pytest.mark.parametrize("value", ["", "x", "gAAAAAB", "ü", "a" * 5000])
def test_a_cookie_that_is_not_of_these_keys_is_nobody(visitor, value):
    visitor.cookies["__Secure-panko-session"] = value
    assert visitor.go("/explore/").status_code == 303


def test_keys_are_renewed_without_sending_anybody_to_log_in(visitor, keys_file):
    visitor.log_in()
    old, new = keys_file.read_text(), Fernet.generate_key().decode()
    keys_file.write_text(f"{new}\n{old}")
    assert visitor.go("/explore/").status_code == 200
    keys_file.write_text(new)
    assert visitor.go("/explore/").status_code == 303


def test_what_a_form_may_hold_is_bounded(visitor):
    assert visitor.log_in("a" * 5000).status_code == 400
    assert visitor.go("/explore/login", method="POST", fields={"name": "a" * 40_000}).status_code == 413


def test_every_form_has_another_proof_so_that_its_length_tells_nothing(visitor):
    visitor.log_in()
    proofs = {visitor.see("/explore/").one("header").one("form").one("input")["value"] for _ in range(2)}
    assert len(proofs) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_=-]+", each) for each in proofs)


def test_an_account_with_a_second_factor_is_told_what_it_can_use_instead(visitor, keystone):
    keystone.guarded.add("alice")
    for _ in range(7):  # a right password is no guess
        answer = visitor.log_in()
        assert answer.status_code == 403
    problem = page(answer.text).one("form", "card").one("p", "problem").text
    assert "needs a second factor" in problem
    assert "application credential" in problem
    assert visitor.log_in("bob").status_code == 303


def test_without_logins_at_keystone_itself_there_is_no_link_and_no_way_back(visitor):
    assert not visitor.see("/explore/login").all("nav", "other-way")
    assert visitor.go("/explore/websso/begin?way=openid").status_code == 404
    assert visitor.go("/explore/websso", method="POST", fields={"token": "t"}).status_code == 404
