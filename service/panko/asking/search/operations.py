"""What is said of operations beside a search, and which events belong to them. Pure."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from panko.asking.search import moments
from panko.asking.search.question import BOOLEANS
from panko.errors import InvalidInputError
from panko.event import Event, TraitType
from panko.filters import And, Comparison, Expression, Or, TraitFilter, TypeFilter, TypeSuffix
from panko.quoting import quote
from panko.stories import correlation, stems

SILENT_AFTER, LONGEST_SILENCE = timedelta(hours=1), timedelta(days=365)
# Events of a page: of no more alternatives than that each is looked for by an index.
MOST = 60
OWN = ("silent_after", "single")
OF_EVENTS_ALONE = ("follow", "format", "columns")
PHASES = Or(tuple(TypeSuffix(end) for end in stems.ENDS))


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """After how long without an end none is awaited, and whether single events are told too."""

    silent_after: timedelta
    single: bool

    @property
    def about(self) -> str:
        """What a cursor is of, beside what the search says."""
        return f"operations {self.single} {self.silent_after}"


def read(arguments: Sequence[tuple[str, str]]) -> tuple[Wanted, list[tuple[str, str]]]:
    """Return what is said of operations, and the arguments that are the search's. Raise InvalidInputError."""
    sent, often = dict(arguments), Counter(name for name, _ in arguments)
    for name in OF_EVENTS_ALONE:
        if name in sent:
            raise InvalidInputError(f"{name} is none of the arguments of operations. Leave it out, or search events.")
    for name in OWN:
        if often[name] > 1:
            raise InvalidInputError(f"{name} was given several times. Write it once.")
    limit = sent.get("limit", "")
    if limit.isascii() and limit.isdecimal() and int(limit[:5]) > MOST:
        raise InvalidInputError(f"limit={quote(limit)} is more than {MOST}. Write less, and go on by the cursor.")
    single, silent = BOOLEANS.get(sent.get("single", "false")), sent.get("silent_after")
    if single is None:
        raise InvalidInputError(f"single={quote(sent['single'])} means nothing. Write true or false.")
    after = SILENT_AFTER if silent is None else moments.span("silent_after", silent, most=LONGEST_SILENCE)
    return Wanted(after, single), [one for one in arguments if one[0] not in OWN]


def related(events: Sequence[Event]) -> Expression | None:
    """Return what holds for every event of their operations, and may hold for some others; None where there is none.

    The traits come first: an index finds the events of each, and the types are looked at in what is found. It has no
    more of them than there are events, MOST on a page.
    """
    common: set[tuple[str, str]] = set()
    types: set[str] = set()
    for event in events:
        stem, phase = stems.split(event.event_type)
        found = correlation(event)
        if phase is not stems.Phase.POINT and found is not None:
            common.add(found)
            types.update(stems.types_of(stem))
    if not common:
        return None
    traits = (TraitFilter(name, TraitType.TEXT, Comparison.EQ, value) for name, value in sorted(common))
    return And((Or(tuple(traits)), Or(tuple(TypeFilter(one) for one in sorted(types)))))
