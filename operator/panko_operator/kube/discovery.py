"""Whether the API server knows a kind that belongs to an add-on of the cluster.

It asks for the one group and version that a kind is of, and believes the answer for a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from panko_operator.kube.refusals import NotFoundError, translated
from panko_operator.resource.kinds import Kind
from panko_operator.world import Manifest

LASTS: Final = timedelta(minutes=1)


class Discovery:
    """What is served, as it was seen last. Threads at once may ask twice, which does no harm."""

    def __init__(self, read: Callable[[str], Manifest], now: Callable[[], datetime]) -> None:
        """`read` gets a path from the API server."""
        self._read = read
        self._now = now
        self._seen: dict[str, tuple[datetime, frozenset[str]]] = {}

    def serves(self, kind: Kind) -> bool:
        """Tell whether a kind is served. Raise KubernetesError when that cannot be known."""
        asked, plurals = self._seen.get(kind.api_version, (None, frozenset()))
        now = self._now()
        if asked is None or not asked <= now < asked + LASTS:
            plurals = self._look(kind.api_version)
            self._seen[kind.api_version] = (now, plurals)
        return kind.plural in plurals

    def _look(self, api_version: str) -> frozenset[str]:
        try:
            with translated("get", "APIResourceList", api_version):
                answer = self._read(f"/apis/{api_version}")
        except NotFoundError:
            return frozenset()
        return frozenset(resource["name"] for resource in answer["resources"])
