"""Events as rows of a table: when, what as a sentence, who, and what came of it. Pure."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence

from panko.asking.search import Filter
from panko.event import Event
from panko.explore.views import filters, texts
from panko.explore.views.links import Links
from panko.literals import format_timestamp
from panko.stories import Outcome, of_event, outcome, who
from panko.stories import traits as known

# Never by colour alone.
MARKS = {Outcome.OK: "✓", Outcome.FAILED: "✕", Outcome.STARTED: "◌"}


@dataclasses.dataclass(frozen=True, slots=True)
class Pick:
    """A value, and where its links to more and less of it lead; None where that changes nothing."""

    text: str
    more: str | None = None
    less: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One event."""

    message_id: str
    href: str
    day: str
    clock: str
    moment: str
    sentence: str
    type: Pick
    who: Pick
    outcome: Pick
    mark: str
    begins_day: bool = False


def rows(
    events: Sequence[Event],
    names: Mapping[str, str],
    *,
    wanted: Filter,
    links: Links,
    url: Callable[[str], str],
) -> list[Row]:
    """Return a row for each event. `names` are those of ids; `url` is where the screen is seen by another filter."""
    picking = Picking(wanted, url)
    found: list[Row] = []
    for event in events:
        day = texts.day(event.generated)
        begins = not found or found[-1].day != day
        found.append(_row(event, names, picking=picking, links=links, day=(day, begins)))
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Picking:
    """Makes what is beside a value, once for the many rows that have it."""

    wanted: Filter
    url: Callable[[str], str]
    made: dict[tuple[str, str, str], Pick] = dataclasses.field(default_factory=dict)

    def of(self, key: str, value: str, text: str | None = None) -> Pick:
        """Return the value of a key; `text` is what is shown of it."""
        shown = value if text is None else text
        found = self.made.get((key, value, shown))
        if found is None:
            found = self.made[key, value, shown] = self._pick(filters.choice(self.wanted, key, value), shown)
        return found

    def of_trait(self, name: str, value: str) -> Pick:
        """Return the value of a trait."""
        return self._pick(filters.of_trait(self.wanted, name, value), value)

    def _pick(self, choice: filters.Choice, text: str) -> Pick:
        return Pick(texts.shown(text), *choice.urls(self.url))


def _row(event: Event, names: Mapping[str, str], *, picking: Picking, links: Links, day: tuple[str, bool]) -> Row:
    traits = known.texts(event)
    came = outcome(event, traits)
    user = traits.get("user_id")
    name = who(traits, names) or ""
    return Row(
        message_id=event.message_id,
        href=links.event(event.message_id),
        day=day[0],
        clock=texts.clock(event.generated),
        moment="" if event.generated is None else format_timestamp(event.generated) + "Z",
        sentence=texts.sentence(of_event(event, names, traits)),
        type=picking.of("type", event.event_type),
        who=Pick(texts.shortened(name)) if user is None else picking.of("user", user, texts.shortened(name)),
        outcome=picking.of("outcome", came.value),
        mark=MARKS[came],
        begins_day=day[1],
    )


def resources_of(event: Event, id_traits: Iterable[str]) -> list[str]:
    """Return the ids of what an event is about, each once."""
    traits = known.texts(event)
    return list(dict.fromkeys(traits[name] for name in id_traits if name in traits))
