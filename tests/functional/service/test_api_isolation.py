"""No sequence of requests lets a caller see, count or probe for events that are not theirs to see.

Two services get the same events that a caller may see; one of them gets others besides. Whatever the caller then asks,
both have to give the same answer, to the byte.
"""

import itertools
import json
from urllib.parse import quote

import pytest
from falcon import testing
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from event_model.settling import Settled
from panko import config
from panko.api.pipeline import create_service
from panko.literals import parse_timestamp
from panko.storage.sql import ConnectionSettings, connect
from panko.storage.sql.schema import migrate

FOR_EVER = parse_timestamp("9999-01-01")
POLICY = '"telemetry:events:whole_project": "role:reader"\n'
WRITER = {"X-Roles": "service", "X-User-Id": "w", "X-Project-Id": "w"}

# Names that a careless comparison takes for the caller's, p and u.
PROJECTS = ["p", "P", "p ", "pp", "q", None]
USERS = ["u", "U", "u ", "v", None]
CALLERS = ["member", "reader", "admin"]
IDS = [f"{letter}{number}" for letter in "aAb" for number in range(5)]
TYPES = ["start", "Start", "end"]
TIMES = [f"2026-01-0{day}T00:00:00" for day in range(1, 5)]

FILTERS = st.one_of(
    st.tuples(st.just("event_type"), st.just("eq"), st.just(""), st.sampled_from(TYPES)),
    st.tuples(st.just("message_id"), st.just("eq"), st.just(""), st.sampled_from(IDS)),
    st.tuples(st.just("start_timestamp"), st.just("ge"), st.just(""), st.sampled_from(TIMES)),
    st.tuples(st.just("end_timestamp"), st.just("le"), st.just(""), st.sampled_from(TIMES)),
    st.tuples(
        st.sampled_from(["project_id", "PROJECT_ID", "user_id"]),
        st.sampled_from(["eq", "ne", "lt", "ge"]),
        st.sampled_from(["", "string"]),
        st.sampled_from([name for name in PROJECTS + USERS if name]),
    ),
    st.tuples(st.just("size"), st.sampled_from(["eq", "ne", "gt"]), st.just("integer"), st.sampled_from(["1", "2"])),
)
SEARCHES = st.sampled_from(
    [
        "type:start", "type:st*", "-type:end", "id:a1", "-id:a1,b1", "project:p,q", "-project:q", "user:u*", "size:1",
        "size:>1", "has:size", "-has:size", "resource:u", "outcome:ok", "PROJECT_ID:p", "host:x", "-host:x",
    ]
)  # fmt: skip
SORTS = st.lists(st.sampled_from(["generated", "generated:desc", "message_id", "message_id:desc"]), max_size=2)


def is_visible(caller, project, user):
    return {
        "member": (project, user) == ("p", "u"),
        "reader": project == "p",
        "admin": project in {"p", None},
    }[caller]


class Isolation(RuleBasedStateMachine):
    """A caller, and two services. `open_` holds what the caller may see, `full` other events too."""

    open_: testing.TestClient
    full: testing.TestClient
    settled: list[Settled]

    def __init__(self):
        super().__init__()
        self.headers = None
        self.visible = {}
        self.used = set()

    @initialize(caller=st.sampled_from(CALLERS))
    def begin(self, caller):
        self.caller = caller
        self.headers = {"X-Roles": caller, "X-User-Id": "u", "X-Project-Id": "p"}

    def ask(self, path, arguments=()):
        query = "&".join(f"{key}={value}".replace(" ", "%20") for key, value in arguments)
        answers = [
            client.simulate_get(path, headers=self.headers, query_string=query) for client in (self.open_, self.full)
        ]
        seen = [
            (answer.status, answer.content, {k: v for k, v in answer.headers.items() if k != "x-openstack-request-id"})
            for answer in answers
        ]
        assert seen[0] == seen[1]
        return answers[0]

    @rule(
        message_id=st.sampled_from(IDS),
        event_type=st.sampled_from(TYPES),
        generated=st.sampled_from(TIMES),
        project=st.sampled_from(PROJECTS),
        user=st.sampled_from(USERS),
        size=st.sampled_from([1, 2, None]),
    )
    def store(self, message_id, event_type, generated, project, user, size):
        if message_id in self.used:
            return
        self.used.add(message_id)
        named = {"project_id": project, "user_id": user}
        traits = [[name, 1, value] for name, value in named.items() if value is not None]
        traits += [["size", 2, size]] if size else []
        event = {"message_id": message_id, "event_type": event_type, "generated": generated, "traits": traits}
        visible = is_visible(self.caller, project, user)
        for client in (self.open_, self.full) if visible else (self.full,):
            assert client.simulate_post("/v2/events", headers=WRITER, json=event).json["created"] == 1
        if visible:
            self.visible[message_id] = event

    @rule(
        filters=st.lists(FILTERS, max_size=3),
        limit=st.sampled_from([None, 0, 1, 3, 1000]),
        sort=SORTS,
        marker=st.none() | st.sampled_from(IDS),
    )
    def list_(self, filters, limit, sort, marker):
        arguments = [
            (f"q.{key}", value)
            for each in filters
            for key, value in zip(("field", "op", "type", "value"), each, strict=True)
        ]
        arguments += [("limit", limit)] if limit is not None else []
        arguments += [("sort", each) for each in sort]
        arguments += [("marker", marker)] if marker else []
        answer = self.ask("/v2/events", arguments)
        if answer.status_code == 200:
            assert {event["message_id"] for event in answer.json} <= set(self.visible)
        else:
            assert marker not in self.visible

    @rule(
        path=st.sampled_from(["/v2/search/events", "/v2/resources/u/events", "/v2/requests/1/events"]),
        asked=st.lists(SEARCHES, max_size=2),
        limit=st.sampled_from([1, 3, 1000]),
        order=st.sampled_from(["newest", "oldest"]),
        form=st.sampled_from(["json", "csv", "ndjson", "cloudevents"]),
    )
    def search(self, path, asked, limit, order, form):
        question = [("filter", quote(" ".join(asked))), ("limit", limit), ("order", order), ("format", form)]
        cursor = []
        for _ in itertools.repeat(None, len(IDS) + 1):
            answer = self.ask(path, [*question, *cursor])
            if answer.status_code != 200:
                assert self.caller == "reader"  # from whom traits are hidden
                assert "host" in question[0][1]
                return
            if form != "json":
                break
            assert {event["message_id"] for event in answer.json["events"]} <= set(self.visible)
            if answer.json["next"] is None:
                break
            cursor = [("cursor", answer.json["next"])]

    @rule(asked=st.lists(SEARCHES, max_size=2), by=st.sampled_from(["outcome", "event_type"]), days=st.integers(1, 5))
    def count(self, asked, by, days):
        question = [("filter", quote(" ".join(asked))), ("from", f"2026-01-0{days}"), ("to", "2026-01-06")]
        histogram = self.ask("/v2/search/histogram", [*question, ("buckets", 6), ("by", by)])
        facets = self.ask("/v2/search/facets", [*question, ("field", "event_type,outcome,project,user")])
        if histogram.status_code != 200:
            assert self.caller == "reader"  # from whom traits are hidden
            assert "host" in question[0][1]
        elif not asked:
            since = sum(event["generated"] >= f"2026-01-0{days}" for event in self.visible.values())
            assert histogram.json["total"] == since
            assert sum(value["count"] for value in facets.json["facets"][0]["values"]) == since

    @rule()
    def settle(self):
        for settled in self.settled:
            settled.settle()

    @rule()
    def search_all(self):
        if self.headers:
            found = self.ask("/v2/search/events", [("order", "oldest"), ("limit", 1000)]).json["events"]
            listed = self.ask("/v2/events", [("limit", 1000)]).json
            assert [event["message_id"] for event in found] == [event["message_id"] for event in listed]
            if self.caller != "admin":
                assert self.ask("/v2/search/events", [("all_projects", "true")]).status_code == 403

    @rule()
    def look_how_new_events_are(self):
        if self.headers:
            asked = [
                client.simulate_get("/v2/search/freshness", headers=self.headers) for client in (self.open_, self.full)
            ]
            told = [{name: value for name, value in answer.json.items() if name != "now"} for answer in asked]
            assert told[0] == told[1]
            times = sorted(event["generated"] for event in self.visible.values()) or [None]
            assert (told[0]["oldest"], told[0]["newest"]) == (times[0], times[-1])
            if self.caller != "admin":
                assert self.ask("/v2/search/freshness", [("all_projects", "true")]).status_code == 403

    @rule()
    def probe(self):
        """Ask for every id in every way that there is to name one."""
        for message_id in IDS:
            known = message_id in self.visible
            assert self.ask(f"/v2/events/{message_id}").status_code == (200 if known else 404)
            assert self.ask("/v2/events", [("marker", message_id)]).status_code == (200 if known else 400)
            named = self.ask("/v2/events", [("q.field", "message_id"), ("q.value", message_id)])
            assert len(named.json) == known

    @rule(limit=st.integers(1, 4), sort=SORTS)
    def page_through(self, limit, sort):
        seen, marker = [], []
        for _ in itertools.repeat(None, len(IDS) + 1):
            arguments = [("limit", limit), *(("sort", each) for each in sort), *marker]
            page = [event["message_id"] for event in self.ask("/v2/events", arguments).json]
            if not page:
                break
            seen += page
            marker = [("marker", page[-1])]
        assert sorted(seen) == sorted(self.visible)

    @rule(
        path=st.sampled_from(["/v2/event_types", "/v2/event_types/start/traits", "/v2/event_types/start/traits/size"])
    )
    def list_types(self, path):
        if self.caller != "admin":  # types belong to no project, and admins may list them all
            assert self.ask(path).status_code == 401

    @rule()
    def ask_for_all_tenants(self):
        if self.caller != "admin":
            arguments = zip(("q.field", "q.op", "q.type", "q.value"), ("all_tenants", "eq", "", "True"), strict=True)
            assert self.ask("/v2/events", list(arguments)).json == []

    @rule(method=st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]), message_id=st.sampled_from(IDS))
    def try_to_write(self, method, message_id):
        if self.caller == "admin":  # who may store events
            return
        event = {"message_id": message_id, "event_type": "start", "generated": TIMES[0]}
        answers = [
            client.simulate_request(method, path, headers=self.headers, body=json.dumps(event))
            for client in (self.open_, self.full)
            for path in ("/v2/events", f"/v2/events/{message_id}")
        ]
        assert {answer.status_code for answer in answers} <= {403, 405}

    @invariant()
    def everything_that_may_be_seen_is_seen(self):
        if self.headers:
            answer = self.ask("/v2/events", [("limit", 1000)])
            expected = sorted(self.visible.values(), key=lambda event: (event["generated"], event["message_id"]))
            assert [event["message_id"] for event in answer.json] == [event["message_id"] for event in expected]


@pytest.fixture(params=["sqlite", "mariadb", "postgresql"])
def urls(request, tmp_path):
    if request.param == "sqlite":
        return [f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("open", "full")]
    server = request.getfixturevalue(request.param)
    return [server.new_database(), server.new_database()]


@pytest.fixture
def stores(urls):
    for url in urls:
        migrate.upgrade(url)
    connections = [connect(url, ConnectionSettings(pool_size=1)) for url in urls]
    yield connections
    for connection in connections:
        connection.dispose()


def test_nobody_learns_of_what_they_may_not_see(stores, tmp_path):
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "panko.conf").write_text("[api]\nauth_strategy = noauth\n[oslo_policy]\npolicy_file = policy.yaml\n")
    conf = config.load([], prog="panko-api", config_files=[str(tmp_path / "panko.conf")])

    class OnTheseStores(Isolation):
        open_, full = (testing.TestClient(create_service(conf, store)) for store in stores)
        settled = [Settled(store) for store in stores]  # noqa: RUF012 - of the class that the test makes

        def teardown(self):
            try:
                if self.headers:
                    self.probe()
            finally:
                for store in stores:
                    while store.expire(older_than=FOR_EVER, batch_size=1000):
                        pass

    run_state_machine_as_test(
        OnTheseStores,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            derandomize=True,
            phases=[Phase.generate],  # to shrink what fails would take minutes with a database behind it
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
