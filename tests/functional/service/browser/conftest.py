"""A browser, the page with a week in it, and windows that people look at it by."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from servers.chromium import chromium, windows
from servers.explored_week import ExploredWeek, Person, log_in
from servers.keystone import Keystone
from servers.mariadb import MariaDB


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
    with windows(browser, explored.url) as open_:
        yield open_


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
