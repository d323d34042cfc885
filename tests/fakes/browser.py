"""Somebody with a browser that runs no script, and events to look at."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from fakes.markup import page
from panko.event import Event, Trait, TraitType

NOAUTH = "[api]\nauth_strategy = noauth\n[explorer]\nenabled = true\n"
MEMBER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
WANTED = "/explore/?filter=outcome%3Afailed&from=-1h"
SERVER = "9f0c1d2e-0000-4000-8000-00000000aaaa"


class Browser:
    """Asks for screens as somebody, without script."""

    def __init__(self, client):
        self.client = client

    def answer(self, url, headers=MEMBER, **more):
        path, _, query = url.partition("?")
        return self.client.simulate_get(path, query_string=query, headers={**headers, **more})

    def see(self, url, headers=MEMBER, status=200):
        found = self.answer(url, headers)
        assert found.status_code == status, found.text
        assert found.headers["Content-Type"] == "text/html; charset=utf-8"
        return page(found.text)


class Visitor:
    """A browser with its cookies. `scheme` is how it reaches the page."""

    def __init__(self, client, scheme="https"):
        self.client, self.scheme, self.cookies = client, scheme, {}
        self.last = None

    def go(self, url, *, method="GET", fields=None, headers=None):
        path, _, query = url.partition("?")
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (headers or {})
        if fields is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(fields) if fields is not None else None
        self.last = self.client.simulate_request(
            method, path, query_string=query, headers=sent, body=body, protocol=self.scheme
        )
        for name, cookie in self.last.cookies.items():
            if cookie.value:
                self.cookies[name] = cookie.value
            else:
                self.cookies.pop(name, None)
        return self.last

    def see(self, url, status=200):
        answer = self.go(url)
        assert answer.status_code == status, answer.text
        return page(answer.text)

    def log_in(self, name="alice", password=None, following=WANTED, **more):
        form = self.see("/explore/login?" + urlencode({"next": following})).one("form", "card")
        return self.send(form, **{"name": name, "password": password or f"{name}-s3cret"} | more)

    def log_in_by_credential(self, credential_id, secret=None, following=WANTED, **more):
        form = self.see("/explore/login?" + urlencode({"next": following})).one("form", "credential")
        fields = {"credential": credential_id, "secret": f"{credential_id}-s3cret" if secret is None else secret}
        return self.send(form, **fields | more)

    def choose(self, project_id, following=WANTED, **more):
        form = self.see("/explore/login/project?" + urlencode({"next": following})).one("form", "card")
        return self.send(form, project=project_id, **more)

    def depart(self, provider, following=WANTED):
        """Follow the link to a login at Keystone itself; return where it leads."""
        links = self.see("/explore/login?" + urlencode({"next": following})).one("nav", "other-way").all("a")
        (link,) = (each for each in links if each.text == f"Log in with {provider}")
        answer = self.go(link["href"])
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def come_back(self, token, *, origin="https://keystone.example"):
        """Send what Keystone's page sends: another site, so that only its own cookie comes along."""
        kept = {name: value for name, value in self.cookies.items() if "websso" in name}
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in kept.items()),
            "Sec-Fetch-Site": "cross-site",
        }
        if origin is not None:
            headers["Origin"] = origin
        return self.go("/explore/websso", method="POST", fields={"token": token}, headers=headers)

    def leave(self):
        return self.send(self.see("/explore/").one("header").one("form"))

    def send(self, form, **more):
        fields = {each["name"]: each.attributes.get("value", "") for each in form.all("input")}
        return self.go(form["action"], method="POST", fields=fields | more)

    @property
    def has_session(self):
        return any("session" in name for name in self.cookies)


def event(number, kind="compute.instance.create.end", *, ago=timedelta(minutes=10), **traits):
    named = {"project_id": "p", "user_id": "u", "resource_id": SERVER, "request_id": "req-0001"} | traits
    listed = tuple(
        Trait(name, TraitType.INTEGER if isinstance(value, int) else TraitType.TEXT, value)
        for name, value in sorted(named.items())
        if value is not None
    )
    moment = datetime.now(UTC) - ago + timedelta(seconds=number)
    return Event(f"m{number:03}", kind, moment, listed, {"number": number})
