"""What `[database] connection` may say, made into the URL of the one driver we use for each kind of database. Pure."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from panko.errors import ConfigurationError
from panko.storage.sql.engines import ENGINES

SCHEMES = {scheme: engine for engine in ENGINES.values() for scheme in engine.SCHEMES}


def normalise(text: str) -> URL:
    """Return the URL with our driver.

    As in the original a bare `mysql://` means PyMySQL. Raise ConfigurationError, without the URL: it holds a password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a ValueError quotes the password when it stands where the port should
        raise ConfigurationError(
            "[database] connection is not a URL. Write it like mysql+pymysql://user:password@host/panko; "
            "in the password, : / ? # @ and % are written as %3A %2F %3F %23 %40 and %25."
        ) from None
    kind = url.get_backend_name()
    engine = SCHEMES.get(kind)
    if engine is None:
        raise ConfigurationError(
            f"[database] connection names the database {kind}, which Panko does not keep events in. "
            "Write a URL that begins with mysql, postgresql or sqlite."
        )
    return engine.own_url(url.set(drivername=engine.DRIVER))
