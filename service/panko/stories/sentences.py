"""The sentence about an event or an operation: "demo deleted server web-1, failed after 12 s".

Every value in it was written by somebody: what does not print is taken out, and it is one line.
"""

import dataclasses
import re
from collections.abc import Mapping

from panko.event import Event
from panko.stories import durations
from panko.stories.operations import Operation, State
from panko.stories.outcomes import Outcome, outcome
from panko.stories.stems import is_audit, split
from panko.stories.traits import IDS, NAMES, PEOPLE, first, texts
from panko.stories.words.phrases import AUDIT, EXISTS, Phrase, noun_of, phrase_of
from panko.stories.words.verbs import forms

MOST_CHARACTERS = 120  # of one value
NOBODY: Mapping[str, str] = {}
PLACE = re.compile(r"\{(\w+)\}")
# What says why, in definitions that keep it; ceilometer's own keep the code of a request alone.
REASONS = ("fault", "exception", "error_message", "reason", "message")


@dataclasses.dataclass(frozen=True, slots=True)
class _Clause:
    """Who does what: `who` is None when the events do not tell."""

    who: str | None
    what: str
    phrase: Phrase
    tail: str

    def done(self) -> str:
        return self._said(forms(self.phrase.verb).past, "was")

    def going_on(self) -> str:
        verb = forms(self.phrase.verb)
        return self._said(f"is {verb.gerund}", "is being")

    def begun(self) -> str:
        return self._said(f"began to {self.phrase.verb}", "was about to be")

    def failed(self) -> str:
        return (
            f"{self._said(f'tried to {self.phrase.verb}', 'was not')} and" if self.phrase.tried else f"{self.done()},"
        )

    def _said(self, active: str, passive: str) -> str:
        past = forms(self.phrase.verb).past
        # "a volume was attached to web-1" would need words that this order has not got.
        bare = self.what and " " not in past
        words = (self.what, passive, past) if self.who is None and bare else (self.who or "somebody", active, self.what)
        return " ".join(word for word in (*words, self.tail) if word)


def of_event(event: Event, names: Mapping[str, str] = NOBODY, traits: Mapping[str, str] | None = None) -> str:
    """Return the sentence about one event. `names` are those of ids, as `names_in` finds them.

    `traits` are its texts where they are known.
    """
    stem, _ = split(event.event_type)
    traits = texts(event) if traits is None else traits
    clause = _clause(traits, stem, names)
    if clause is None:
        return _plain(traits, stem, names)
    match outcome(event, traits):
        case Outcome.FAILED:
            return f"{clause.failed()} failed{_why(traits)}"
        case Outcome.STARTED:
            return clause.begun()
        case Outcome.OK:
            return clause.done()


def of_operation(operation: Operation, names: Mapping[str, str] = NOBODY) -> str:
    """Return the sentence about an operation, and how long it took."""
    clause = _clause(texts(_joined(operation)), operation.stem, names)
    took = None if operation.took is None else durations.written(operation.took)
    if clause is None:
        about = _plain(texts(operation.event), operation.stem, names)
        return f"{about}: {operation.state.value}" + (f" ({took})" if took else "")
    match operation.state:
        case State.OK:
            return clause.done() + (f" in {took}" if took else "")
        case State.FAILED:
            return f"{clause.failed()} failed" + (f" after {took}" if took else "") + _why(texts(operation.event))
        case State.RUNNING:
            return f"{clause.going_on()}, running for {took}"
        case State.NO_END_SEEN:
            return f"{clause.begun()}, no end seen for {took}"


def who(traits: Mapping[str, str], names: Mapping[str, str] = NOBODY) -> str | None:
    """Return who did it, as the sentence calls them; None when the texts of an event do not tell."""
    user = traits.get("initiator_name") or traits.get("user_name")
    if user is None:
        user = first(traits, PEOPLE)
        user = user and names.get(user, user)
    return user and _shown(user)


def _joined(operation: Operation) -> Event:
    """Return the last event, with what only the first one tells."""
    event = operation.event
    if operation.begun is None or operation.begun is event:
        return event
    known = {trait.name for trait in event.traits if trait.value is not None}
    more = tuple(trait for trait in operation.begun.traits if trait.name not in known)
    return dataclasses.replace(event, traits=(*event.traits, *more))


def _clause(traits: Mapping[str, str], stem: str, names: Mapping[str, str]) -> _Clause | None:
    phrase = AUDIT if is_audit(stem) else phrase_of(stem)
    if phrase is None:
        return None
    tails = (_filled(piece, traits, names) for piece in phrase.tails)
    return _Clause(who(traits, names), _what(phrase, traits, names), phrase, " ".join(tail for tail in tails if tail))


def _what(phrase: Phrase, traits: Mapping[str, str], names: Mapping[str, str]) -> str:
    if phrase.unnamed:
        return _filled(phrase.noun, traits, names) or phrase.unnamed
    noun = _shown(phrase.noun)  # of a type that no table knows, it is what somebody wrote
    if not noun or noun.startswith("a "):
        return noun
    name = _name(traits, names)
    article = "an" if noun[0] in "aeiou" else "a"
    return f"{noun} {name}" if name else f"{article} {noun}"


def _plain(traits: Mapping[str, str], stem: str, names: Mapping[str, str]) -> str:
    """Return what can be said of a type that no table knows: the type, of what and by whom."""
    name, actor = _name(traits, names), who(traits, names)
    if stem.endswith(f".{EXISTS}"):
        return " ".join(word for word in (_shown(noun_of(stem)), name, "was there") if word)
    return _shown(stem) + (f" of {name}" if name else "") + (f" by {actor}" if actor else "")


def _name(traits: Mapping[str, str], names: Mapping[str, str]) -> str | None:
    name = first(traits, NAMES)
    if name is None:
        resource = first(traits, IDS)
        name = resource and names.get(resource, resource)
    return name and _shown(name)


def _filled(piece: str, traits: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Return a piece with the values of its traits; nothing where one is missing, or where none of it prints."""
    values = {name: traits.get(name, "") for name in PLACE.findall(piece)}
    shown = {name: _shown(names.get(value, value)) for name, value in values.items()}
    return PLACE.sub(lambda found: shown[found[1]], piece) if all(shown.values()) else ""


def _why(traits: Mapping[str, str]) -> str:
    code = _shown(traits.get("reason_code", ""))
    reason = _shown(first(traits, REASONS) or "")
    return (f" with HTTP {code}" if code else "") + (f": {reason}" if reason else "")


def _shown(value: str) -> str:
    if not value.isprintable():
        value = "".join(one if one.isprintable() else " " for one in value)
    printable = " ".join(value.split())
    return printable if len(printable) <= MOST_CHARACTERS else printable[: MOST_CHARACTERS - 1] + "…"
