"""Where events name a resource: in a trait that is its id, or in one that has the id in a path. Pure.

A place is written `instance_id`, or `requestPath=/v2.1/servers/{id}`: the audit middleware says by a path alone what a
request is about.
"""

from collections.abc import Iterable, Iterator

HOLE = "{id}"


def trait_of(place: str) -> str:
    """Return the name of the trait."""
    return _parts(place)[0]


def named(places: Iterable[str], resource_id: str, *, is_prefix: bool = False) -> Iterator[tuple[str, str]]:
    """Yield each trait with what it is where it names a resource, or with how that begins."""
    for place in places:
        name, path = _parts(place)
        before, _, after = path.partition(HOLE)
        yield name, f"{before}{resource_id}" if is_prefix else f"{before}{resource_id}{after}"


def _parts(place: str) -> tuple[str, str]:
    """Return a trait, and the path in it that has the id; of a trait that is the id no more than that."""
    name, _, path = place.partition("=")
    return (name, path) if HOLE in place else (place, HOLE)
