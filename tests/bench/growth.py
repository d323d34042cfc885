"""How much longer each read takes in a large database than in a small one, over HTTP and by hand, all in turns."""

from bench import reads, server
from bench.client import Client
from bench.handwritten import HandWritten
from servers.panko_api import PankoApi


def run(large: server.BenchMariaDB, large_api: PankoApi, *, events: int, small_events: int, rounds: int) -> None:
    """Measure and print."""
    small = server.filled(small_events)
    small_api = PankoApi(server.configuration(small.events_url))
    try:
        small_api.start()
        _print([(small_events, small, small_api), (events, large, large_api)], rounds=rounds)
    finally:
        small_api.remove()
        small.stop()


def _print(sides: list[tuple[int, server.BenchMariaDB, PankoApi]], *, rounds: int) -> None:
    clients = [Client(api.port) for _events, _database, api in sides]
    hands = [HandWritten.connect(database.events_url) for _events, database, _api in sides]
    works = [reads.works(hand, events) for hand, (events, _database, _api) in zip(hands, sides, strict=True)]
    columns = "".join(f" {what + f' {events:,}':>15}" for what in ("HTTP", "SQL") for events, *_ in sides)
    print(f"{'p50 in milliseconds':28}{columns} {'HTTP':>7} {'SQL':>7}")
    for pair in zip(*works, strict=True):
        over_http = [
            lambda client=client, work=work: client.get(work.path, work.headers)
            for client, work in zip(clients, pair, strict=True)
        ]
        by_hand = [lambda hand=hand, work=work: work.by_hand(hand) for hand, work in zip(hands, pair, strict=True)]
        http_small, http_large, sql_small, sql_large = (
            figures.p50 for figures in reads.in_turns([*over_http, *by_hand], rounds=rounds)
        )
        print(
            f"{pair[0].name:28} {http_small:15.2f} {http_large:15.2f} {sql_small:15.2f} {sql_large:15.2f}"
            f" {http_large / http_small:6.2f}x {sql_large / sql_small:6.2f}x",
            flush=True,
        )
