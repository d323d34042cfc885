"""Servers that have to prove who they are: real MariaDB and PostgreSQL that take no connection in clear."""

import dataclasses
import http.server
import os
import pwd
import shutil
import ssl
import threading

import pytest
from sqlalchemy import make_url

from panko.storage import sql
from panko_operator.database import DatabaseServers
from panko_operator.errors import DatabaseUntrustedError, KeystoneError, KeystoneUntrustedError
from panko_operator.keystone.session import token
from panko_operator.world.values import DatabaseAddress, DatabaseTLS, KeystoneAdmin, Login, Owner, ServiceUser
from servers.authority import Authority
from servers.mariadb import MariaDB
from servers.postgresql import PostgreSQL

OWNER = Owner("cluster-1", "openstack/panko", "1-2-3")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("stranger"))


def hand_over(server, certificate, key):
    """Copy what the server needs to where only its account reads it."""
    account = pwd.getpwnam(server.user)
    paths = []
    for source in (certificate, key):
        target = server.folder / source.name
        shutil.copyfile(source, target)
        target.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(target, account.pw_uid, account.pw_gid)
        paths.append(str(target))
    return paths


class StrictMariaDB(MariaDB):
    """Takes no connection in clear from accounts that have to use TLS."""

    def __init__(self, certificate, key):
        super().__init__()
        certificate, key = hand_over(self, certificate, key)
        self.options = (*self.options, f"--ssl-cert={certificate}", f"--ssl-key={key}")

    def require_tls(self):
        self.execute("SET GLOBAL require_secure_transport = ON")


class StrictPostgreSQL(PostgreSQL):
    """Takes connections with TLS alone once told to."""

    def __init__(self, certificate, key):
        super().__init__()
        certificate, key = hand_over(self, certificate, key)
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"\nssl = on\nssl_cert_file = '{certificate}'\nssl_key_file = '{key}'\n")

    def require_tls(self):
        (self.folder / "data" / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        self.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="module", params=["mysql", "postgresql"])
def address(request, authority):
    """A server that was told to take connections with TLS alone, and its certificate names 127.0.0.1."""
    kind = {"mysql": StrictMariaDB, "postgresql": StrictPostgreSQL}[request.param]
    server = kind(*authority.sign("database", "127.0.0.1"))
    try:
        server.start()
        server.require_tls()
        yield DatabaseAddress(request.param, server.host, server.port, "my_panko")
    finally:
        server.remove()


@pytest.fixture
def admin():
    return Login("admin", "admin-s3cret")


def known_by(address, authority, *, verify_name=True):
    return dataclasses.replace(address, tls=DatabaseTLS(authority.ca.read_text(), verify_name))


def test_a_stranger_is_told_as_that_and_not_as_an_outage(address, admin, stranger):
    with pytest.raises(DatabaseUntrustedError, match=r"caSecretRef signed it and that it names 127\.0\.0\.1"):
        DatabaseServers().ensure_database(known_by(address, stranger), admin, OWNER, adopt=False)


@pytest.mark.parametrize(("verify_name", "believed"), [(True, False), (False, True)])
def test_a_name_that_the_certificate_does_not_hold(address, admin, authority, verify_name, believed):
    other = dataclasses.replace(known_by(address, authority, verify_name=verify_name), host="localhost")
    if believed:
        DatabaseServers().ensure_database(other, admin, OWNER, adopt=False)
    else:
        with pytest.raises(DatabaseUntrustedError):
            DatabaseServers().ensure_database(other, admin, OWNER, adopt=False)


def test_the_operator_and_the_service_reach_it_with_its_authority(address, admin, authority):
    known, servers, account = known_by(address, authority), DatabaseServers(), Login("panko-api-1", "api-password")
    servers.ensure_database(known, admin, OWNER, adopt=False)
    servers.ensure_account(known, admin, Login("panko-schema-1", "schema-password"), role="schema")
    servers.ensure_account(known, admin, account, role="api")
    servers.check_login(known, account)
    query = (
        {"ssl_ca": str(authority.ca)}
        if address.engine == "mysql"
        else {"sslmode": "verify-full", "sslrootcert": str(authority.ca)}
    )
    url = make_url(f"{address.engine}://{account.username}:{account.password}@127.0.0.1:{address.port}/my_panko")
    connection = sql.connect(url.set(query=query).render_as_string(hide_password=False), sql.ConnectionSettings())
    try:
        connection.check()
    finally:
        connection.dispose()


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers every request with 403."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_error(403)

    do_GET = do_POST  # noqa: N815 -- http.server's name

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def keystone_url(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign("keystone", "127.0.0.1"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/v3"
        server.shutdown()
        thread.join()


def log_in(url, ca):
    admin = KeystoneAdmin(url, "admin", "secret", "admin", "Default", "Default", "RegionOne", ca)
    user = ServiceUser("panko", "secret", "Default", "service", "Default", ("service",), "openstack/panko")
    return token(admin, user)


@pytest.mark.filterwarnings("ignore:.*unclosed:ResourceWarning")
def test_a_keystone_with_a_private_authority(keystone_url, authority, stranger):
    for ca in ("", stranger.ca.read_text()):
        with pytest.raises(KeystoneUntrustedError, match=r"into spec\.keystone\.caSecretRef"):
            log_in(keystone_url, ca)
    with pytest.raises(KeystoneError, match="403"):
        log_in(keystone_url, authority.ca.read_text())
