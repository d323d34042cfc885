"""A browser, the page with a week in it, and windows that people look at it by."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from servers.chromium import Trap, chromium
from servers.explored_week import ExploredWeek, Person, log_in
from servers.keystone import Keystone
from servers.mariadb import MariaDB

PATIENCE_MS = 60_000  # for a machine that does other things, too
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def explored(
    keystone_of_panko: Keystone, mariadb: MariaDB, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ExploredWeek]:
    """Return the page, with a week that ends now."""
    made = ExploredWeek(keystone_of_panko, mariadb.new_database(), tmp_path_factory.mktemp("explored"))
    try:
        yield made.start()
    finally:
        made.remove()


@pytest.fixture(scope="module")  # its event loop would be in the way of other files, which have one of their own
def browser() -> Iterator[Browser]:
    """Start one browser for a file."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Return the cookies of people who have logged in, by name."""
    return {}


@pytest.fixture
def window(browser: Browser, explored: ExploredWeek) -> Iterator[Callable[..., Page]]:
    """Open windows, each with cookies of its own. None of them may do what a trap is for."""
    opened: list[tuple[Page, Trap]] = []

    def open_(url: str = explored.url, **options: Any) -> Page:
        context = browser.new_context(base_url=url, **options)
        context.set_default_timeout(PATIENCE_MS)
        trap = Trap(context, url)
        opened.append((context.new_page(), trap))
        return opened[-1][0]

    yield open_
    for page, _ in opened:
        page.context.close()
    assert [wrong for _, trap in opened for wrong in trap.caught] == []


@pytest.fixture
def look(window: Callable[..., Page], sessions: dict[str, StorageState]) -> Callable[..., Page]:
    """Open a screen as somebody who has logged in."""

    def open_(person: Person, path: str, **options: Any) -> Page:
        if person.name not in sessions:
            page = window()
            page.goto("/explore/login")
            log_in(page, person)
            expect(page.get_by_role("button", name="Log out")).to_be_visible()
            sessions[person.name] = page.context.storage_state()
        page = window(storage_state=sessions[person.name], **options)
        page.goto(path)
        return page

    return open_
