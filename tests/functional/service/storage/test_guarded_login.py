"""The service shows its password to nobody who answers for the database server."""

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from panko.storage.sql.session.engine import make_engine
from panko.storage.sql.settings import ConnectionSettings
from servers.rogue_database import (
    clear_text_mysql,
    clear_text_mysql_over_tls,
    clear_text_postgresql,
    full_authentication_mysql_over_tls,
    own_key_mysql,
    rogue,
)

ROGUES = [
    ("mysql+pymysql", clear_text_mysql),
    ("mysql+pymysql", own_key_mysql),
    ("mysql+pymysql", clear_text_mysql_over_tls),
    ("mysql+pymysql", full_authentication_mysql_over_tls),
    ("postgresql+psycopg", clear_text_postgresql),
]


@pytest.mark.parametrize(("driver", "talk"), ROGUES)
def test_who_answers_for_the_server_gets_no_password(driver, talk):
    with rogue(talk) as listener:
        url = make_url(f"{driver}://panko:TOP-SECRET@127.0.0.1:{listener.port}/panko")
        with pytest.raises(DBAPIError):
            make_engine(url, ConnectionSettings()).connect()
    assert not any(b"TOP-SECRET" in words for words in listener.heard)
