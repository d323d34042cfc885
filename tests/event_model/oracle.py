"""What a filter and a page mean, in plain Python: the storage must agree with this."""

import operator

from panko.event import TraitType
from panko.filters import (
    And,
    Comparison,
    Everything,
    MessageIdFilter,
    Not,
    Or,
    OwnActs,
    ProjectAndOwnerless,
    Since,
    SortField,
    TraitFilter,
    TypeFilter,
    Until,
    WholeProject,
)

OPERATORS = {comparison: getattr(operator, comparison.value) for comparison in Comparison}
WIDTH = 300


def exact(text):
    return text


def like_mysql(text):
    """Fold basic Latin as utf8mb4_general_ci does: no case, shorter texts padded with spaces."""
    return text.upper().ljust(WIDTH)


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


TERMS = {
    MessageIdFilter: lambda event, wanted, _fold: event.message_id == wanted.message_id,
    TypeFilter: lambda event, wanted, fold: fold(event.event_type) == fold(wanted.event_type),
    Since: lambda event, wanted, _fold: event.generated >= wanted.moment,
    Until: lambda event, wanted, _fold: event.generated <= wanted.moment,
    TraitFilter: has,
}
