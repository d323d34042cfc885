"""What the operator says about a database server's refusals that every engine has. It knows no driver."""

from panko_operator.errors import (
    DatabaseBusyError,
    DatabaseError,
    DatabaseLoginRefusedError,
    DatabasePrivilegeError,
    DatabaseUntrustedError,
)
from panko_operator.world.values import DatabaseAddress, Login


def login_refused(address: DatabaseAddress, account: Login) -> DatabaseLoginRefusedError:
    """Return the error of a name or password that the server does not take."""
    server = f"{address.host}:{address.port}"
    return DatabaseLoginRefusedError(
        f"The database server {server} refuses the user {account.username}; check its name and password"
    )


def privilege_missing(
    address: DatabaseAddress, account: Login, *, code: int | str, needed: str
) -> DatabasePrivilegeError:
    """Return the error of a login that is right and lacks a privilege; `needed` is what to give it."""
    server = f"{address.host}:{address.port}"
    return DatabasePrivilegeError(
        f"The database server {server} takes the login of {account.username}, which lacks a privilege ({code}); "
        f"give {account.username} {needed}."
    )


def password_withheld(address: DatabaseAddress, account: Login) -> DatabaseError:
    """Return the error of a server that asks for the password in a way in which others could read it."""
    return DatabaseError(
        f"The database server {address.host}:{address.port} asks for the password of {account.username} in a way that "
        "others could read, so none was sent; give the account a plug-in or password hash that proves it without "
        "(mysql_native_password, ed25519, scram-sha-256)."
    )


def busy(address: DatabaseAddress) -> DatabaseBusyError:
    """Return the error of tables that somebody holds, of which we did not want to keep others waiting."""
    return DatabaseBusyError(
        f"A transaction in database {address.name} on {address.host}:{address.port} holds tables, a backup perhaps; "
        "it is tried again until that has ended."
    )


def no_such_database(address: DatabaseAddress) -> DatabaseError:
    """Return the error of a database that nobody has made."""
    return DatabaseError(f"The database {address.name} does not exist on {address.host}:{address.port}; create it.")


def untrusted(address: DatabaseAddress) -> DatabaseUntrustedError:
    """Return the error of a server whose certificate is not the one that was asked for, or that has none."""
    server = f"{address.host}:{address.port}"
    if address.tls is None:
        return DatabaseUntrustedError(f"TLS with the database server {server} failed; set spec.database.tls.")
    named = f" and that it names {address.host}" if address.tls.verify_name else ""
    return DatabaseUntrustedError(
        f"The database server {server} shows no certificate that is trusted; check that the authority in "
        f"spec.database.tls.caSecretRef signed it{named}."
    )
