"""The documentation as a site, as Sphinx makes it: without a warning, and whole in itself."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from rendering import programs, site

SPHINX = programs.REPOSITORY / ".venv-docs" / "bin" / "sphinx-build"


class Page(HTMLParser):
    """What a page leads to, what a browser fetches for it, and the anchors in it."""

    def __init__(self, path):
        super().__init__()
        self.links, self.fetched, self.anchors = [], [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors.add(given.get("id"))
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif given.get("src") or (tag == "link" and given.get("href")):
            self.fetched.append(given.get("src") or given["href"])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the site."""
    if not SPHINX.exists():
        raise FileNotFoundError(f"There is no {SPHINX}; make .venv-docs/ready installs it")
    folder = tmp_path_factory.mktemp("site")
    site.write(folder / "source")
    words = (SPHINX, "-W", "--keep-going", "-q", "-c", site.DOCS, folder / "source", folder / "html")
    done = subprocess.run(words, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(built):
    return {path: Page(path) for path in sorted(built.rglob("*.html"))}


def test_every_page_of_the_documentation_is_a_page_of_the_site(built, pages):
    wanted = {built / Path(name).with_suffix(".html") for name in site.files() if name.endswith(".md")}
    assert wanted <= pages.keys()


def test_every_link_leads_to_a_page_and_a_heading_that_is_there(pages):
    broken = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = target.exists() and (
                not parts.fragment or target not in pages or unquote(parts.fragment) in pages[target].anchors
            )
            broken += [] if there else [(path.name, link)]
    assert broken == []


def test_a_runbook_is_where_an_alert_leads(built, pages):
    assert "pankodown" in pages[built / "alerts.html"].anchors


def test_nothing_is_fetched_from_another_host(pages):
    assert [one for page in pages.values() for one in page.fetched if urlsplit(one).netloc] == []
