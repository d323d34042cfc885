"""Events of every kind of owner, numbered as each release did; and who sees them, by each form of a scope."""

import itertools
from datetime import UTC, datetime

from sqlalchemy import insert, literal, select

from event_model import oracle
from panko.event import Event, Trait, TraitType
from panko.filters import Comparison, Everything, OwnActs, ProjectAndOwnerless, TraitFilter, WholeProject
from panko.storage.sql.reading.by_id import Show
from panko.storage.sql.reading.traits import trait_term
from panko.storage.sql.reading.visibility import visibility
from panko.storage.sql.rows import owners
from panko.storage.sql.rows.tables import EVENT, TRAITS

NOON = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
ASKED = ("p", "u")
SCOPES = (Everything(), ProjectAndOwnerless("p"), WholeProject("p"), OwnActs(*ASKED))
TEXT, INTEGER = TraitType.TEXT, TraitType.INTEGER
# In no table of texts, without a value, the one that is asked for, and those that a collation takes for it.
PROJECTS = (None, (INTEGER, 1), (TEXT, None), (TEXT, "p"), (TEXT, "P"), (TEXT, "p "), (TEXT, "q"))
USERS = (None, (INTEGER, 1), (TEXT, None), (TEXT, "u"), (TEXT, "U"), (TEXT, "u "), (TEXT, "v"))
STATE = trait_term(TraitFilter("state", TEXT, Comparison.EQ, "active"))


def _numbers(event):
    """Yield what may stand beside an event and beside its traits."""
    project, owner = owners.numbers(event.traits)
    yield (project, owner), owners.of_traits(project, owner)
    yield (project, owner), None  # of the release before traits had owners
    yield (None, None), None  # of the original
    if project != owners.NOBODY:  # an owner whose numbers happen to be those of the one who asks
        same = owners.hashed(ASKED[0]), owners.hashed(*ASKED)
        yield same, owners.of_traits(*same)


def _events():
    for number, (project, user) in enumerate(itertools.product(PROJECTS, USERS)):
        named = [("project_id", project), ("user_id", user), ("state", (TEXT, "active"))]
        traits = tuple(Trait(name, *typed) for name, typed in named if typed is not None)
        yield Event(f"e{number}", "t", NOON, traits, {})


def put(connection):
    """Insert the events, and return them by their message_ids."""
    events = {}
    for event in _events():
        for count, ((project, owner), of_traits) in enumerate(_numbers(event)):
            id_, message_id = len(events) + 1, f"{event.message_id} {count}"
            events[message_id] = event
            values = {"id": id_, "message_id": message_id, "project_hash": project, "owner_hash": owner}
            connection.execute(insert(EVENT).values(**values, generated=NOON))
            for trait in event.traits:
                row = {"event_id": id_, "key": trait.name, "value": trait.value, "owner": of_traits}
                connection.execute(insert(TRAITS[trait.type]).values(**row))
    return events


def seen(connection, events, scope):
    """Return the sorted message_ids that each form of a scope shows; whoever is shown twice stands there twice."""
    forms = visibility(scope)
    show = Show.compile(connection.dialect)
    told = {
        "meant": [name for name, event in events.items() if oracle.is_visible(event, scope)],
        "conditions": _named(connection, forms.conditions),
        "by id": [row.message_id for name in events for row in show.rows(connection, name, scope)],
    }
    if forms.branches is not None:
        told["branches"] = [name for one in forms.branches.conditions for name in _named(connection, one)]
    if forms.owners is not None:
        ids = {*_ids(connection, STATE.of(*forms.owners)), *_ids(connection, forms.unknown)}
        told["owners"] = _named(connection, (EVENT.c.id.in_(ids), *forms.conditions))
    return {form: sorted(names) for form, names in told.items()}


def _named(connection, conditions):
    return list(connection.execute(select(EVENT.c.message_id).where(literal(1) == 1, *conditions)).scalars())


def _ids(connection, term):
    return connection.execute(term.event_ids(10_000)).scalars()
