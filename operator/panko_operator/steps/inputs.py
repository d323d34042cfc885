"""Whether everything that people have to provide is there and can be used."""

import dataclasses
from typing import Final

from panko_operator.accounts import cleanup, logins, rotation
from panko_operator.accounts.secrets import Reader
from panko_operator.children import config
from panko_operator.errors import InputError, NotAllowedError
from panko_operator.passes.context import Context
from panko_operator.passes.facts import Facts, Inputs
from panko_operator.passes.step import Note, Outcome, done
from panko_operator.resource.spec.references import KeyRef
from panko_operator.world.values import DatabaseAddress, DatabaseTLS, KeystoneAdmin, Login

KEYSTONE_KEYS: Final = (
    "OS_USERNAME",
    "OS_PASSWORD",
    "OS_PROJECT_NAME",
    "OS_USER_DOMAIN_NAME",
    "OS_PROJECT_DOMAIN_NAME",
)


def inputs(context: Context, _facts: Facts) -> Outcome:
    """Read every Secret that the spec names, and every text in it that has a grammar."""
    config.check(context.panko)
    reader = Reader(context, patient=True)
    admin, login, address = keystone_admin(reader), database_login(reader), database_address(reader)
    notes = () if reader.missing else _write_down(context, reader)  # before the publishers', which no deletion needs
    found = Inputs(admin, address, login, publisher_passwords(reader))
    memcached_trust(reader)
    reader.require_all()
    return Outcome(
        done("Complete", "Every referenced Secret is there, and the configuration can be read."),
        found,
        notes=notes,
    )


def _write_down(context: Context, reader: Reader) -> tuple[Note, ...]:
    """Keep the logins that are to be made, and what a deletion needs, before anything is made with them."""
    for slot in logins.slots(context):
        logins.kept(context, slot)
    notes = rotation.begin(context)
    cleanup.keep(context, reader.read)
    return notes


def keystone_admin(reader: Reader) -> KeystoneAdmin:
    """Read how to log in at Keystone."""
    keystone = reader.context.panko.spec.keystone
    if not reader.context.world.tenancy.allows_keystone(keystone.auth_url):
        raise NotAllowedError(
            "spec.keystone.authURL is not among the URLs that this operator may log in at; "
            "choose another, or ask whoever runs the operator (ALLOWED_KEYSTONE_URLS)."
        )
    values = reader.required(keystone.admin_secret_name, KEYSTONE_KEYS)
    username, password, project, user_domain, project_domain = values
    return KeystoneAdmin(
        auth_url=keystone.auth_url,
        username=username,
        password=password,
        project_name=project,
        user_domain_name=user_domain,
        project_domain_name=project_domain,
        region=keystone.region,
        ca=_authority(reader, keystone.ca) if keystone.ca else "",
    )


def database_login(reader: Reader) -> Login:
    """Read the login of the administrator, or of the account that was given instead."""
    database = reader.context.panko.spec.database
    if not reader.context.world.tenancy.allows_database(database.host):
        raise NotAllowedError(
            "spec.database.host is not among the servers that this operator may use; "
            "choose another, or ask whoever runs the operator (ALLOWED_DATABASE_HOSTS)."
        )
    ref = database.admin_secret_ref or database.account_secret_ref
    if ref is None:  # the CRD asks for exactly one
        raise ValueError("spec.database names no Secret")
    username, password = reader.required(ref.name, (ref.username_key, ref.password_key))
    return Login(username, password)


def publisher_passwords(reader: Reader) -> dict[str, tuple[str, str]]:
    """Read the passwords of publishers that are not generated, by name: the present one, and the previous or none."""
    given = {}
    for publisher in reader.context.panko.spec.publishers:
        ref = publisher.password_secret_ref
        if ref is not None:
            whose, optional = f"publisher {publisher.name}", (f"previous-{ref.key}",)
            password, previous = reader.required(ref.name, (ref.key,), optional=optional, whose=whose)
            given[publisher.name] = (password, previous)
    return given


def memcached_trust(reader: Reader) -> None:
    """See whether what the pods mount for memcached is there: without it they would not start."""
    memcached = reader.context.panko.spec.memcached
    if memcached.servers and memcached.ca:
        _authority(reader, memcached.ca)
    if memcached.servers and memcached.client_secret_name:
        reader.required(memcached.client_secret_name, ("tls.crt", "tls.key"))


def database_address(reader: Reader) -> DatabaseAddress:
    """Return where the database is, with what its server is known by."""
    address, tls = reader.context.panko.database_address(), reader.context.panko.spec.database.tls
    if tls is None:
        return address
    certificate, key = (
        reader.required(tls.client_secret_name, ("tls.crt", "tls.key")) if tls.client_secret_name else ("", "")
    )
    known = DatabaseTLS(_authority(reader, tls.ca), tls.verify_name, certificate, key)
    return dataclasses.replace(address, tls=known)


def _authority(reader: Reader, ref: KeyRef) -> str:
    (certificates,) = reader.required(ref.name, (ref.key,))
    if certificates and "-----BEGIN CERTIFICATE-----" not in certificates:
        raise InputError(
            f"Key {ref.key} of Secret {ref.name} holds no certificate in PEM; write the authority's there."
        )
    return certificates
