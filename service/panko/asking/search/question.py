"""What a search asks for, read from the arguments of a URL. Pure: the time of day is passed in.

Following: events come late, so whoever wants all of them reads the last while again. `follow=60s` makes a page of what
is there, oldest first, and there is always a cursor to ask with later. A round ends with a page that is not full; the
next one begins where the last event stood, or `follow` before the round began, whichever is earlier. So an event is
found that was stored up to so long after it was generated, however long a round takes, and some are found twice: they
have the same message_id.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from panko.asking.bounds import bounded
from panko.asking.search import cursors, moments
from panko.asking.search.cursors import Cursor
from panko.asking.search.parsing import parse
from panko.asking.search.printing import printed
from panko.asking.search.tokens import Filter
from panko.errors import InvalidInputError
from panko.filters import And, Expression, Page, Position, SortField, SortKey
from panko.filters.expressions import during
from panko.literals import why_unstorable
from panko.quoting import listed, quote

ARGUMENTS = ("filter", "from", "to", "order", "limit", "cursor", "follow", "all_projects", "format", "columns")
FORMATS = ("json", "ndjson", "csv", "cloudevents")
ORDERS = {"newest": True, "oldest": False, "desc": True, "asc": False}
BOOLEANS = {"true": True, "false": False}
MAX_LIMIT = 1000
MAX_COLUMNS = 200
LONGEST_FOLLOW = timedelta(hours=1)

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """Everything that a search asks for; `start` is inclusive and `end` is not.

    `digest` stands for what must not change while pages follow each other. `limit` is None where nobody said one.
    `width` is what the page before told of how it was found.
    """

    wanted: Filter
    digest: str
    start: datetime | None = None
    end: datetime | None = None
    newest_first: bool = True
    limit: int | None = None
    position: Position | None = None
    follow: timedelta | None = None
    began: datetime | None = None
    width: timedelta | None = None
    all_projects: bool = False
    format: str | None = None
    columns: tuple[str, ...] | None = None

    def expression(self, *also: Expression) -> Expression:
        """Return what holds for the events that are asked for, as far as time says it, and what else has to."""
        return bounded(And((*also, *during(self.start, self.end))))

    def page(self, limit: int, after: Position | None = None) -> Page:
        """Return the page that begins after a position, or where the question says."""
        keys = (SortField.GENERATED, SortField.MESSAGE_ID)
        sort = tuple(SortKey(field, descending=self.newest_first) for field in keys)
        return Page(limit, sort, after=after or self.position)

    def cursor(
        self, following: Position | None, *, last: Position | None, width: timedelta | None = None
    ) -> str | None:
        """Return how to ask for more: `following` is where the page goes on, and `last` where its last event stands.

        `width` is how the page was found, and how the next one begins. None when nothing is left, which is never so
        while following.
        """
        began, position = self.began, following
        if self.follow is not None and following is None and self.began is not None:
            again = Position(self.began - self.follow, "")
            seen = last or self.position
            position = again if seen is None else min(again, seen)
            began = width = None
        if position is None:
            return None
        return cursors.written(Cursor(self.digest, position, self.start, self.end, began, width))


def read(
    arguments: Sequence[tuple[str, str]], *, now: datetime, about: str = "", newest_first: bool = True
) -> Question:
    """Read the arguments of a URL; `about` is what the path says. Raise InvalidInputError."""
    sent = once(arguments, ARGUMENTS)
    follow = moments.span("follow", sent["follow"], most=LONGEST_FOLLOW) if "follow" in sent else None
    wanted = parse(sent.get("filter", ""))
    newest_first = _order(sent, follow, newest_first=newest_first)
    all_projects = _choice(sent, "all_projects", BOOLEANS) or False
    said = (about, printed(wanted), sent.get("from", ""), sent.get("to", ""), sent.get("follow", ""))
    digest = cursors.digest((*said, str(newest_first), str(all_projects)))
    asked = Question(
        wanted,
        digest,
        newest_first=newest_first,
        limit=number("limit", sent["limit"], most=MAX_LIMIT) if "limit" in sent else None,
        follow=follow,
        all_projects=all_projects,
        format=_choice(sent, "format", dict(zip(FORMATS, FORMATS, strict=True))),
        columns=_columns(sent.get("columns")),
    )
    if "cursor" in sent:
        return _going_on(asked, cursors.read(sent["cursor"], question=digest), now=now)
    return _beginning(asked, sent, now=now)


def of_all_projects(arguments: Sequence[tuple[str, str]]) -> bool:
    """Read the arguments of what has no other one than `all_projects`. Raise InvalidInputError."""
    return _choice(once(arguments, ("all_projects",)), "all_projects", BOOLEANS) or False


def _going_on(asked: Question, cursor: Cursor, *, now: datetime) -> Question:
    began = None if asked.follow is None else cursor.began or now
    return dataclasses.replace(
        asked, position=cursor.position, start=cursor.start, end=cursor.end, began=began, width=cursor.width
    )


def _beginning(asked: Question, sent: Mapping[str, str], *, now: datetime) -> Question:
    start = moments.moment("from", sent["from"], now=now) if "from" in sent else None
    end = moments.moment("to", sent["to"], now=now) if "to" in sent else None
    if end is not None and start is not None and end <= start:
        raise InvalidInputError("to is not later than from. Write the earlier moment as from.")
    if asked.follow is None:
        return dataclasses.replace(asked, start=start, end=end)
    if end is not None:
        raise InvalidInputError("Following has no end. Leave out to, or follow.")
    # Where nobody says from when, what happens from now on is meant, and what is on its way.
    return dataclasses.replace(asked, start=start or now - asked.follow, began=now)


def once(arguments: Sequence[tuple[str, str]], known: Sequence[str]) -> dict[str, str]:
    """Return arguments by their names, each of which is a known one and stands there once. Raise InvalidInputError."""
    sent: dict[str, str] = {}
    for name, value in arguments:
        if name not in known:
            there = f"There {'is' if len(known) == 1 else 'are'} {listed(known)}."
            raise InvalidInputError(f"Unknown argument {quote(ascii(name))}. {there}")
        if name in sent:
            raise InvalidInputError(f"{name} was given several times. Write it once.")
        if why_unstorable(value):
            raise InvalidInputError(f"{name} cannot be read: {why_unstorable(value)}. Leave that character out.")
        sent[name] = value
    return sent


def _order(sent: Mapping[str, str], follow: timedelta | None, *, newest_first: bool) -> bool:
    said = _choice(sent, "order", ORDERS)
    if follow is None:
        return newest_first if said is None else said
    if said:
        raise InvalidInputError("Following goes from the oldest to the newest. Leave out order, or follow.")
    return False


def _choice(sent: Mapping[str, str], name: str, choices: Mapping[str, T]) -> T | None:
    text = sent.get(name)
    if text is not None and text not in choices:
        raise InvalidInputError(f"{name}={quote(text)} means nothing. Write one of {listed(choices)}.")
    return None if text is None else choices[text]


def number(name: str, text: str, *, most: int) -> int:
    """Return a number from 1 on. Raise InvalidInputError."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise InvalidInputError(f"{name}={quote(text)} is no number from 1 to {most}. Write one, or none.")
    return int(text)


def _columns(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not all(names) or len(names) > MAX_COLUMNS:
        raise InvalidInputError(f"columns holds names of traits with commas between them, {MAX_COLUMNS} at most.")
    return names
