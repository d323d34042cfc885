"""The file of publishers' accounts, as the service reads it: their passwords' hashes, and what they may store. Pure."""

from collections.abc import Iterator, Sequence

from panko_operator.resource.spec.publisher import Publisher


def render(publishers: Sequence[Publisher], passwords: Sequence[str]) -> str:
    """Write the file. `passwords` are lines of htpasswd; those that confine are for the service alone."""
    confining = [line for publisher in publishers for line in _confining(publisher)]
    return "".join(f"{line}\n" for line in (*passwords, *confining))


def _confining(publisher: Publisher) -> Iterator[str]:
    if publisher.event_types:
        yield f"{publisher.name} event_types={','.join(publisher.event_types)}"
    if publisher.projects:
        yield f"{publisher.name} projects={','.join(publisher.projects)}"
