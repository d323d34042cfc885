"""A real browser: Debian's chromium, driven by Playwright, and a trap for what no page may make it do."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Request, Response, sync_playwright

from servers.database_server import program

# /dev/shm has 64 MiB in a container.
ARGUMENTS = ("--disable-dev-shm-usage", "--font-render-hinting=none")
SERVER_FAILED = 500
REFUSED = 400
# A page that says what is wrong is answered 4xx, and chromium writes that down as an error.
TOLD = "Failed to load resource: the server responded with a status of 4"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start one, without a window, and end it. While it runs nothing else in this thread may have an event loop."""
    with sync_playwright() as playwright:
        # Playwright's own browser is a download from a place that not everybody reaches.
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


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
