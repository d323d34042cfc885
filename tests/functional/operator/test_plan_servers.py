"""A dry run against a real Keystone and real database servers: it tells what would be written, and writes nothing."""

import dataclasses
import itertools

import pytest

from panko_operator.changes import Action, Place
from panko_operator.database.dry_run import DryDatabase
from panko_operator.errors import OwnershipConflictError, ServiceUserNotOursError
from panko_operator.keystone import KeystoneServer
from panko_operator.world.values import DatabaseAddress, Endpoint, Login, Owner, ServiceUser
from servers.sessions import execute

# The SDK calls parts of itself that it deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::openstack.warnings.RemovedInSDK50Warning")
NUMBERS = itertools.count(1)
OWNER = Owner("cluster-1", "openstack/planned", "uid-1")
NEIGHBOUR = Owner("cluster-2", "openstack/planned", "uid-2")
INTERFACES = ("public", "internal", "admin")


class Told:
    """What a dry run has noted, and what it is noted by."""

    def __init__(self):
        self.changes = []

    def __call__(self, change):
        self.changes.append(change)

    def lines(self):
        return [(str(one.action), one.kind, one.name, *one.fields) for one in self.changes]


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def operator(admin_in):
    """The administrator of Keystone, with a region of the test's own."""
    return admin_in(f"Planned{next(NUMBERS)}")


@pytest.fixture
def user():
    number = next(NUMBERS)
    return ServiceUser(
        username=f"planned-{number}",
        password="s3cret",
        user_domain="Default",
        project=f"project-{number}",
        project_domain="Default",
        roles=("service",),
        owner=OWNER,
    )


def wanted(url="http://panko.test:8777"):
    return [Endpoint(interface, url) for interface in INTERFACES]


def everything(keystone):
    """Return all that Keystone has, to see whether a dry run changes it."""
    paths = ("users", "projects", "services", "endpoints", "regions", "role_assignments")
    return {path: keystone.request("GET", f"/{path}")[path] for path in paths}


@pytest.fixture
def published(keystone):
    """A Keystone in which there is no service of type event, whatever others have left; none is left either."""
    forget_events(keystone)
    yield KeystoneServer()
    forget_events(keystone)


def forget_events(keystone):
    for service in keystone.request("GET", "/services?type=event")["services"]:
        keystone.request("DELETE", f"/services/{service['id']}")


def register(server, operator, user):
    server.ensure_service_user(operator, user)
    service = server.ensure_service(operator)
    return server.ensure_endpoints(operator, service, wanted(), owner=user.owner, known=())


@pytest.mark.usefixtures("published")
def test_a_registration_is_planned_and_nothing_of_it_is_there(keystone, operator, user, told):
    before = everything(keystone)
    dry = KeystoneServer().dry_run(told)
    register(dry, operator, user)
    dry.check_login(operator, user)
    assert everything(keystone) == before
    assert told.lines() == [
        ("Create", "KeystoneProject", user.project),
        ("Create", "KeystoneUser", user.username),
        ("Change", "KeystoneUser", user.username, "roles"),
        ("Create", "KeystoneService", "panko"),
        ("Create", "KeystoneRegion", operator.region),
        *(("Create", "KeystoneEndpoint", interface) for interface in INTERFACES),
    ]
    assert {one.place for one in told.changes} == {Place.KEYSTONE}


def test_what_is_registered_already_needs_nothing(published, operator, user, told):
    register(published, operator, user)
    register(published.dry_run(told), operator, user)
    assert told.changes == []


def test_what_was_changed_is_planned_by_its_fields(published, keystone, operator, user, told):
    ids = {one.interface: one.id for one in register(published, operator, user)}
    keystone.request("PATCH", f"/endpoints/{ids['public']}", {"endpoint": {"url": "http://elsewhere.test"}})
    keystone.request("DELETE", f"/endpoints/{ids['admin']}")
    service = next(one for one in keystone.request("GET", "/services")["services"] if one["type"] == "event")
    keystone.request("PATCH", f"/services/{service['id']}", {"service": {"enabled": False}})
    before = everything(keystone)
    dry = published.dry_run(told)
    register(dry, operator, dataclasses.replace(user, password="another", roles=("admin",)))
    assert everything(keystone) == before
    assert set(told.lines()) == {
        ("Change", "KeystoneUser", user.username, "roles"),
        ("Change", "KeystoneUser", user.username, "password"),
        ("Change", "KeystoneService", "panko", "enabled"),
        ("Change", "KeystoneEndpoint", "public", "url"),
        ("Create", "KeystoneEndpoint", "admin"),
    }
    published.check_login(operator, user)  # with the password that there was


def test_what_would_go_is_planned_by_its_name(published, keystone, operator, user, told):
    register(published, operator, user)
    before = everything(keystone)
    dry = published.dry_run(told)
    assert dry.withdraw_endpoints(operator, OWNER, known=(), empty_service=True) == len(INTERFACES)
    assert dry.delete_service_user(operator, user) is True
    assert everything(keystone) == before
    assert {one.action for one in told.changes} == {Action.REMOVE}
    removed = {(one.kind, one.name) for one in told.changes}
    endpoints = {("KeystoneEndpoint", interface) for interface in INTERFACES}
    assert removed == {*endpoints, ("KeystoneService", "panko"), ("KeystoneUser", user.username)}


def test_what_is_somebody_elses_is_refused_as_ever(published, operator, user, told):
    theirs = dataclasses.replace(user, owner=NEIGHBOUR)
    register(published, operator, theirs)
    dry = published.dry_run(told)
    with pytest.raises(ServiceUserNotOursError):
        dry.ensure_service_user(operator, dataclasses.replace(user, password="another"))
    with pytest.raises(OwnershipConflictError):
        dry.ensure_endpoints(operator, dry.ensure_service(operator), wanted("http://mine.test"), owner=OWNER, known=())
    assert told.changes == []


SCHEMA, API = Login("planned-schema-1", "schema-password"), Login("planned-api-1", "api-password")


@pytest.fixture
def address(engine, server):
    return DatabaseAddress(engine, server.host, server.port, "planned_panko")


@pytest.fixture
def cleared(servers, address, admin):
    yield servers
    servers.drop_accounts(address, admin, [API.username])
    servers.drop_database(address, admin)
    servers.drop_accounts(address, admin, [SCHEMA.username])


def dry_database(servers, told):
    return DryDatabase(servers, told, is_made_up=lambda password: password == "made-up", will_sync=lambda: False)


def set_up(database, address, admin):
    database.ensure_database(address, admin, OWNER, adopt=False)
    for role, account in (("schema", SCHEMA), ("api", API)):
        database.ensure_account(address, admin, account, role=role)


def test_a_database_is_planned_and_not_made(cleared, address, admin, told):
    set_up(dry_database(cleared, told), address, admin)
    assert told.lines() == [
        ("Create", "Database", address.name),
        ("Create", "DatabaseAccount", SCHEMA.username),
        ("Create", "DatabaseAccount", API.username),
    ]
    assert not cleared.has_database(address, admin)
    assert not cleared.has_account(address, admin, SCHEMA.username)


def test_a_database_that_is_set_up_needs_nothing(cleared, address, admin, told):
    set_up(cleared, address, admin)
    set_up(dry_database(cleared, told), address, admin)
    assert told.changes == []


def test_other_grants_and_passwords_are_planned_and_left(cleared, address, admin, told):
    set_up(cleared, address, admin)
    dry = dry_database(cleared, told)
    dry.ensure_account(address, admin, Login(API.username, "another"), role="expirer")
    dry.ensure_account(address, admin, Login(SCHEMA.username, "made-up"), role="schema")
    dry.drop_accounts(address, admin, [API.username])
    assert told.lines() == [
        ("Change", "DatabaseAccount", API.username, "grants", "password"),
        ("Change", "DatabaseAccount", SCHEMA.username, "password"),
        ("Remove", "DatabaseAccount", API.username),
    ]
    cleared.check_login(address, API)
    assert not cleared.lacks_grants(address, admin, API.username, role="api")


def test_a_schema_is_measured_and_one_that_is_not_there_is_none(cleared, address, admin):
    set_up(cleared, address, admin)
    assert cleared.schema_size(address, admin) is None
    for statement in (
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
        "INSERT INTO alembic_version VALUES ('0006')",
        "CREATE TABLE event (id INTEGER PRIMARY KEY)",
        "INSERT INTO event VALUES (1), (2), (3)",
    ):
        execute(address, SCHEMA, statement)
    execute(address, SCHEMA, "ANALYZE TABLE event" if address.engine == "mysql" else "ANALYZE event")
    size = cleared.schema_size(address, admin)
    assert (size.revision, size.events) == ("0006", 3)
    assert size.size_bytes > 0
