"""Histograms and facets over HTTP, on a store in memory."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_model import oracle
from panko.asking.search import parse
from panko.asking.search.counting.arguments import keys, word
from panko.asking.search.meaning import expression
from panko.event import Event, Trait, TraitType
from panko.filters.counting import Keys, Valued
from panko.literals import parse_timestamp

MEMBER = {"X-Roles": "member", "X-User-Id": "u", "X-Project-Id": "p"}
ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
NOAUTH = "[api]\nauth_strategy = noauth\n"
HISTOGRAM, FACETS = "/v2/search/histogram", "/v2/search/facets"
HOUR = {"from_": "2026-11-22T14:00:00", "to": "2026-11-22T15:00:00"}


def event(number, kind="compute.instance.create.end", **traits):
    texts = {"project_id": "p", "user_id": "u", "host": f"compute-{number % 3}"} | traits
    named = tuple(
        Trait(name, TraitType.INTEGER if isinstance(value, int) else TraitType.TEXT, value)
        for name, value in sorted(texts.items())
        if value is not None
    )
    return Event(f"m{number}", kind, parse_timestamp(f"2026-11-22T14:{number:02}:00"), named, {})


EVENTS = [
    *(event(number, service=f"compute.host-{number}") for number in range(5)),
    event(5, "volume.attach.start", display_name="=cmd|'!A0", service="volume"),
    event(6, "volume.attach.error", user_id="v", service="volume.controller@ceph"),
    event(7, user_id=None, size=40),
    event(8, project_id="q"),
    event(9, project_id=None, user_id=None),
]


@pytest.fixture
def client(make_client, connection):
    connection.record_events(EVENTS)
    return make_client()


@pytest.fixture
def granted(make_client, connection, tmp_path):
    """A client who sees all of a project."""

    def grant(more=""):
        (tmp_path / "policy.yaml").write_text('"telemetry:events:search:whole_project": "role:member"\n')
        connection.record_events(EVENTS)
        return make_client(f"{NOAUTH}{more}[oslo_policy]\npolicy_file = policy.yaml\n")

    return grant


def get(client, path, headers=MEMBER, **params):
    return client.simulate_get(path, headers=headers, params={name.rstrip("_"): each for name, each in params.items()})


def ask(client, path, headers=MEMBER, **params):
    answer = get(client, path, headers, **params)
    assert answer.status_code == 200, answer.text
    return answer.json


def values(answer):
    return {facet["field"]: [(one["value"], one["count"]) for one in facet["values"]] for facet in answer["facets"]}


def test_every_span_is_there_and_an_empty_one_is_0(client):
    answer = ask(client, HISTOGRAM, buckets="12", **HOUR)
    assert (answer["width"], answer["total"], answer["exact"]) == ("5m", 6, True)
    assert [bar["count"] for bar in answer["histogram"]] == [5, 1, *([0] * 10)]
    assert answer["histogram"][1] == {"from": "2026-11-22T14:05:00", "to": "2026-11-22T14:10:00", "count": 1}
    assert (answer["from"], answer["to"], answer["series"]) == ("2026-11-22T14:00:00", "2026-11-22T15:00:00", [])


def test_a_span_is_told_apart_by_outcome_and_by_type(client):
    first = ask(client, HISTOGRAM, ADMIN, by="outcome", buckets="1", **HOUR)["histogram"][0]
    assert first["counts"] == {"ok": 7, "failed": 1, "started": 1}
    by_type = ask(client, HISTOGRAM, ADMIN, by="type", buckets="1", **HOUR)
    assert by_type["series"] == ["compute.instance.create.end", "volume.attach.error", "volume.attach.start"]
    assert by_type["histogram"][0]["counts"]["compute.instance.create.end"] == 7
    assert by_type == ask(client, HISTOGRAM, ADMIN, by="event_type", buckets="1", **HOUR)


def test_only_the_most_frequent_types_are_told_apart_and_all_are_counted(client, connection):
    connection.record_events([event(number, f"kind.{number}") for number in range(20, 50)])
    answer = ask(client, HISTOGRAM, by="type", buckets="1", **HOUR)
    assert len(answer["series"]) == 20
    assert answer["total"] == answer["histogram"][0]["count"] == 36


def test_a_histogram_is_of_the_last_day_where_nobody_says_more(client):
    answer = ask(client, HISTOGRAM, to="2026-11-23T14:00:00")
    assert (answer["from"], answer["width"], answer["total"]) == ("2026-11-22T14:00:00", "30m", 6)
    assert len(ask(client, HISTOGRAM)["histogram"]) in (48, 49)


def test_a_range_is_cut_into_whole_spans_and_only_what_is_in_it_counts(client):
    answer = ask(client, HISTOGRAM, from_="2026-11-22T14:02:00", to="2026-11-22T14:05:01", buckets="1")
    (bar,) = answer["histogram"]
    assert (bar["from"], bar["to"], bar["count"]) == ("2026-11-22T14:00:00", "2026-11-22T14:10:00", 4)


def test_facets_count_values_the_most_frequent_first_with_the_word_that_finds_them(client):
    answer = ask(client, FACETS, ADMIN, field="type,outcome,host,user,display_name", size="2")
    assert values(answer) == {
        "type": [("compute.instance.create.end", 7), ("volume.attach.start", 1)],
        "outcome": [("ok", 7), ("started", 1)],
        "host": [("compute-0", 4), ("compute-1", 3)],
        "user": [("u", 6), ("v", 1)],
        "display_name": [("=cmd|'!A0", 1)],
    }
    assert [facet["more"] for facet in answer["facets"]] == [True, True, True, False, False]
    for facet in answer["facets"]:
        for one in facet["values"]:
            found = ask(client, "/v2/search/events", ADMIN, filter=one["filter"])["events"]
            assert len(found) == one["count"], one


def test_a_filter_and_a_range_hold_for_facets(client):
    assert values(ask(client, FACETS, field="host", filter="type:compute.* -host:compute-0")) == {
        "host": [("compute-1", 2), ("compute-2", 1)]
    }
    assert values(ask(client, FACETS, field="host", from_="2026-11-22T14:04:00", to="2026-11-22T14:05:00")) == {
        "host": [("compute-1", 1)]
    }


def test_without_a_field_the_usual_ones_are_counted(client):
    assert list(values(ask(client, FACETS))) == ["event_type", "outcome", "project", "host", "user", "service"]


@pytest.mark.parametrize(
    ("path", "arguments", "hint"),
    [
        (HISTOGRAM, {"by": "host"}, "event_type, type"),
        (HISTOGRAM, {"buckets": "121"}, "1 to 120"),
        (HISTOGRAM, {"buckets": "0"}, "1 to 120"),
        (HISTOGRAM, {"from_": "-1h", "to": "-2h"}, "to is not later"),
        (HISTOGRAM, {"to": "0001-01-01"}, "to is not later"),
        (HISTOGRAM, {"limit": "5"}, "Unknown argument 'limit'"),
        (HISTOGRAM, {"cursor": "x"}, "Unknown argument"),
        (HISTOGRAM, {"format": "cloudevents"}, "json, ndjson, csv"),
        (HISTOGRAM, {"filter": "web"}, "wrong at column 1"),
        (HISTOGRAM, {"all_projects": "true"}, "Only admins"),
        (FACETS, {"field": "resource"}, "cannot be counted"),
        (FACETS, {"field": "has"}, "cannot be counted"),
        (FACETS, {"field": "a,,b"}, "names with commas"),
        (FACETS, {"field": ",".join(map(str, range(11)))}, "10 at most"),
        (FACETS, {"size": "21"}, "1 to 20"),
        (FACETS, {"buckets": "1"}, "Unknown argument"),
        (FACETS, {"field": "a\x00b"}, "NUL"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(client, path, arguments, hint):
    answer = get(client, path, **arguments)
    assert answer.status_code in (400, 403)
    assert hint in answer.json["error_message"]["faultstring"]


def test_an_argument_that_is_there_twice_is_refused(client):
    answer = client.simulate_get(FACETS, headers=MEMBER, query_string="size=1&size=2")
    assert answer.json["error_message"]["faultstring"] == "size was given several times. Write it once."


# Who sees what.


def test_what_is_counted_is_what_a_search_finds(client, granted):
    for each in (client, granted()):
        for headers in (MEMBER, ADMIN, MEMBER | {"X-User-Id": "v"}, MEMBER | {"X-Project-Id": "q"}):
            found = ask(each, "/v2/search/events", headers)["events"]
            assert ask(each, HISTOGRAM, headers, **HOUR)["total"] == len(found)
            counted = values(ask(each, FACETS, headers, field="type"))["type"]
            assert sum(count for _value, count in counted) == len(found)


def test_nobody_without_a_project_counts(client):
    for path in (HISTOGRAM, FACETS):
        assert get(client, path, {"X-Roles": "admin", "X-User-Id": "u"}).status_code == 403


def test_who_sees_a_whole_project_counts_nothing_of_the_cloud_below(granted):
    client = granted()
    for field in ("host", "HOST ", "hóst", "node"):
        answer = get(client, FACETS, field=field)
        assert (answer.status_code, "is for admins" in answer.text) == (403, True)
    assert get(client, FACETS).status_code == 403  # host is one of the usual ones
    assert get(client, HISTOGRAM, filter="host:compute-1").status_code == 403
    services = ask(client, FACETS, field="service")
    assert values(services) == {"service": [("compute", 5), ("volume", 2)]}
    assert "host-" not in json.dumps(services)
    for one in services["facets"][0]["values"]:
        assert len(ask(client, "/v2/search/events", filter=one["filter"])["events"]) == one["count"]


def test_an_outcome_is_not_told_by_what_is_hidden(granted):
    client = granted("admin_traits = state\n")
    assert get(client, HISTOGRAM, by="outcome").status_code == 403
    assert get(client, FACETS, field="outcome").status_code == 403
    assert ask(client, HISTOGRAM, by="type", **HOUR)["total"] == 8


# What takes too long.


def test_what_was_not_counted_in_time_is_told(client, connection):
    connection.slow_before = parse_timestamp("2026-11-22T14:03:00")
    answer = ask(client, HISTOGRAM, **HOUR)
    assert (answer["exact"], answer["total"]) == (False, 3)
    assert answer["scanned"] == {"from": "2026-11-22T14:03:00", "to": "2026-11-22T15:00:00", "events": 3}
    facets = ask(client, FACETS, field="type,user")
    assert facets["exact"] is False
    assert [facet["scanned"]["events"] for facet in facets["facets"]] == [3, 3]
    connection.slow_before = parse_timestamp("2027-01-01")
    for path in (HISTOGRAM, FACETS):
        assert get(client, path).status_code == 503


def test_a_field_that_was_not_counted_in_time_is_told_beside_those_that_were(client, connection):
    connection.slow_fields = {"user_id"}
    answer = ask(client, FACETS, field="type,user")
    assert [(facet["field"], facet["exact"]) for facet in answer["facets"]] == [("type", True), ("user", False)]
    assert answer["facets"][1]["values"] == []
    assert (answer["exact"], answer["facets"][1]["more"]) == (False, True)


def test_groups_that_were_left_out_are_told(client, connection):
    connection.is_cut = True
    for answer in (ask(client, HISTOGRAM, **HOUR), ask(client, FACETS, field="type,user")):
        assert answer["exact"] is False
        assert "scanned" not in answer
    assert get(client, FACETS, format="csv", field="type").headers["panko-exact"] == "false"


def test_places_are_given_back_whatever_happens(client, connection):
    for _ in range(10):
        ask(client, HISTOGRAM)
        ask(client, FACETS)
        connection.outage = "away"
        assert get(client, HISTOGRAM).status_code == get(client, FACETS).status_code == 503
        connection.outage = None


# Formats.


def test_every_format_holds_the_same_numbers(client):
    for path, params in (
        (HISTOGRAM, {"by": "outcome", "buckets": "3", **HOUR}),
        (FACETS, {"field": "host,display_name"}),
    ):
        table = get(client, path, MEMBER | {"Accept": "text/csv"}, **params)
        rows = list(csv.DictReader(io.StringIO(table.content.decode())))
        lines = [json.loads(line) for line in get(client, path, format="ndjson", **params).text.splitlines()]
        assert table.headers["panko-exact"] == "true"
        assert [row | {"value": row.get("value", "").lstrip("'")} for row in rows] == [
            {name: str(value) for name, value in line.items()} | {"value": line.get("value", "")} for line in lines
        ]
    assert "display_name,'=cmd|'!A0,1" in get(client, FACETS, format="csv", field="display_name").text
    assert lines[0] == {"field": "host", "value": "compute-0", "count": 2}


def test_what_nobody_offers_is_refused(client):
    for kind in ("text/html", "application/cloudevents-batch+json"):
        assert get(client, FACETS, MEMBER | {"Accept": kind}).status_code == 406


def test_a_server_that_counts_says_so(client):
    told = ask(client, "/v2/capabilities")["api"]
    assert told["events:search:histogram"] is told["events:search:facets"] is True


# What is kept can answer by types, projects, outcomes and the text of a few traits alone.


@pytest.mark.parametrize(
    "text",
    ["display_name:a", "type:a request:b", '"type":a', "id:x", "has:host", "outcome:odd", "memory_mb:>5", "resource:x",
     "state:>5", "-state:>5", "state:5", "host:a display_name:b", "-has:host", '"host":a "project":p', '"user":u'],
)  # fmt: skip
def test_other_filters_are_no_keys(text):
    assert keys(parse(text)) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("host:a,b", "host"), ('"host":a', "host"), ("user:u*", "user_id"), ('state:"5"', "state"),
     ("host:a host:b*", "host")],
)  # fmt: skip
def test_what_is_said_of_a_trait_that_is_counted_is_told_by_its_name(text, name):
    assert keys(parse(text)) == Keys(valued=(Valued(name, expression(parse(text), id_traits=())),))


def test_each_trait_is_told_and_each_negation_by_itself():
    said = keys(parse("host:a user:u -host:b,c -host:d"))
    assert [(each.name, each.is_negated) for each in said.valued] == [
        ("host", False),
        ("user_id", False),
        ("host", True),
        ("host", True),
    ]


def test_a_filter_without_words_is_no_bound():
    assert keys(parse("")) == Keys()


words = st.sampled_from(
    ["type:compute.*", "type:volume.attach.error,x", "-type:compute.instance.create.end", "project:p", "-project:p,q",
     "project:p*", "outcome:ok", "outcome:ok,failed", "-outcome:ok", "-outcome:started,failed", "outcome:failed",
     "host:compute-0,compute-1", "host:compute*", "-host:compute-1", "-user:u", "user:v", "-service:v*"]
)  # fmt: skip


@given(text=st.lists(words, max_size=4, unique_by=lambda word: "outcome" if "outcome" in word else word).map(" ".join))
def test_keys_mean_what_the_filter_does(text):
    found, meant = keys(parse(text)), expression(parse(text), id_traits=())

    def holds(each):
        by_type = found.types is None or oracle.holds(each, found.types, oracle.exact)
        by_project = found.projects is None or oracle.holds(each, found.projects, oracle.exact)
        said = oracle.outcome_of(each)
        by_value = all(oracle.holds(each, one.expression, oracle.exact) != one.is_negated for one in found.valued)
        return by_type and by_project and by_value and (found.outcomes is None or said in found.outcomes)

    assert [holds(each) for each in EVENTS] == [oracle.holds(each, meant, oracle.exact) for each in EVENTS]


@given(name=st.sampled_from(["event_type", "host", "a b", "display_name", "project"]), value=st.text(max_size=20))
def test_a_word_is_read_as_the_value(name, value):
    try:
        (token,) = parse(word(name, value)).tokens
    except ValueError:
        pytest.fail(f"{name} {value!r}")
    except Exception as error:
        if "NUL" in str(error) or "surrogate" in str(error):
            return
        raise
    assert (token.key, token.values[0].text) == ("type" if name == "event_type" else name, value)
