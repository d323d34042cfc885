"""What Panko uses of libraries beyond what they promise: it is there, and no release that was not looked at is taken.

A bound that is in the way is raised after reading what changed around the names below.
"""

import ast
import importlib.metadata
import inspect
import tomllib

import gunicorn.util
import pymysql.connections
import pytest
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker
from keystonemiddleware import auth_token
from keystonemiddleware.auth_token import _opts
from kubernetes.dynamic import DynamicClient
from packaging.requirements import Requirement
from psycopg import Connection, waiting

from panko.api.middleware.authentication.keystone import TokenProtocol
from panko.api.server.worker import Worker as PankoWorker
from panko.storage.sql.engines.mysql_driver.session import Session
from panko.storage.sql.engines.postgresql_driver.session import BoundedConnection
from panko_operator.database.guarded_login import GuardedConnection
from rendering.programs import REPOSITORY

# Our class, and the names of its parent's that it overrides or relies on.
OVERRIDES = [
    (GuardedConnection, ("_process_auth",)),
    (Session, ("_process_auth", "_read_query_result", "_force_close")),
    (BoundedConnection, ("wait",)),
    (TokenProtocol, ("fetch_token", "validate_allowed_request", "_create_identity_server", "_token_cache_factory")),
    (PankoWorker, ("handle", "handle_request", "handle_error")),
]
# The distributions that must not move by themselves, and the packages that they are imported as.
BOUNDED = {
    "service": {
        "gunicorn": "gunicorn",
        "keystonemiddleware": "keystonemiddleware",
        "psycopg": "psycopg",
        "pymysql": "pymysql",
    },
    "operator": {"kubernetes": "kubernetes", "pymysql": "pymysql"},
}


def requirements(folder):
    project = tomllib.loads((REPOSITORY / folder / "pyproject.toml").read_text())["project"]
    return {one.name: one.specifier for one in map(Requirement, project["dependencies"])}


@pytest.mark.parametrize(("folder", "name"), [(folder, name) for folder, names in BOUNDED.items() for name in names])
def test_a_library_whose_insides_are_used_has_an_upper_bound(folder, name):
    specifier = requirements(folder)[name]
    assert any(one.operator == "<" for one in specifier)
    assert importlib.metadata.version(name) in specifier


@pytest.mark.parametrize("folder", BOUNDED)
def test_private_names_are_imported_only_from_those(folder):
    bounded = {*BOUNDED[folder].values(), "panko", "panko_operator", "__future__"}
    found = set()
    for path in (REPOSITORY / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                words = [*(node.module or "").split("."), *(name.name for name in node.names)]
                if any(word.startswith("_") for word in words) and words[0] not in bounded:
                    found.add(f"{path.name}: from {node.module} import …")
    assert not found


@pytest.mark.parametrize(("ours", "names"), OVERRIDES, ids=lambda value: getattr(value, "__qualname__", ""))
def test_what_a_class_of_ours_overrides_is_there(ours, names):
    theirs = [one for one in ours.__mro__ if not one.__module__.startswith("panko")]
    missing = [name for name in names if not any(callable(vars(one).get(name)) for one in theirs)]
    assert not missing


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        (pymysql.connections.Connection._process_auth, ["self", "plugin_name", "auth_packet", "handler"]),
        (pymysql.connections.Connection._read_query_result, ["self", "unbuffered"]),
        (Connection.wait, ["self", "gen", "interval", "timeout"]),
        (ThreadWorker.handle, ["self", "conn"]),
        (ThreadWorker.handle_request, ["self", "req", "conn"]),
        (Worker.handle_error, ["self", "req", "client", "addr", "exc"]),
        (auth_token.AuthProtocol._create_identity_server, ["self"]),
        (auth_token.AuthProtocol._token_cache_factory, ["self"]),
        (auth_token.AuthProtocol.validate_allowed_request, ["self", "request", "token"]),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_what_is_overridden_takes_what_it_took(method, parameters):
    assert list(inspect.signature(method).parameters) == parameters


def test_pymysql_asks_whether_it_is_secure_and_keeps_the_servers_key():
    source = inspect.getsource(pymysql.connections)
    assert isinstance(pymysql.connections.Connection.__dict__["_secure"], bool)
    assert "self._secure = True" in source
    assert "self.server_public_key = server_public_key" in source
    assert "conn.server_public_key = " in inspect.getsource(pymysql._auth)


def test_psycopg_wakes_the_generator_while_nothing_arrives():
    assert inspect.signature(Connection.wait).parameters["interval"].default <= 1
    assert "READY_NONE" in inspect.getsource(waiting)


def test_gunicorn_sends_by_the_two_functions_that_are_used():
    assert list(inspect.signature(gunicorn.util.write_nonblock).parameters)[:2] == ["sock", "data"]
    assert "timeout" in inspect.signature(gunicorn.util.close_graceful).parameters


def test_keystonemiddleware_lists_its_options_where_the_generator_reads_them():
    assert {"www_authenticate_uri", "memcached_servers"} <= {option.name for option in _opts._OPTS}


def test_the_dynamic_client_takes_a_discoverer():
    assert "discoverer" in inspect.signature(DynamicClient.__init__).parameters
