"""What still writes SQL by itself: ceilometer's own dispatcher and the original's storage, on the newest schema."""

from datetime import datetime

import pytest
from falcon import testing
from sqlalchemy import create_engine

from original.dump import DUMPS, load
from original.writing import WRITERS
from panko import config
from panko.api.pipeline import create_service
from panko.filters import EventFilter, Everything, Page
from panko.storage import Recorded
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema.migrate import upgrade
from panko.storage.sql.session.url import normalise

ADMIN = {"X-Roles": "admin", "X-User-Id": "u9", "X-Project-Id": "p9"}
OWNER = {"X-Roles": "member", "X-User-Id": "u1", "X-Project-Id": "p1"}
ALL = "q.field=all_tenants&q.value=True"
NOON = datetime(2020, 11, 22, 12, 0, 0, 123456)  # noqa: DTZ001 - the original knew naive times only
WHOLE = {
    "message_id": "old-whole",
    "event_type": "old.volume.create",
    "generated": NOON,
    "traits": [
        ("project_id", 1, "p1"),
        ("user_id", 1, "u1"),
        ("none", 0, None),
        ("note", 0, "Ünïcode ☃"),
        ("size", 2, 5),
        ("size_before", 2, None),
        ("took", 3, 0.1),
        ("took_before", 3, None),
        ("at", 4, NOON),
        ("at_before", 4, None),
    ],
    "raw": {"snow": "☃"},
}
BARE = {"message_id": "old-bare", "event_type": "old.volume.create", "generated": NOON, "traits": [], "raw": {}}
NULLS = {"message_id": "old-nulls", "event_type": "old.nothing", "generated": None, "traits": None, "raw": None}
AGAIN = BARE | {"event_type": "old.again", "raw": {"other": 1}}

SERVED = {
    "message_id": "old-whole",
    "event_type": "old.volume.create",
    "traits": [
        {"name": "at", "value": "2020-11-22T12:00:00.123456", "type": "datetime"},
        {"name": "at_before", "value": "None", "type": "datetime"},
        {"name": "none", "value": "None", "type": "string"},
        {"name": "note", "value": "Ünïcode ☃", "type": "string"},
        {"name": "project_id", "value": "p1", "type": "string"},
        {"name": "size", "value": "5", "type": "integer"},
        {"name": "size_before", "value": "None", "type": "integer"},
        {"name": "took", "value": "0.1", "type": "float"},
        {"name": "took_before", "value": "None", "type": "float"},
        {"name": "user_id", "value": "u1", "type": "string"},
    ],
    "generated": "2020-11-22T12:00:00.123456",
    "raw": {"snow": "☃"},
}

each_writer = pytest.mark.parametrize("writer", WRITERS, ids=str)
each_dump = pytest.mark.parametrize(
    ("new_database", "dump"), [(dump.engine, dump) for dump in DUMPS], ids=map(str, DUMPS), indirect=["new_database"]
)


class Cloud:
    """A database of the newest schema: an engine for an old writer, and the v2 API on it."""

    def __init__(self, url, folder):
        upgrade(url)
        self.url = url
        self.engine = create_engine(normalise(url))
        self.store = connect(url, ConnectionSettings(pool_size=1))
        (folder / "panko.conf").write_text("[api]\nauth_strategy = noauth\n")
        conf = config.load([], prog="panko-api", config_files=[str(folder / "panko.conf")])
        self._client = testing.TestClient(create_service(conf, self.store))

    def get(self, path, headers=ADMIN):
        answer = self._client.simulate_get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json

    def ids(self, query, headers=ADMIN):
        return [event["message_id"] for event in self.get(f"/v2/events?{query}", headers)]

    def close(self):
        self.store.dispose()
        self.engine.dispose()


@pytest.fixture
def make_cloud(tmp_path):
    made = []

    def make(url):
        made.append(Cloud(url, tmp_path))
        return made[-1]

    yield make
    for cloud in made:
        cloud.close()


def write_and_read(cloud, writer):
    assert [writer.record(cloud.engine, event) for event in (WHOLE, BARE, NULLS, AGAIN, WHOLE)] == [
        *(True, True, True),
        *(False, False),
    ]
    old = "q.field=event_type&q.value=old.volume.create"
    assert cloud.get(f"/v2/events?{old}&{ALL}&sort=message_id:desc")[0] == SERVED
    assert cloud.get("/v2/events/old-whole", OWNER) == SERVED
    assert cloud.ids(old, OWNER) == ["old-whole"]
    assert cloud.ids(f"{old}&{ALL}") == ["old-bare", "old-whole"]
    for field, type_, value in (("size", "integer", 5), ("took", "float", 0.1), ("note", "string", "Ünïcode ☃")):
        trait = f"q.field={field}&q.type={type_}&q.value={value}"
        assert cloud.ids(trait, OWNER) == ["old-whole"]
    (nulls,) = cloud.get("/v2/events?q.field=event_type&q.value=old.nothing&" + ALL)
    assert nulls == {
        "message_id": "old-nulls", "event_type": "old.nothing", "traits": [], "generated": None, "raw": None
    }  # fmt: skip
    assert {"old.volume.create", "old.nothing"} <= set(cloud.get("/v2/event_types"))
    assert "old.again" not in cloud.get("/v2/event_types")
    traits = cloud.get("/v2/event_types/old.volume.create/traits")
    assert {(trait["name"], trait["type"]) for trait in traits} == {
        (trait["name"], trait["type"]) for trait in SERVED["traits"]
    }
    assert cloud.get("/v2/event_types/old.volume.create/traits/size") == [SERVED["traits"][5]]


@each_writer
def test_what_an_old_writer_stores_in_a_new_database_is_served(writer, empty_database_url, make_cloud):
    cloud = make_cloud(empty_database_url)
    write_and_read(cloud, writer)
    assert upgrade(cloud.url).filled == 3
    assert cloud.get("/v2/events/old-whole", OWNER) == SERVED


@each_writer
@each_dump
def test_what_an_old_writer_stores_in_an_adopted_database_is_served(writer, dump, new_database, make_cloud):
    url = new_database()
    load(url, dump.sql())
    write_and_read(make_cloud(url), writer)


@each_writer
def test_an_event_that_an_old_writer_stored_is_known_when_the_api_gets_it_too(writer, empty_database_url, make_cloud):
    cloud = make_cloud(empty_database_url)
    writer.record(cloud.engine, WHOLE)
    (known,) = cloud.store.get_events(EventFilter(Everything()), Page(10))
    assert cloud.store.record_events([known]) == Recorded(created=0, duplicates=1)
    assert not writer.record(cloud.engine, WHOLE)
