"""Who handed an event in stands beside it: for an operator who asks the database, and for nobody who asks the API."""

import bcrypt
import httpx
import pytest
from sqlalchemy import create_engine, text

from panko.event import Event
from panko.literals import parse_timestamp
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate
from panko.storage.sql.session.url import normalise

CONFIGURATION = """
[api]
auth_strategy = {strategy}
host = 127.0.0.1
workers = 1
htpasswd_file = {folder}/htpasswd
[keystone_authtoken]
auth_type = none
www_authenticate_uri = http://127.0.0.1:1
[database]
connection = {url}
"""
# As docs/security.md tells operators to ask.
WHO = text("SELECT message_id, writer FROM event ORDER BY message_id")
NOON = "2026-11-22T12:00:00"
ADMIN = {"X-Roles": "admin", "X-User-Id": "alice", "X-Project-Id": "cloud"}


@pytest.fixture(params=["mariadb", "postgresql", "sqlite"])
def url(request, tmp_path):
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path}/panko.sqlite"
    else:
        made = request.getfixturevalue(request.param).new_database()
    migrate.upgrade(made)
    return made


def writers(url):
    engine = create_engine(normalise(url))
    with engine.connect() as connection:
        found = dict(connection.execute(WHO).all())
    engine.dispose()
    return found


def sent(*message_ids):
    return [
        {"message_id": each, "event_type": "t", "generated": NOON, "traits": [["n", 1, "v"]]} for each in message_ids
    ]


def test_each_event_keeps_the_name_of_its_first_writer(url, start_api, tmp_path):
    hashes = [f"{name}:{bcrypt.hashpw(b's3cret', bcrypt.gensalt(4)).decode()}" for name in ("ceilometer", "billing ☃")]
    (tmp_path / "htpasswd").write_text("\n".join(hashes))
    users = start_api(CONFIGURATION.format(strategy="noauth", folder=tmp_path, url=url))
    publishers = start_api(CONFIGURATION.format(strategy="keystone", folder=tmp_path, url=url))

    def publish(name, *message_ids):
        return httpx.post(f"{publishers.url}/v2/events", json=sent(*message_ids), auth=(name, "s3cret"), timeout=30)

    assert publish("ceilometer", "a").json() == {"created": 1, "duplicates": 0}
    answer = httpx.post(f"{users.url}/v2/events", json=sent("a", "b"), headers=ADMIN, timeout=30)
    assert answer.json() == {"created": 1, "duplicates": 1}
    assert publish("billing ☃", "a", "b", "c").json() == {"created": 1, "duplicates": 2}
    store = connect(url, ConnectionSettings(pool_size=1))
    store.record_events([Event("d", "t", parse_timestamp(NOON))])
    store.dispose()
    assert writers(url) == {
        "a": "publisher:ceilometer",
        "b": "user:alice@project:cloud",
        "c": "publisher:billing ☃",
        "d": None,
    }
    listed = httpx.get(f"{users.url}/v2/events", headers=ADMIN, timeout=30).json()
    assert [set(event) for event in listed] == [{"message_id", "event_type", "generated", "traits", "raw"}] * 4


def test_a_name_of_any_length_is_cut_and_refuses_no_event(url, start_api, tmp_path):
    (tmp_path / "htpasswd").write_text("")
    users = start_api(CONFIGURATION.format(strategy="noauth", folder=tmp_path, url=url))
    long = ADMIN | {"X-User-Id": "u" * 2000}
    assert httpx.post(f"{users.url}/v2/events", json=sent("a"), headers=long, timeout=30).status_code == 201
    assert writers(url) == {"a": f"user:{'u' * 295}"}
