"""A filter in the terms of v2, for servers that have no search. Pure."""

import re
from collections import Counter
from typing import Final

from panko_client.errors import InputError
from panko_client.query import Filter

WORD: Final = re.compile(r'(?P<key>[\w.-]+):(?P<value>"(?:[^"\\]|\\.)*"|[^\s"*,<>=()]+)')
FIELDS: Final = {
    "type": "event_type",
    "id": "message_id",
    "request": "request_id",
    "resource": "resource_id",
    "user": "user_id",
    "project": "project_id",
}
BEYOND: Final = ("outcome", "has")


def filters(text: str) -> list[Filter]:
    """Return the filters that a text is. Raise InputError for what v2 cannot be asked."""
    words = re.findall(r'(?:[^\s"]|"(?:[^"\\]|\\.)*")+', text)
    keys = Counter(word.partition(":")[0] for word in words)
    for word in words:
        if keys[word.partition(":")[0]] > 1:
            # The search takes the values of a key for alternatives, and the list would want them all at once.
            raise _beyond(word)
    return [_filter(word) for word in words]


def _filter(word: str) -> Filter:
    found = WORD.fullmatch(word)
    if found is None or word.startswith("-") or found["key"] in BEYOND:
        raise _beyond(word)
    value = found["value"]
    if value.startswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    return Filter(FIELDS.get(found["key"], found["key"]), value)


def _beyond(word: str) -> InputError:
    return InputError(
        f"This server has no search, and its list cannot be asked for {word}: write KEY:VALUE without -, *, commas and "
        "comparisons, each key once, or openstack event list --filter."
    )


def lost(text: str) -> str | None:
    """Return what is asked less exactly than it was meant."""
    if re.search(r"(?:^|\s)resource:", text):
        return "only events whose resource_id it is are shown, not those that name it otherwise"
    return None
