"""Somebody with a browser, at a page that a real server serves."""

import httpx

from fakes.markup import page


class Person:
    """A browser without script that keeps cookies, the secure ones too: it is on this machine."""

    def __init__(self, url):
        self.url, self.cookies = url, {}

    def go(self, path, fields=None, headers=None):
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} | (headers or {})
        method = "GET" if fields is None else "POST"
        answer = httpx.request(method, f"{self.url}{path}", data=fields, headers=sent, timeout=30)
        for line in answer.headers.get_list("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def log_in(self, name, password, following="/explore/"):
        form = page(self.go("/explore/login").text).one("form", "card")
        return self.send(form, name=name, password=password, next=following)

    def log_in_by_credential(self, credential_id, secret, following="/explore/"):
        form = page(self.go("/explore/login").text).one("form", "credential")
        return self.send(form, credential=credential_id, secret=secret, next=following)

    def leave(self):
        return self.send(page(self.go("/explore/").text).one("header").one("form"))

    def send(self, form, **more):
        fields = {each["name"]: each.attributes.get("value", "") for each in form.all("input")}
        return self.go(form["action"], fields | more)
