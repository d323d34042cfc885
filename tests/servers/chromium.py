"""A real browser: Debian's chromium, driven by Playwright, and a trap for what no page may make it do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from servers.database_server import program

PATIENCE_MS = 60_000  # for a machine that does other things, too
# /dev/shm has 64 MiB in a container.
ARGUMENTS = ("--disable-dev-shm-usage", "--font-render-hinting=none")
SERVER_FAILED = 500
REFUSED = 400
# What chromium writes down as an error: a page that says what is wrong is answered 4xx, and other tests make networks.
TOLD = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: net::ERR_NETWORK_CHANGED",
)


@contextmanager
def chromium(*arguments: str, starter: Path | None = None) -> Iterator[Browser]:
    """Start one, without a window, and end it. While it runs nothing else in this thread may have an event loop.

    `starter` is a program that starts it, somewhere or somehow else.
    """
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        # Playwright's own browser is a download from a place that not everybody reaches.
        path = starter or program("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *arguments])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def windows(browser: Browser, url: str, *others: str) -> Iterator[Callable[..., Page]]:
    """Open windows at a URL, each with cookies of its own. None of them may do what a trap is for.

    The hosts of `others` may be asked as well.
    """
    traps: list[tuple[BrowserContext, Trap]] = []

    def open_(url: str = url, **options: Any) -> Page:
        context = browser.new_context(base_url=url, **options)
        context.set_default_timeout(PATIENCE_MS)
        traps.append((context, Trap(context, url, *others)))
        return context.new_page()

    try:
        yield open_
    finally:
        for context, _ in traps:
            context.close()
    caught = [wrong for _, trap in traps for wrong in trap.caught]
    assert caught == [], caught


class Trap:
    """Keeps what the pages of a context did that none may do: break their policy or a script, or ask another host.

    The hosts of `urls` are none of those.
    """

    def __init__(self, context: BrowserContext, *urls: str) -> None:
        self.caught: list[str] = []
        self._hosts = {urlsplit(url).netloc for url in urls}
        context.on("console", self._said)
        context.on("weberror", lambda error: self.caught.append(f"a script broke: {error.error}"))
        context.on("dialog", self._asked_for)
        context.on("request", self._fetched)
        context.on("response", self._answered)

    def _said(self, message: ConsoleMessage) -> None:
        # Breaches of the policy are among them, also where pages may run no script.
        if message.type == "error" and not message.text.startswith(TOLD):
            self.caught.append(f"the console has: {message.text}")

    def _asked_for(self, dialog: Dialog) -> None:
        self.caught.append(f"a script ran: {dialog.type} {dialog.message}")
        dialog.dismiss()

    def _fetched(self, request: Request) -> None:
        place = urlsplit(request.url)
        if place.scheme not in ("data", "blob") and place.netloc not in self._hosts:
            self.caught.append(f"another host is asked: {request.url}")

    def _answered(self, response: Response) -> None:
        is_file = "/static/" in response.url
        if response.status >= (REFUSED if is_file else SERVER_FAILED):
            self.caught.append(f"{response.status}: {response.url}")
