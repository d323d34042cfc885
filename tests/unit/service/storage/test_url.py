"""The URL of [database] connection."""

import pytest

from panko.errors import ConfigurationError
from panko.storage.sql.session.url import normalise


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


@pytest.mark.parametrize("text", ["mongodb://u:s3cret@h/panko", "log://", "es://u:s3cret@h", "s3cret"])
def test_what_cannot_be_used_is_refused_without_the_password(text):
    with pytest.raises(ConfigurationError, match="Write") as caught:
        normalise(text)
    assert "s3cret" not in str(caught.value)
