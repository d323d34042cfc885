"""What the page `/explore` costs beside the API: the same rows, in turns, by one client on a connection of its own.

The page has bars of the range above its rows, and links on every value. A range without a begin has no bars: so the
same rows are asked for alone, as the API is. Bars, and the values that are loaded beside the list later, are measured
by themselves.
"""

import time
import urllib.parse

from bench.client import Client, Figures
from bench.ingest import ADMIN
from bench.server import configuration
from servers.panko_api import PankoApi

ROWS = 100
# A day that is full of events, of everybody.
RANGE = {"from": "2026-01-15T00:00:00Z", "to": "2026-01-16T00:00:00Z", "all_projects": "true"}
FILTERS = {"everything": "", "one type": "type:compute.instance.update", "one host": "host:compute-001.example"}
PATHS = {
    "API": f"/v2/search/events?limit={ROWS}&",
    "rows alone": f"/explore/?limit={ROWS}&",
    "page": f"/explore/?limit={ROWS}&",
    "bars, API": "/v2/search/histogram?",
    "values": "/explore/facets?",
}


def run(url: str, *, rounds: int) -> None:
    """Measure and print."""
    api = PankoApi(configuration(url) + "[explorer]\nenabled = true\n")
    try:
        client = Client(api.start().port)
        print(f"{f'{ROWS} rows, milliseconds':28}" + "".join(f"{name:>12}" for name in PATHS) + f"{'rows / API':>12}")
        for name, wanted in FILTERS.items():
            _print(name, wanted, client, rounds)
    finally:
        api.remove()


def _print(name: str, wanted: str, client: Client, rounds: int) -> None:
    asked = {**RANGE, **({"filter": wanted} if wanted else {})}
    urls = {way: path + urllib.parse.urlencode(asked) for way, path in PATHS.items()}
    urls["rows alone"] = PATHS["rows alone"] + urllib.parse.urlencode({**asked, "from": ""})
    taken: dict[str, list[float]] = {way: [] for way in PATHS}
    for turn in range(rounds + 3):
        for way, url in urls.items():
            begin = time.perf_counter()
            answer = client.get(url, ADMIN)
            if turn >= 3:  # workers have loaded what they need by then
                taken[way].append(time.perf_counter() - begin)
            assert way not in ("page", "rows alone") or answer.count(b"data-id=") == ROWS, answer[:2000]
    medians = {way: Figures.of(seconds).p50 for way, seconds in taken.items()}
    ratio = medians["rows alone"] / medians["API"]
    print(f"{name:28}" + "".join(f"{one:12.1f}" for one in medians.values()) + f"{ratio:11.2f}x", flush=True)
