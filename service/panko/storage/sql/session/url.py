"""What `[database] connection` may say, made into the URL of the one driver we use for each kind of database. Pure."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from panko.errors import ConfigurationError
from panko.storage.sql import engines


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
    try:
        engine = engines.of_url(url)
    except KeyError as error:
        raise ConfigurationError(
            f"[database] connection names the database {error.args[0]}, which Panko does not keep events in. "
            "Write a URL that begins with mysql, postgresql or sqlite."
        ) from None
    return engine.own_url(url.set(drivername=engine.DRIVER))
