"""Operations and single events as rows with a bar on an axis: the story of a resource, and a request's. Pure."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from panko.event import Event
from panko.explore.views import texts
from panko.explore.views.axis import Axis, Tick
from panko.explore.views.links import Links
from panko.stories import Operation, Outcome, State, durations, of_event, of_operation, operations, outcome
from panko.stories.stems import Phase, phase_of

MARKS = {State.OK: "✓", State.FAILED: "✕", State.RUNNING: "◌", State.NO_END_SEEN: "?"}
SINGLE = {Outcome.OK: State.OK, Outcome.FAILED: State.FAILED, Outcome.STARTED: State.RUNNING}
SILENT_AFTER = timedelta(hours=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One row: `kind` is the class of its state; x and width are hundredths of the axis."""

    href: str
    sentence: str
    type: str
    service: str
    state: str
    kind: str
    mark: str
    took: str
    day: str
    clock: str
    x: float
    width: float
    is_first_failure: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Picture:
    """All rows, and the axis that they have in common."""

    lines: tuple[Line, ...]
    ticks: tuple[Tick, ...]
    begin: str
    took: str
    failed: int

    @property
    def runs(self) -> bool:
        """Tell whether something is still going on."""
        return any(line.state == State.RUNNING.value for line in self.lines)


def picture(
    events: Sequence[Event], names: Mapping[str, str], *, now: datetime, links: Links, singles: bool
) -> Picture | None:
    """Return the operations that events tell of, by their begin, with single events where they are wanted.

    `names` are those of ids. None where there is nothing to show.
    """
    told = operations(events, now=now, silent_after=SILENT_AFTER)
    if singles:
        told += [_single(event) for event in events if phase_of(event.event_type) is Phase.POINT and event.generated]
    spans = [(one, *_span(one, now)) for one in told]
    axis = Axis.of([(begin, end) for _, begin, end in spans])
    if axis is None:
        return None
    spans.sort(key=lambda span: (span[1], span[2]))
    lines = [_line(one, names, links=links, begin=begin, place=axis.place(begin, end)) for one, begin, end in spans]
    failures = [place for place, line in enumerate(lines) if line.kind == "failed"]
    if failures:
        lines[failures[0]] = dataclasses.replace(lines[failures[0]], is_first_failure=True)
    begin = f"{texts.day(axis.begin)} {texts.clock(axis.begin)}"
    return Picture(tuple(lines), tuple(axis.ticks()), begin, durations.written(axis.length), len(failures))


def _single(event: Event) -> Operation:
    return Operation(event.event_type, SINGLE[outcome(event)], None, event, None)


def _span(operation: Operation, now: datetime) -> tuple[datetime, datetime]:
    """Return begin and end; of what runs the end is now, and of what no end was seen of the begin."""
    moments = [one.generated for one in (operation.begun, operation.ended) if one is not None and one.generated]
    if operation.state is State.RUNNING and operation.ended is None:
        return moments[0], max(now, moments[0])
    return moments[0], max(moments)


def _line(
    operation: Operation, names: Mapping[str, str], *, links: Links, begin: datetime, place: tuple[float, float]
) -> Line:
    event = operation.event
    is_single = phase_of(event.event_type) is Phase.POINT
    sentence = of_event(event, names) if is_single else of_operation(operation, names)
    return Line(
        href=links.event(event.message_id),
        sentence=texts.sentence(sentence),
        type=texts.shown(operation.stem),
        service=texts.shown(operation.stem.partition(".")[0]),
        state=operation.state.value,
        kind=operation.state.name.lower().replace("_", "-"),
        mark=MARKS[operation.state],
        took="" if operation.took is None else durations.written(operation.took),
        day=texts.day(begin),
        clock=texts.clock(begin),
        x=place[0],
        width=place[1],
    )
