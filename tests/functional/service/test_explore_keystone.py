"""The page behind a real Keystone: a password becomes a session, which shows what the API shows, until it is left."""

import html
import re
import time

import httpx
import pytest

from fakes.markup import page
from fakes.person import Person
from servers.explorer import explorer, store_one
from servers.keystone import Keystone


@pytest.fixture(scope="module")
def people(keystone_of_panko: Keystone):
    keystone = keystone_of_panko
    keystone.add_user("pia", "pia-s3cret", project="shop", roles=["member"])
    user_id = keystone.add_user("otto", "otto-s3cret", project="shop", roles=["admin"])
    project_id, role_id = keystone.add_project("lab"), keystone.add_role("member")
    keystone.request("PUT", f"/projects/{project_id}/users/{user_id}/roles/{role_id}")
    return keystone


@pytest.fixture(scope="module")
def api(people, tmp_path_factory):
    with explorer(tmp_path_factory.mktemp("explore"), people.url, workers=2) as api:
        yield api


@pytest.fixture(scope="module")
def credential(people):
    """An application credential of somebody who has two projects, in one of them."""
    token = people.token("otto", "otto-s3cret", project="shop")
    user_id = people.request("GET", "/users?name=otto")["users"][0]["id"]
    document = {"application_credential": {"name": "page", "roles": [{"name": "admin"}]}}
    answer = httpx.post(
        f"{people.url}/users/{user_id}/application_credentials",
        json=document,
        headers={"X-Auth-Token": token},
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["application_credential"]


@pytest.fixture
def stored(api, people):
    store_one(api, people)


def test_a_password_opens_what_the_api_shows_and_every_worker_knows_the_session(api, stored):
    otto = Person(api.url)
    assert otto.go("/explore/").headers["Location"] == "/explore/login?next=%2Fexplore%2F"
    choice = otto.log_in("otto", "otto-s3cret", "/explore/?from=")
    form = page(otto.go(choice.headers["Location"]).text).one("form", "card")
    named = {each.one("bdi").text: each["value"] for each in form.all("button")}
    assert list(named) == ["lab", "shop"]
    fields = {each["name"]: each["value"] for each in form.all("input")} | {"project": named["shop"]}
    assert otto.go("/explore/login/project", fields).headers["Location"] == "/explore/?from="
    for _ in range(10):
        screen = page(otto.go("/explore/?from=").text)
        assert [row["data-id"] for row in screen.all("tr", "event")] == ["e1"]
        assert screen.one("a", "project").text == "shop ▾"


def test_somebody_with_one_project_is_there_at_once_and_sees_their_own(api, stored):
    pia = Person(api.url)
    assert pia.log_in("pia", "pia-s3cret").headers["Location"] == "/explore/"
    screen = page(pia.go("/explore/?from=").text)
    assert screen.one("section", "empty").one("h2").text == "You have no events in this project"
    assert not screen.all("label", "check")


def test_a_wrong_password_and_an_unknown_domain_are_refused_and_logged_without_it(api, people):
    pia = Person(api.url)
    answer = pia.log_in("pia", "not-pias-s3cret")
    assert answer.status_code == 401
    assert "Keystone does not know this name" in html.unescape(answer.text)
    assert "not-pias" not in answer.text + api.output
    assert re.search(r"Keystone refuses the login of 'pia@Default' from \S*127.0.0.1", api.output)


def test_an_application_credential_opens_its_project_at_once_and_no_other(api, credential, stored):
    otto = Person(api.url)
    answer = otto.log_in_by_credential(credential["id"], credential["secret"], "/explore/?from=")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/explore/?from=")
    screen = page(otto.go("/explore/?from=").text)
    assert [row["data-id"] for row in screen.all("tr", "event")] == ["e1"]
    header = screen.one("header")
    assert (header.one("span", "project").text, header.one("span", "user").text) == ("shop", "otto")
    assert not header.all("a", "project")
    assert otto.go("/explore/facets?from=").status_code == otto.go("/explore/pipeline").status_code == 200
    choice = otto.go("/explore/login/project")
    form = page(choice.text).one("form", "card")
    fields = {each["name"]: each["value"] for each in form.all("input")}
    other = next(each["value"] for each in form.all("button") if each.one("bdi").text == "lab")
    assert otto.go("/explore/login/project", fields | {"project": other}).status_code == 403
    assert page(otto.go("/explore/").text).one("span", "project").text == "shop"


def test_a_wrong_secret_of_an_application_credential_is_refused_and_logged_without_it(api, credential):
    answer = Person(api.url).log_in_by_credential(credential["id"], "not-its-s3cret")
    assert answer.status_code == 401
    assert "application credential of this id" in html.unescape(answer.text)
    assert "not-its" not in answer.text + api.output
    assert f"'{credential['id']}@application credential'" in api.output


def test_leaving_makes_the_token_of_an_application_credential_worthless(api, credential):
    otto = Person(api.url)
    otto.log_in_by_credential(credential["id"], credential["secret"])
    kept = dict(otto.cookies)
    assert otto.leave().status_code == 303
    time.sleep(1.5)  # for as long as the service remembers a token
    otto.cookies = kept
    assert otto.go("/explore/").headers["Location"].startswith("/explore/login")


def test_leaving_makes_the_tokens_worthless(api, people):
    pia = Person(api.url)
    pia.log_in("pia", "pia-s3cret")
    kept = dict(pia.cookies)
    assert pia.leave().status_code == 303
    time.sleep(1.5)  # for as long as the service remembers a token
    pia.cookies = kept
    assert pia.go("/explore/").headers["Location"].startswith("/explore/login")


def test_an_outage_of_keystone_is_told_on_the_screen(api, people):
    pia = Person(api.url)
    pia.log_in("pia", "pia-s3cret")
    form = page(pia.go("/explore/login").text).one("form", "card")
    people.stop()
    try:
        fields = {each["name"]: each.attributes.get("value", "") for each in form.all("input")}
        answer = pia.go("/explore/login", fields | {"name": "pia", "password": "pia-s3cret"})
        assert answer.status_code == 503
        assert "Keystone does not answer" in page(answer.text).one("section", "empty").text
    finally:
        people.start()
