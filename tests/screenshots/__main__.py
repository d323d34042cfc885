"""`make screenshots`: the page with the demonstration's week, as pictures for the documentation and to look at.

They change with every run, since the week ends when they are taken: a person looks at them, and no test compares them.
`… screenshots FOLDER` writes them into another folder than docs/images.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from rendering.programs import REPOSITORY
from screenshots.palette import small
from servers.chromium import chromium
from servers.explored_week import DANA, ExploredWeek, log_in
from servers.keystone import Keystone
from servers.mariadb import MariaDB

IMAGES = REPOSITORY / "docs" / "images"


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at the page."""

    suffix: str
    options: dict[str, Any] = field(default_factory=dict)


LOOKS = (
    Look("", {"viewport": {"width": 1280, "height": 720}}),
    Look("-dark", {"viewport": {"width": 1280, "height": 720}, "color_scheme": "dark"}),
    Look("-narrow", {"viewport": {"width": 390, "height": 760}, "is_mobile": True, "has_touch": True}),
)


def screens(explored: ExploredWeek) -> dict[str, str]:
    """Return the screens that are shown, by the names of their pictures."""
    everybody, told = "all_projects=true", explored.week.events
    requests = Counter(request for event in told if (request := event.trait("request_id")))
    return {
        "events": f"/explore/?{everybody}&from=-7d&filter=-type:compute.instance.exists",
        "story": f"/explore/resources/{explored.week.planted.stuck_resize[0]}?{everybody}",
        "waterfall": f"/explore/requests/{requests.most_common(1)[0][0]}?{everybody}",
    }


def take(browser: Browser, explored: ExploredWeek, folder: Path) -> Iterator[Path]:
    """Take all pictures, and yield where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    for look in LOOKS:
        page = browser.new_page(base_url=explored.url, **look.options)
        page.goto("/explore/login")
        log_in(page, DANA)
        page.get_by_role("button", name="Log out").wait_for()
        for name, path in screens(explored).items():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            target = folder / f"explore-{name}{look.suffix}.png"
            target.write_bytes(picture(page))
            yield target
        page.context.close()


def picture(page: Page) -> bytes:
    """Return what a page shows as a small PNG."""
    page.mouse.move(0, 0)  # nothing is under it
    taken = page.screenshot(animations="disabled", caret="hide")
    with_tools = page.context.browser.new_page() if page.context.browser else page
    try:
        return small(with_tools, taken)
    finally:
        with_tools.context.close()


@contextmanager
def served() -> Iterator[ExploredWeek]:
    """Start what the page needs, and end it."""
    with tempfile.TemporaryDirectory(prefix="panko-screenshots-") as folder:
        keystone, mariadb = Keystone(), MariaDB()
        try:
            keystone.start()
            mariadb.start()
            keystone.add_user("panko", "panko-s3cret", project="service", roles=["service"])
            explored = ExploredWeek(keystone, mariadb.new_database(), Path(folder))
            try:
                yield explored.start()
            finally:
                explored.remove()
        finally:
            mariadb.remove()
            keystone.remove()


def main(folder: Path) -> None:
    """Write the pictures into a folder, and say how large they are."""
    with served() as explored, chromium() as browser:
        for path in take(browser, explored, folder):
            print(f"{path.stat().st_size / 1024:7.1f} KiB  {path}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
