"""What the driver of a database would refuse is found before it is asked, and no value of the URL is told."""

import pytest
from sqlalchemy import make_url

from panko.errors import ConfigurationError
from panko.storage.sql.session import arguments

MYSQL = "mysql+pymysql://panko:s3cret@db/panko?"
POSTGRESQL = "postgresql+psycopg://panko:s3cret@db/panko?"


def check(url):
    with arguments.checked(make_url(url)):
        pass


def refusal(url):
    with pytest.raises(ConfigurationError) as caught:
        check(url)
    return str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        MYSQL + "charset=utf8mb4&read_timeout=3",
        POSTGRESQL + "sslmode=require",
        POSTGRESQL + "sslmode=verify-full&sslrootcert=system",
        "sqlite:///panko.sqlite",
    ],
)
def test_arguments_that_a_driver_knows_are_taken(url):
    check(url)


@pytest.mark.parametrize("name", ["ssl_ca", "ssl_cert", "ssl_key"])
def test_a_file_that_is_not_there_is_named(name):
    said = refusal(f"{MYSQL}{name}=/nowhere.pem")
    assert f"the file /nowhere.pem as {name}, which cannot be read: No such file" in said
    assert "s3cret" not in said


def test_an_authority_has_to_be_a_certificate(tmp_path):
    (tmp_path / "ca.pem").write_text("s3cret words")
    said = refusal(f"{POSTGRESQL}sslrootcert={tmp_path}/ca.pem")
    assert "holds no certificate in PEM format" in said
    assert "s3cret" not in said


def test_an_argument_that_the_driver_does_not_know_is_named_without_its_value():
    said = refusal(MYSQL + "colour=s3cret")
    assert "the argument colour, which the driver does not know" in said
    assert "s3cret" not in said


def test_a_value_that_cannot_be_read_is_not_told():
    said = refusal(MYSQL + "read_timeout=s3cret")
    assert "has an argument after the ? whose value cannot be read" in said
    assert "s3cret" not in said
