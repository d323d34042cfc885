"""What people do on the page again and again: they log in, look for something, and read what is listed."""

from playwright.sync_api import Locator, Page


def log_in(page: Page, name: str, password: str) -> None:
    """Fill in the form that a page shows."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def search(page: Page, text: str) -> None:
    """Look for what fits a filter, or for an id."""
    box = page.get_by_role("searchbox", name="Filter")
    box.fill(text)
    box.press("Enter")


def rows(page: Page) -> Locator:
    """Return what is listed."""
    return page.locator("tr.event")


def ids(page: Page) -> list[str]:
    """Return what is listed, once all of it has come: its URL, filter and bars are there before the list."""
    page.wait_for_load_state()
    return list(rows(page).evaluate_all("all => all.map(row => row.dataset.id)"))


def times(page: Page) -> list[str]:
    """Return when what is listed was, once all of it has come."""
    page.wait_for_load_state()
    return list(rows(page).locator("time").evaluate_all("all => all.map(one => one.dateTime)"))


def starts(page: Page) -> list[str]:
    """Return when each bar begins."""
    return list(page.locator("figure a").evaluate_all("all => all.map(bar => bar.dataset.start)"))


def draw_over(page: Page, first: int, last: int) -> None:
    """Draw over the bars from one to another."""
    bars = page.locator("figure a")
    begin, end = (bars.nth(place).bounding_box() for place in (first, last))
    assert begin
    assert end
    page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + 40)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 60, steps=5)
    page.mouse.up()
