"""Logging in with an application credential: it is of one project, which nobody has to choose."""

import pytest

from fakes.browser import WANTED, event
from fakes.markup import page


@pytest.fixture(autouse=True)
def credentials(keystone):
    keystone.credentials |= {"c0ffee": ("bob", "ops"), "guarded": ("alice", "demo")}
    keystone.guarded.add("alice")


def test_a_credential_leads_to_its_project_at_once(visitor, connection):
    connection.record_events([event(1, "a.error", project_id="id-ops", user_id="bob")])
    answer = visitor.log_in_by_credential("c0ffee")
    assert (answer.status_code, answer.headers["Location"]) == (303, WANTED)
    screen = visitor.see(WANTED)
    assert [row["data-id"] for row in screen.all("tr", "event")] == ["m001"]
    assert screen.one("header").one("span", "project").text == "ops"
    assert screen.one("header").one("span", "user").text == "bob"
    assert not screen.all("a", "project")  # there is no other one


def test_it_is_a_way_for_who_has_a_second_factor(visitor):
    form = page(visitor.log_in("alice").text)
    assert "application credential" in form.one("p", "problem").text
    assert "open" in form.one("details", "other-way").attributes
    assert visitor.log_in_by_credential("guarded").status_code == 303


def test_a_wrong_secret_is_told_and_shown_nowhere(visitor):
    answer = visitor.log_in_by_credential("c0ffee", "wr0ng-s3cret")
    assert answer.status_code == 401
    screen = page(answer.text)
    assert "whether it has expired" in screen.one("p", "problem").text
    assert screen.one("form", "credential").one("input", name="credential")["value"] == "c0ffee"
    assert "open" in screen.one("details", "other-way").attributes
    assert "wr0ng" not in answer.text
    assert not visitor.has_session


def test_guesses_of_a_secret_wait_as_those_of_a_password(visitor, keystone, clock):
    for _ in range(5):
        assert visitor.log_in_by_credential("c0ffee", "wrong").status_code == 401
    before = len(keystone.tried)
    assert visitor.log_in_by_credential("c0ffee").status_code == 429
    assert len(keystone.tried) == before
    assert visitor.log_in_by_credential("guarded").status_code == 303
    clock.now += 11
    assert visitor.log_in_by_credential("c0ffee").status_code == 303


@pytest.mark.parametrize(
    "more", [{"credential": ""}, {"secret": ""}, {"secret": "a" * 5000}, {"credential": "a" * 5000}]
)
def test_both_are_needed_and_bounded(visitor, keystone, more):
    answer = visitor.log_in_by_credential("c0ffee", **more)
    assert answer.status_code == 400
    assert "its secret" in page(answer.text).one("p", "problem").text
    assert keystone.tried == []


def test_another_site_cannot_send_it(visitor, keystone):
    fields = {"credential": "c0ffee", "secret": "c0ffee-s3cret", "next": ""}
    assert visitor.go("/explore/login", method="POST", fields=fields).status_code == 403
    assert keystone.tried == []


def test_leaving_and_another_login_end_its_token(visitor, keystone):
    visitor.log_in_by_credential("c0ffee")
    assert {user for user, _ in keystone.tokens.values()} == {"bob"}
    visitor.log_in_by_credential("guarded")
    assert {user for user, _ in keystone.tokens.values()} == {"alice"}
    visitor.leave()
    assert keystone.tokens == {}
