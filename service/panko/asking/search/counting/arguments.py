"""What a histogram and facets are asked beside a search. Pure: the time of day is passed in."""

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from panko.asking.search import kinds, meaning, moments
from panko.asking.search.counting import buckets
from panko.asking.search.counting.buckets import Buckets
from panko.asking.search.outcome import WORDS
from panko.asking.search.printing import printed
from panko.asking.search.question import number, once
from panko.asking.search.tokens import KEYS, OUTCOME, TEXTS, Filter, Token, Value
from panko.asking.search.tokens import TYPE as TYPE_KEY
from panko.errors import InvalidInputError
from panko.event import TraitType
from panko.filters import Comparison, Expression, TraitFilter, TraitPrefix
from panko.filters.counting import OUTCOME as OUTCOME_FIELD
from panko.filters.counting import TYPE, VALUED, Field, Keys, Valued
from panko.filters.expressions import alternatives
from panko.literals import format_timestamp
from panko.quoting import listed, quote

OF_A_SEARCH = ("filter", "from", "to", "all_projects", "format")
OF_HISTOGRAM = (*OF_A_SEARCH, "by", "buckets")
OF_FACETS = (*OF_A_SEARCH, "field", "size")
FORMATS = ("json", "ndjson", "csv")
BYS: Mapping[str, Field] = {OUTCOME_FIELD: Field(OUTCOME_FIELD), TYPE: Field(TYPE), TYPE_KEY: Field(TYPE)}
DEFAULT_BUCKETS, MOST_BUCKETS = 60, 120
DEFAULT_FIELDS = "event_type,outcome,project,host,user,service"
DEFAULT_SIZE, MOST_SIZE, MOST_FIELDS = 10, 20, 10
DEFAULT_RANGE = timedelta(days=1)

Arguments = Sequence[tuple[str, str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Histogram:
    """Spans, and by what the events of each are told apart; `arguments` are those of the search."""

    buckets: Buckets
    by: Field | None
    arguments: Arguments


@dataclasses.dataclass(frozen=True, slots=True)
class Facets:
    """Fields by the names that the caller gave them, and how many values of each; `arguments` are the search's."""

    fields: Mapping[str, Field]
    size: int
    arguments: Arguments


def histogram(arguments: Arguments, *, now: datetime) -> Histogram:
    """Read the arguments of a histogram; without `from` it is of a day. Raise InvalidInputError."""
    sent = _sent(arguments, OF_HISTOGRAM)
    by = sent.pop("by", None)
    if by is not None and by not in BYS:
        raise InvalidInputError(f"by={quote(by)} means nothing. Write one of {listed(BYS)}, or nothing.")
    most = number("buckets", sent.pop("buckets", str(DEFAULT_BUCKETS)), most=MOST_BUCKETS)
    start, end = _range(sent, now)
    rest = [*((name, value) for name, value in sent.items() if name not in ("from", "to"))]
    rest += [("from", format_timestamp(start)), ("to", format_timestamp(end))]
    return Histogram(buckets.of_range(start, end, most=most), None if by is None else BYS[by], rest)


def facets(arguments: Arguments) -> Facets:
    """Read the arguments of facets. Raise InvalidInputError."""
    sent = _sent(arguments, OF_FACETS)
    names = list(dict.fromkeys(name.strip() for name in sent.pop("field", DEFAULT_FIELDS).split(",")))
    if not all(names) or len(names) > MOST_FIELDS:
        raise InvalidInputError(f"field holds names with commas between them, {MOST_FIELDS} at most. Write host,user.")
    size = number("size", sent.pop("size", str(DEFAULT_SIZE)), most=MOST_SIZE)
    return Facets({name: _field(name) for name in names}, size, list(sent.items()))


def word(name: str, value: str, *, is_prefix: bool = False) -> str:
    """Return the word of a filter that holds for events which a facet has counted."""
    key = TYPE_KEY if name == TYPE else name
    # Without quotation marks it would mean a number or a time as well.
    is_text = key not in KEYS and not kinds.is_plain(value)
    begins = is_prefix and bool(value)
    return printed(Filter((Token(key, (Value(value, is_prefix=begins, is_text=is_text and not begins),)),)))


def keys(wanted: Filter) -> Keys | None:
    """Return a filter by types, projects, outcomes and traits of VALUED; None where it says more."""
    of: dict[str, list[Token]] = {TYPE_KEY: [], "project": [], OUTCOME: []}
    others: defaultdict[tuple[object, ...], list[Token]] = defaultdict(list)  # alternatives are said by several tokens
    for token in wanted.tokens:
        is_other = token.is_trait or token.key not in of
        together = (token.key, token.is_trait, token if token.is_negated else None)
        (others[together] if is_other else of[token.key]).append(token)
    valued = tuple(each for each in map(_valued, others.values()) if each is not None)
    if len(valued) < len(others):
        return None
    outcomes = _outcomes(of[OUTCOME])
    if outcomes is not None and not outcomes <= set(WORDS):
        return None
    types, projects = (
        meaning.expression(Filter(tuple(of[key])), id_traits=()) if of[key] else None for key in (TYPE_KEY, "project")
    )
    return Keys(types, projects, outcomes, valued)


def _valued(tokens: Sequence[Token]) -> Valued | None:
    """Return what is said of one trait of VALUED, if it is by its text alone."""
    asserted = tuple(dataclasses.replace(token, is_negated=False) for token in tokens)
    said = meaning.expression(Filter(asserted), id_traits=())
    names = {_name_of_text(term) for term in alternatives(said)}
    name = names.pop() if len(names) == 1 else None
    return Valued(name, said, tokens[0].is_negated) if name in VALUED else None


def _name_of_text(term: Expression) -> str | None:
    match term:
        case TraitFilter(name, TraitType.TEXT, Comparison.EQ) | TraitPrefix(name):
            return name
        case _:
            return None


def _outcomes(tokens: Sequence[Token]) -> frozenset[str] | None:
    """Return the outcomes that are meant, with any other word that is asked for; None is no bound."""
    if not tokens:
        return None
    said = {value.text for token in tokens for value in token.values}
    if not said <= set(WORDS):
        return frozenset(said)
    alike = {value.text for token in tokens if not token.is_negated for value in token.values}
    unlike = {value.text for token in tokens if token.is_negated for value in token.values}
    return frozenset((alike or set(WORDS)) - unlike)


def _field(name: str) -> Field:
    if name in BYS:
        return BYS[name]
    if name in KEYS and name not in TEXTS:
        raise InvalidInputError(
            f"field={quote(name)} cannot be counted. Write event_type, outcome, {', '.join(TEXTS)} or a trait's name."
        )
    return Field(TEXTS.get(name, name), is_trait=True)


def _sent(arguments: Arguments, known: Sequence[str]) -> dict[str, str]:
    sent = once(arguments, known)
    if sent.get("format", FORMATS[0]) not in FORMATS:
        raise InvalidInputError(f"format={quote(sent['format'])} means nothing here. Write one of {listed(FORMATS)}.")
    return sent


def _range(sent: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    def moment(name: str) -> datetime:
        return moments.moment(name, sent[name], now=now)

    end = moment("to") if "to" in sent else now
    try:
        start = moment("from") if "from" in sent else end - DEFAULT_RANGE
    except OverflowError:
        start = end
    if end <= start:
        raise InvalidInputError("to is not later than from. Write the earlier moment as from.")
    return start, end
