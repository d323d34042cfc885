"""An HTTP client that costs little itself, and the figures of what it measures."""

import dataclasses
import http.client
import statistics


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Figures":
        ordered = sorted(seconds)
        return cls(statistics.median(ordered) * 1000, ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] * 1000)


class Client:
    """A keep-alive HTTP client that costs little itself."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, headers: dict[str, str]) -> bytes:
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status, body[:500])
        return body

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        self._connection.request("POST", path, body, headers={"Content-Type": "application/json", **headers})
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == 201, (answer.status, said[:500])
