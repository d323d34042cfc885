"""Whether everything that people have to provide is there and can be used."""

import dataclasses
from typing import Final

from panko_operator.children import config
from panko_operator.errors import InputError, NotAllowedError
from panko_operator.observe import Observation
from panko_operator.resource.spec import KeyRef
from panko_operator.steps import cleanup, secrets
from panko_operator.steps.context import Pass, done
from panko_operator.world import DatabaseAddress, DatabaseTLS, KeystoneAdmin, Login

KEYSTONE_KEYS: Final = (
    "OS_USERNAME",
    "OS_PASSWORD",
    "OS_PROJECT_NAME",
    "OS_USER_DOMAIN_NAME",
    "OS_PROJECT_DOMAIN_NAME",
)


def inputs(this: Pass) -> Observation:
    """Read every Secret that the spec names, and every text in it that has a grammar."""
    config.check(this.panko)
    this.keystone_admin = keystone_admin(this)
    this.database_login = database_login(this)
    this.database_address = database_address(this)
    cleanup.keep(this)
    this.given_passwords = given_passwords(this)
    memcached_trust(this)
    return done("Complete", "Every referenced Secret is there, and the configuration can be read.")


def keystone_admin(this: Pass) -> KeystoneAdmin:
    """Read how to log in at Keystone."""
    keystone = this.panko.spec.keystone
    if not this.world.tenancy.allows_keystone(keystone.auth_url):
        raise NotAllowedError(
            "spec.keystone.authURL is not among the URLs that this operator may log in at; "
            "choose another, or ask whoever runs the operator (ALLOWED_KEYSTONE_URLS)."
        )
    values = secrets.required(this, keystone.admin_secret_name, KEYSTONE_KEYS)
    username, password, project, user_domain, project_domain = values
    return KeystoneAdmin(
        auth_url=keystone.auth_url,
        username=username,
        password=password,
        project_name=project,
        user_domain_name=user_domain,
        project_domain_name=project_domain,
        region=keystone.region,
        ca=_authority(this, keystone.ca) if keystone.ca else "",
    )


def database_login(this: Pass) -> Login:
    """Read the login of the administrator, or of the account that was given instead."""
    database = this.panko.spec.database
    if not this.world.tenancy.allows_database(database.host):
        raise NotAllowedError(
            "spec.database.host is not among the servers that this operator may use; "
            "choose another, or ask whoever runs the operator (ALLOWED_DATABASE_HOSTS)."
        )
    ref = database.admin_secret_ref or database.account_secret_ref
    if ref is None:  # the CRD asks for exactly one
        raise ValueError("spec.database names no Secret")
    username, password = secrets.required(this, ref.name, (ref.username_key, ref.password_key))
    return Login(username, password)


def given_passwords(this: Pass) -> dict[str, tuple[str, str]]:
    """Read the passwords of publishers that are not generated, by name: the present one, and the previous or none."""
    given = {}
    for publisher in this.panko.spec.publishers:
        ref = publisher.password_secret_ref
        if ref is not None:
            password, previous = secrets.required(this, ref.name, (ref.key,), optional=(f"previous-{ref.key}",))
            given[publisher.name] = (password, previous)
    return given


def memcached_trust(this: Pass) -> None:
    """See whether what the pods mount for memcached is there: without it they would not start."""
    memcached = this.panko.spec.memcached
    if memcached.servers and memcached.ca:
        _authority(this, memcached.ca)
    if memcached.servers and memcached.client_secret_name:
        secrets.required(this, memcached.client_secret_name, ("tls.crt", "tls.key"))


def database_address(this: Pass) -> DatabaseAddress:
    """Return where the database is, with what its server is known by."""
    address, tls = this.panko.database_address(), this.panko.spec.database.tls
    if tls is None:
        return address
    certificate, key = (
        secrets.required(this, tls.client_secret_name, ("tls.crt", "tls.key")) if tls.client_secret_name else ("", "")
    )
    known = DatabaseTLS(_authority(this, tls.ca), tls.verify_name, certificate, key)
    return dataclasses.replace(address, tls=known)


def _authority(this: Pass, ref: KeyRef) -> str:
    (certificates,) = secrets.required(this, ref.name, (ref.key,))
    if "-----BEGIN CERTIFICATE-----" not in certificates:
        raise InputError(
            f"Key {ref.key} of Secret {ref.name} holds no certificate in PEM; write the authority's there."
        )
    return certificates
