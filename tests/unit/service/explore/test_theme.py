"""Light, dark, or as the browser has it: chosen without script, and kept by the browser."""

import pytest

from fakes.browser import MEMBER, NOAUTH, Browser


def change(visitor, url="/explore/login", **headers):
    screen = visitor.see(url)
    form, button = screen.one("form", id="theme"), screen.one("button", "theme")
    assert button["form"] == "theme"
    fields = {each["name"]: each["value"] for each in form.all("input")} | {button["name"]: button["value"]}
    return visitor.go(form["action"], method="POST", fields=fields, headers=headers)


def test_a_button_goes_through_them_and_comes_back_to_where_it_was(visitor):
    seen = []
    for _ in range(4):
        answer = change(visitor, "/explore/login?next=%2Fexplore%2F")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/explore/login?next=%2Fexplore%2F")
        screen = visitor.see("/explore/login")
        seen.append(screen.one("html")["data-theme"])
        assert screen.one("meta", name="color-scheme")["content"] == {"auto": "light dark"}.get(seen[-1], seen[-1])
    assert seen == ["light", "dark", "auto", "light"]
    assert "Max-Age=31536000; HttpOnly; Secure; SameSite=Lax" in answer.headers["Set-Cookie"]


def test_it_stays_after_a_login_and_after_leaving(visitor):
    change(visitor)
    visitor.log_in()
    assert visitor.see("/explore/").one("html")["data-theme"] == "light"
    visitor.leave()
    assert visitor.see("/explore/login").one("html")["data-theme"] == "light"


@pytest.mark.parametrize("said", ["", "blue", '"><script>', "auto; Path=/"])
def test_what_is_no_theme_is_as_the_browser_has_it(visitor, said):
    answer = visitor.go("/explore/theme?next=//elsewhere.example", method="POST", fields={"theme": said})
    assert answer.headers["Location"] == "/explore/"
    assert answer.headers["Set-Cookie"].startswith("__Secure-panko-theme=auto; Path=/explore;")
    visitor.cookies["__Secure-panko-theme"] = "blue"
    assert visitor.see("/explore/login").one("html")["data-theme"] == "auto"


def test_another_site_changes_nothing(visitor):
    assert change(visitor, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not visitor.cookies.get("__Secure-panko-theme")


def test_it_works_without_logins(make_client, connection):
    client = make_client(NOAUTH)
    answer = client.simulate_post(
        "/explore/theme",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body="theme=dark",
    )
    assert answer.status_code == 303
    name, _, value = answer.headers["Set-Cookie"].partition(";")[0].partition("=")
    screen = Browser(client).see("/explore/", {**MEMBER, "Cookie": f"{name}={value}"})
    assert screen.one("html")["data-theme"] == "dark"
