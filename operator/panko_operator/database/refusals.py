"""What the operator says about a database server's refusals that every engine has. It knows no driver."""

from panko_operator.errors import DatabaseError, DatabaseLoginRefusedError
from panko_operator.world import DatabaseAddress, Login


def login_refused(address: DatabaseAddress, account: Login) -> DatabaseLoginRefusedError:
    """Return the error of a name or password that the server does not take."""
    server = f"{address.host}:{address.port}"
    return DatabaseLoginRefusedError(
        f"The database server {server} refuses the user {account.username}; check its name and password"
    )


def no_such_database(address: DatabaseAddress) -> DatabaseError:
    """Return the error of a database that nobody has made."""
    return DatabaseError(f"The database {address.name} does not exist on {address.host}:{address.port}; create it")
