"""The files that come with the page: what they are, how large they are, and that they fetch nothing elsewhere."""

import gzip
import hashlib
import re

import pytest

from panko.explore import static

KIB = 1024
# Of the packages on the registry of npm: htmx.org 4.0.1, dist/.
PINNED = {
    "htmx-4.0.1.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "hx-csp-4.0.1.min.js": "a7e1e6711ae6c3e50ad300fba7936cbe8d07599cdae313414a179ddd6b26e143",
}


@pytest.mark.parametrize("name", PINNED)
def test_what_others_wrote_is_as_they_released_it_and_has_its_licence_beside_it(name):
    assert hashlib.sha256((static.FOLDER / name).read_bytes()).hexdigest() == PINNED[name]
    assert (static.FOLDER / "htmx-LICENSE.txt").read_text().startswith("Zero-Clause BSD")


def test_own_script_stays_small_and_all_of_a_first_load_too(browser, stored):
    own = set(static.NAMES.values()) - set(PINNED)
    scripts = [(static.FOLDER / name).read_bytes() for name in own if name.endswith(".js")]
    assert sum(len(gzip.compress(each)) for each in scripts) <= 8 * KIB
    answer = browser.client.simulate_get(
        "/explore/", headers={"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
    )
    packed = [gzip.compress((static.FOLDER / name).read_bytes()) for name in static.NAMES.values()]
    assert sum(map(len, packed)) + len(gzip.compress(answer.content)) <= 60 * KIB


def test_own_files_name_no_other_host():
    for name in set(static.NAMES.values()) - set(PINNED):
        text = (static.FOLDER / name).read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|url\(|@import|eval\(|innerHTML|Function\(", text), name


def test_a_file_is_kept_by_browsers_until_it_changes(browser, stored):
    link = browser.see("/explore/").one("link", rel="stylesheet")["href"]
    answer = browser.answer(link, {})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert hashlib.sha256(answer.content).hexdigest().startswith(link.partition("v=")[2])
    packed = browser.answer(link, {"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == answer.content


@pytest.mark.parametrize("query", ["", "?v=", "?v=0000000000000000", "?w={digest}", "?v={digest}0"])
def test_a_file_that_is_asked_for_by_another_version_is_not_kept(browser, stored, query):
    path, _, digest = browser.see("/explore/").one("link", rel="stylesheet")["href"].partition("?v=")
    answer = browser.answer(path + query.format(digest=digest), {})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_there_are_no_other_files(browser):
    for name in ("htmx-LICENSE.txt", "absent", "..%2fapp.py", "%2e%2e%2fapp.py"):
        assert browser.answer(f"/explore/static/{name}", {}).status_code == 404


def test_a_screen_is_packed_for_who_takes_that(browser, stored):
    packed = browser.answer("/explore/", **{"Accept-Encoding": "gzip"})
    assert b"<!doctype html>" in gzip.decompress(packed.content)
