"""The page behind a real Keystone with an identity provider: by a link to Keystone, and back by its form."""

import httpx
import pytest

from fakes.markup import page
from fakes.person import Person
from servers.database_server import free_port
from servers.explorer import explorer, store_one
from servers.federation import PROTOCOL, PROVIDER, federated

WEBSSO = f"websso = Corporate login={PROTOCOL}, Its own door={PROVIDER}/{PROTOCOL}"
WANTED = "/explore/?filter=type%3Acompute.instance.*&from="


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture(scope="module")
def keystone(port):
    with federated(f"http://127.0.0.1:{port}/explore/websso", projects=["shop"]) as keystone:
        yield keystone


@pytest.fixture(scope="module")
def api(keystone, port, tmp_path_factory):
    with explorer(tmp_path_factory.mktemp("websso"), keystone.url, more=WEBSSO, port=port) as api:
        yield api


@pytest.fixture(scope="module")
def stored(api, keystone):
    store_one(api, keystone)


def departed(person, name):
    """Return where a link of the login leads, which is Keystone."""
    screen = page(person.go(person.go(WANTED).headers["Location"]).text)
    (link,) = (each for each in screen.one("nav", "other-way").all("a") if each.text == f"Log in with {name}")
    return person.go(link["href"]).headers["Location"]


def come_back(person, action, fields, origin):
    """Send the form of Keystone's page: from another site, so that no Lax cookie goes along."""
    assert action.startswith(person.url)
    kept = {name: value for name, value in person.cookies.items() if name == "panko-websso"}
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in kept.items()), "Sec-Fetch-Site": "cross-site"}
    return person.go(action.removeprefix(person.url), fields, headers | {"Origin": origin})


@pytest.mark.parametrize("name", ["Corporate login", "Its own door"])
def test_who_logs_in_at_the_identity_provider_is_shown_the_events_of_their_project(api, keystone, stored, name):
    pia = Person(api.url)
    action, fields = keystone.page_for("pia@example.org", departed(pia, name))
    answer = come_back(pia, action, fields, keystone.origin)
    assert (answer.status_code, answer.headers["Location"]) == (303, WANTED)
    screen = page(pia.go(WANTED).text)
    assert [row["data-id"] for row in screen.all("tr", "event")] == ["e1"]
    header = screen.one("header")
    assert (header.one("a", "project").text, header.one("span", "user").text) == ("shop ▾", "pia@example.org")


def test_leaving_makes_the_token_of_the_identity_providers_login_worthless(api, keystone):
    pia = Person(api.url)
    action, fields = keystone.page_for("pia@example.org", departed(pia, "Corporate login"))
    come_back(pia, action, fields, keystone.origin)
    assert pia.leave().status_code == 303
    token = {"X-Auth-Token": keystone.admin_token(), "X-Subject-Token": fields["token"]}
    assert httpx.get(f"{keystone.url}/auth/tokens", headers=token, timeout=30).status_code == 404


def test_a_token_that_another_page_sends_is_not_taken_and_logged_nowhere(api, keystone):
    pia = Person(api.url)
    action, fields = keystone.page_for("mallory@example.org", departed(pia, "Corporate login"))
    answer = come_back(pia, action, fields, "https://elsewhere.example")
    assert answer.status_code == 403
    assert "not sent by a page of Keystone" in answer.text
    assert "https://elsewhere.example" in api.output
    assert fields["token"] not in api.output + answer.text


def test_a_token_that_keystone_never_gave_is_refused(api, keystone):
    pia = Person(api.url)
    action, fields = keystone.page_for("pia@example.org", departed(pia, "Corporate login"))
    answer = come_back(pia, action, fields | {"token": "made-up"}, keystone.origin)
    assert answer.status_code == 403
    assert "does not know the token" in page(answer.text).one("section", "empty").text
