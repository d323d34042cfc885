"""The table of database roles: nobody may do more than its work takes, and one owns the schema."""

from panko_operator.resource.roles import BY_NAME, OWNER, ROLES


def test_one_role_owns_the_schema_and_comes_first():
    assert [role.owns_schema for role in ROLES] == [True, False, False, False]
    assert ROLES[0] is OWNER


def test_the_api_can_change_and_delete_nothing():
    assert BY_NAME["api"].privileges == {"SELECT", "INSERT"}


def test_the_collector_can_do_what_the_apis_writers_do_and_no_more():
    assert BY_NAME["collector"].privileges == BY_NAME["api"].privileges


def test_the_expirer_can_write_nothing():
    assert BY_NAME["expirer"].privileges == {"SELECT", "DELETE"}


def test_the_api_has_a_configuration_of_its_own_and_the_others_their_secret():
    assert {role.name for role in ROLES if role.mounts_config} == {"schema", "expirer"}
