"""What a filter and a page mean, in plain Python: the storage must agree with this."""

import operator
from collections import Counter

from panko.asking.search import outcome
from panko.asking.search.outcome import WORDS
from panko.event import TraitType
from panko.filters import (
    And,
    Comparison,
    Everything,
    HasTrait,
    MessageIdFilter,
    Not,
    Or,
    OwnActs,
    ProjectAndOwnerless,
    Since,
    SortField,
    TraitFilter,
    TraitPrefix,
    TypeFilter,
    TypePrefix,
    TypeSuffix,
    Until,
    WholeProject,
)
from panko.storage import Group

OPERATORS = {comparison: getattr(operator, comparison.value) for comparison in Comparison}
WIDTH = 300


def exact(text):
    return text


def like_mysql(text):
    """Fold basic Latin as utf8mb4_general_ci does: no case, shorter texts padded with spaces."""
    return text.upper().ljust(WIDTH)


def groups(events, grouping, fold):
    """Return the groups of events as `panko.storage.Connection.count_events` does, the largest first."""
    found, shown = Counter(), {}
    for event in events:
        span = None if grouping.spans is None else (event.generated - grouping.spans.first) // grouping.spans.width
        for value in _told(event, grouping.field, fold):
            key = span, None if value is None else fold(value)
            found[key] += 1
            shown[key] = min(shown.get(key, value), value) if value is not None else None
    return [Group(key[0], shown[key], count) for key, count in found.most_common(grouping.most)]


def outcome_of(event, fold=exact):
    """Return the one outcome whose filter holds for an event."""
    (found,) = [word for word in WORDS if holds(event, outcome.expression(word), fold)]
    return found


def _told(event, field, fold):
    if field is None:
        return [None]
    if field.is_type:
        return [event.event_type]
    if field.is_outcome:
        return [outcome_of(event, fold)]
    found = [
        trait.value
        for trait in event.traits
        if trait.type is TraitType.TEXT and fold(trait.name) == fold(field.name) and trait.value is not None
    ]
    assert len(found) <= 1
    return found


def page_of(events, event_filter, page, fold):
    found = [event for event in events if matches(event, event_filter, fold)]
    keys = list(page.sort)
    if SortField.MESSAGE_ID not in {key.field for key in keys}:
        keys.append(type(keys[-1])(SortField.MESSAGE_ID, descending=keys[-1].descending))
    for key in reversed(keys):
        found.sort(key=lambda event, key=key: getattr(event, key.field.value), reverse=key.descending)
    if page.marker is not None:
        found = found[[event.message_id for event in found].index(page.marker) + 1 :]
    return found[: page.limit]


def matches(event, wanted, fold):
    return is_visible(event, wanted.scope) and holds(event, wanted.expression, fold)


def holds(event, expression, fold):
    match expression:
        case And(inner):
            return all(holds(event, one, fold) for one in inner)
        case Or(inner):
            return any(holds(event, one, fold) for one in inner)
        case Not(inner):
            return not holds(event, inner, fold)
    return TERMS[type(expression)](event, expression, fold)


def is_visible(event, scope):
    text = {trait.name: trait.value for trait in event.traits if trait.type is TraitType.TEXT}
    match scope:
        case Everything():
            return True
        case ProjectAndOwnerless(project):
            return "project_id" not in text or text["project_id"] == project
        case WholeProject(project):
            return text.get("project_id") == project
        case OwnActs(project, user):
            return text.get("project_id") == project and text.get("user_id") == user
    raise AssertionError(scope)


def has(event, wanted, fold):
    def value(thing):
        return fold(thing) if isinstance(thing, str) else thing

    return any(
        trait.type is wanted.type
        and fold(trait.name) == fold(wanted.name)
        and trait.value is not None
        and OPERATORS[wanted.comparison](value(trait.value), value(wanted.value))
        for trait in event.traits
    )


def begins(text, prefix, fold):
    return _unpadded(text, fold).startswith(_unpadded(prefix, fold))


def _unpadded(text, fold):
    """Fold without the spaces that `like_mysql` pads with: the beginning of a text is compared as it is written."""
    return fold(text)[: len(text)]


TERMS = {
    TypePrefix: lambda event, wanted, fold: begins(event.event_type, wanted.prefix, fold),
    TypeSuffix: lambda event, wanted, fold: begins(event.event_type[::-1], wanted.suffix[::-1], fold),
    TraitPrefix: lambda event, wanted, fold: any(
        trait.type is TraitType.TEXT
        and fold(trait.name) == fold(wanted.name)
        and trait.value is not None
        and begins(trait.value, wanted.prefix, fold)
        for trait in event.traits
    ),
    HasTrait: lambda event, wanted, fold: any(fold(trait.name) == fold(wanted.name) for trait in event.traits),
    MessageIdFilter: lambda event, wanted, _fold: event.message_id == wanted.message_id,
    TypeFilter: lambda event, wanted, fold: fold(event.event_type) == fold(wanted.event_type),
    Since: lambda event, wanted, _fold: event.generated >= wanted.moment,
    Until: lambda event, wanted, _fold: event.generated <= wanted.moment,
    TraitFilter: has,
}
