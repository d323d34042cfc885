"""The URL of [database] connection."""

import traceback

import pytest

from panko.errors import ConfigurationError
from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.session.url import normalise
from panko.storage.sql.settings import ConnectionSettings


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("mysql://u:p@h/panko", "mysql+pymysql://u:p@h/panko?charset=utf8mb4"),
        ("mysql+pymysql://u:p@h/panko?charset=utf8", "mysql+pymysql://u:p@h/panko?charset=utf8mb4"),
        ("mysql+mysqldb://u:p%40@h:3307/panko", "mysql+pymysql://u:p%40@h:3307/panko?charset=utf8mb4"),
        ("mariadb://u:p@h/panko", "mysql+pymysql://u:p@h/panko?charset=utf8mb4"),
        ("mysql://u:p@h/d?ssl_ca=/ca.pem", "mysql+pymysql://u:p@h/d?charset=utf8mb4&ssl_ca=%2Fca.pem"),
        ("postgresql://u:p@h/panko?charset=utf8", "postgresql+psycopg://u:p@h/panko"),
        (
            "postgresql+psycopg2://u:p@h/panko?sslmode=verify-full",
            "postgresql+psycopg://u:p@h/panko?sslmode=verify-full",
        ),
        ("sqlite:////var/lib/panko.sqlite", "sqlite:////var/lib/panko.sqlite"),
    ],
)
def test_every_spelling_of_old_configurations_means_our_driver(written, used):
    assert normalise(written).render_as_string(hide_password=False) == used


@pytest.mark.parametrize(
    "text", ["mongodb://u:s3cret@h/panko", "log://", "es://u:s3cret@h", "s3cret", "mysql://u:p@ss:s3cret@h/panko"]
)
def test_what_cannot_be_used_is_refused_without_the_password(text):
    with pytest.raises(ConfigurationError, match="Write") as caught:
        normalise(text)
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "mysql://u:s3cret@h/d?ssl_ca=/nowhere.pem",
            "names the file /nowhere.pem as ssl_ca, which cannot be read: No such",
        ),
        (
            "mysql://u:s3cret@h/d?ssl_key=/nowhere.pem",
            "names the file /nowhere.pem as ssl_key, which cannot be read: No such",
        ),
        (f"mysql://u:s3cret@h/d?ssl_ca={__file__}", "as ssl_ca, which holds no certificate in PEM format"),
        ("mysql://u:s3cret@h/d?connect_timeout=soon", "an argument after the"),
        ("mysql://u:s3cret@h/d?nonsense=1", "the argument nonsense, which the driver does not know"),
        ("postgresql://u:s3cret@h/d?sslrootcert=/nowhere.pem", "the file /nowhere.pem as sslrootcert"),
    ],
)
def test_argument_of_no_use_is_named_before_anything_is_connected(arguments, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        make_engine(normalise(arguments), ConnectionSettings())
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_known_arguments_are_left_alone():
    make_engine(normalise("mysql://u:p@h/d?charset=utf8&read_default_group=x"), ConnectionSettings()).dispose()
    make_engine(
        normalise("postgresql://u:p@h/d?sslrootcert=system&sslmode=verify-full"), ConnectionSettings()
    ).dispose()
