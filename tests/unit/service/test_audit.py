"""Each request that wants to write leaves one line: who, and what became of it."""

import pytest

EVENT = {"message_id": "m-1", "event_type": "secret-type", "generated": "2026-11-22T12:00:00", "traits": []}
ADMIN = {"X-Roles": "admin", "X-User-Id": "alice", "X-Project-Id": "cloud"}


def lines(capsys):
    return [line for line in capsys.readouterr().err.splitlines() if " panko.audit " in line]


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([[EVENT]], "created 1, duplicates 0, refused 0"),
        ([[EVENT], [EVENT]], "created 0, duplicates 1, refused 0"),
        ([[EVENT, {**EVENT, "message_id": 7}]], "created 0, duplicates 0, refused 2"),
    ],
    ids=["new", "sent again", "wrong"],
)
def test_the_line_says_what_became_of_the_events(make_client, capsys, posts, expected):
    client = make_client()
    for body in posts:
        answer = client.simulate_post("/v2/events", headers=ADMIN, json=body)
    last = lines(capsys)[-1]
    request_id = answer.headers["x-openstack-request-id"]
    assert f"write {request_id} by user:alice project:cloud: {expected}" in last
    assert "secret-type" not in last


def test_whoever_may_not_write_leaves_a_line_too(make_client, capsys):
    member = {**ADMIN, "X-Roles": "member"}
    assert make_client().simulate_post("/v2/events", headers=member, json=[EVENT]).status_code == 403
    (line,) = lines(capsys)
    assert "by user:alice project:cloud: created 0, duplicates 0, refused all" in line


def test_no_caller_makes_the_line_long_or_two(make_client, capsys):
    hostile = {**ADMIN, "X-User-Id": "a" * 5000 + "\\n forged"}
    make_client().simulate_post("/v2/events", headers=hostile, json=[EVENT])
    (line,) = lines(capsys)
    assert len(line) < 1000


def test_reading_leaves_none(make_client, capsys):
    make_client().simulate_get("/v2/events", headers=ADMIN)
    assert lines(capsys) == []


@pytest.mark.parametrize(
    "sent",
    [{"body": "{"}, {"body": ""}, {"json": [EVENT], "query_string": "a=1"}, {"body": "[" + " " * 9_000_000 + "]"}],
    ids=["malformed", "empty", "an argument", "too large"],
)
def test_what_is_refused_before_it_is_looked_at_leaves_a_line(make_client, capsys, sent):
    answer = make_client().simulate_post("/v2/events", headers=ADMIN, **sent)
    assert 400 <= answer.status_code < 500
    (line,) = lines(capsys)
    assert "by user:alice project:cloud: created 0, duplicates 0, refused all" in line


def test_a_database_that_does_not_answer_leaves_it_open(make_client, connection, capsys):
    connection.outage = "The database does not answer."
    assert make_client().simulate_post("/v2/events", headers=ADMIN, json=[EVENT]).status_code == 503
    (line,) = lines(capsys)
    assert "by user:alice project:cloud: not known" in line
