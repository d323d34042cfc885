"""Every form of a scope shows the same events, whatever numbers stand beside them."""

import pytest
from sqlalchemy import create_engine

from event_model import owned
from panko.filters import Everything
from panko.storage.sql.rows.tables import METADATA


@pytest.fixture(scope="module")
def connection():
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def events(connection):
    return owned.put(connection)


@pytest.mark.parametrize("scope", owned.SCOPES, ids=lambda scope: type(scope).__name__)
def test_all_forms_of_a_scope_show_what_is_meant(connection, events, scope):
    told = owned.seen(connection, events, scope)
    assert {form: names for form, names in told.items() if names != told["meant"]} == {}
    assert told["meant"]
    assert scope == Everything() or len(told["meant"]) < len(events)


def test_each_scope_is_told_in_each_form_that_it_can_have(connection, events):
    forms = [set(owned.seen(connection, events, scope)) - {"meant", "conditions", "by id"} for scope in owned.SCOPES]
    assert forms == [set(), {"branches"}, {"branches", "owners"}, {"branches", "owners"}]
