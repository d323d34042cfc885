"""What callers can ask for, and the exact texts of refusals."""

from datetime import UTC, datetime

import pytest

from panko.asking.v2 import Limits, Query, parse, refuse_arguments
from panko.errors import InvalidInputError
from panko.event import TraitType
from panko.filters import DEFAULT_SORT, Comparison, EventFilter, Everything, SortField, SortKey, TraitFilter

LIMITS = Limits(default=100, maximum=1000)

SORT_HELP = (
    "the sort parameter should be a pair of sort key and sort dir combined with ':', or only sort key specified and "
    "sort dir will be default 'asc', "
)


def ask(*arguments: tuple[str, str], body=None, admin=False) -> Query:
    return parse(arguments, body, limits=LIMITS, admin=admin)


def trait(value="1", *, op="", type_="", name="size"):
    return (("q.field", name), ("q.op", op), ("q.type", type_), ("q.value", value))


REFUSALS = {
    "a foreign argument": ([("foo", "1")], 'Unknown argument: "foo"'),
    "several foreign arguments": ([("foo", "1"), ("baz", "")], 'Unknown argument: "foo, baz"'),
    "a key without a value": ([("bad_Stuff_here", "")], 'Unknown argument: "bad_Stuff_here"'),
    "all_tenants outside of q": ([("all_tenants", "True")], 'Unknown argument: "all_tenants"'),
    "a foreign attribute of a filter": ([("q.foo", "1")], 'Unknown argument: "q.foo"'),
    "a negative limit": (
        [("limit", "-2")],
        "Invalid input for field/attribute limit. Value: '-2'. the limit should be a positive integer.",
    ),
    "a limit of letters": (
        [("limit", "abc")],
        (
            "Invalid input for field/attribute limit. Value: 'abc'. unable to convert to int. "
            "Error: invalid literal for int() with base 10: 'abc'"
        ),
    ),
    "a broken limit": (
        [("limit", "1.5")],
        (
            "Invalid input for field/attribute limit. Value: '1.5'. unable to convert to int. "
            "Error: invalid literal for int() with base 10: '1.5'"
        ),
    ),
    "an empty limit": (
        [("limit", "")],
        (
            "Invalid input for field/attribute limit. Value: ''. unable to convert to int. "
            "Error: invalid literal for int() with base 10: ''"
        ),
    ),
    "two limits": ([("limit", "1"), ("limit", "2")], "Parameter limit was given several times"),
    "an unknown sort key": (
        [("sort", "invalid_key:desc")],
        (
            f"Invalid input for field/attribute sort. Value: 'invalid_key:desc'. {SORT_HELP}"
            "the supported sort keys are: ('message_id', 'generated')"
        ),
    ),
    "an empty sort": (
        [("sort", "")],
        (
            f"Invalid input for field/attribute sort. Value: ''. {SORT_HELP}"
            "the supported sort keys are: ('message_id', 'generated')"
        ),
    ),
    "a comma list of sort keys": (
        [("sort", "generated,message_id")],
        (
            f"Invalid input for field/attribute sort. Value: 'generated,message_id'. {SORT_HELP}"
            "the supported sort keys are: ('message_id', 'generated')"
        ),
    ),
    "an unknown direction": (
        [("sort", "message_id:bah")],
        (
            f"Invalid input for field/attribute sort direction. Value: 'message_id:bah'. {SORT_HELP}"
            "the supported sort directions are: ('asc', 'desc')"
        ),
    ),
    "an unknown operator": (
        trait(op="whats-up"),
        "Operator whats-up is not supported. The supported operators are: ('lt', 'le', 'eq', 'ne', 'ge', 'gt')",
    ),
    "another operator than eq for a type": (
        trait("Foo", name="event_type", op="ne"),
        "Operator ne is not supported. Only `eq' operator is available for field event_type",
    ),
    "another operator than ge for the start": (
        trait("2014-01-01", name="start_timestamp", op="gt"),
        "Operator gt is not supported. Only `ge' operator is available for field start_timestamp",
    ),
    "another operator than le for the end": (
        trait("2014-01-01", name="end_timestamp", op="lt"),
        "Operator lt is not supported. Only `le' operator is available for field end_timestamp",
    ),
    "an unreadable start": (
        trait("garbage", name="start_timestamp", op="ge"),
        "Unable to parse date string 'garbage'",
    ),
    "a time before the first year": (
        trait("0001-01-01T00:00:00+05:00", name="start_timestamp", op="ge"),
        "Unable to parse date string '0001-01-01T00:00:00+05:00'",
    ),
    "an unknown type": (
        trait(type_="whats-up"),
        (
            "The data type whats-up is not supported. "
            "The supported data type list is: ['integer', 'float', 'string', 'datetime']"
        ),
    ),
    "a type in capitals": (
        trait(type_="Integer"),
        (
            "The data type Integer is not supported. "
            "The supported data type list is: ['integer', 'float', 'string', 'datetime']"
        ),
    ),
    "letters as an integer": (
        trait("abc", type_="integer"),
        "Unable to convert the value abc to the expected data type integer.",
    ),
    "a float as an integer": (
        trait("1.0", type_="integer"),
        "Unable to convert the value 1.0 to the expected data type integer.",
    ),
    "nan": (trait("nan", type_="float"), "Unable to convert the value nan to the expected data type float."),
    "infinity": (trait("inf", type_="float"), "Unable to convert the value inf to the expected data type float."),
    "an unreadable time": (
        trait("soon", type_="datetime"),
        "Unable to convert the value soon to the expected data type datetime.",
    ),
}


@pytest.mark.parametrize(("arguments", "text"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refusal_has_the_text_of_the_original(arguments, text):
    with pytest.raises(InvalidInputError) as caught:
        ask(*arguments)
    assert str(caught.value) == text


def test_plain_q_is_refused_with_how_to_write_it():
    with pytest.raises(InvalidInputError, match=r"attribute q\. Value: 'abc'\. unable to convert to ArrayType\. Write"):
        ask(("q", "abc"))


def test_nothing_asked_is_a_default_page_of_everything_visible():
    asked = ask()
    assert (asked.page.limit, asked.page.sort, asked.page.marker) == (100, DEFAULT_SORT, None)
    assert asked.within(Everything()) == EventFilter(scope=Everything())


@pytest.mark.parametrize(("sent", "limit"), [("0", 100), ("7", 7), (" 7 ", 7), ("99999999999", 1000)])
def test_limit_is_defaulted_for_zero_and_bounded(sent, limit):
    assert ask(("limit", sent)).page.limit == limit


def test_sort_keys_keep_their_order_and_count_once():
    asked = ask(("sort", "generated:desc"), ("sort", "message_id"), ("sort", "generated:"))
    assert asked.page.sort == (SortKey(SortField.GENERATED, descending=True), SortKey(SortField.MESSAGE_ID))


def test_empty_marker_is_none():
    assert ask(("marker", "")).page.marker is None
    assert ask(("marker", "x")).page.marker == "x"


@pytest.mark.parametrize("op", [each.value for each in Comparison])
def test_every_operator_compares_traits(op):
    assert ask(*trait(op=op)).traits == (TraitFilter("size", TraitType.TEXT, Comparison(op), "1"),)


@pytest.mark.parametrize(
    ("type_", "sent", "kind", "value"),
    [
        ("", "123", TraitType.TEXT, "123"),
        ("", "True", TraitType.TEXT, "True"),
        ("string", "", TraitType.TEXT, ""),
        ("integer", " 1_000 ", TraitType.INTEGER, 1000),
        ("float", "1e-07", TraitType.FLOAT, 1e-07),
        ("datetime", "2014-01-01T05:00:00+05:00", TraitType.DATETIME, datetime(2014, 1, 1, tzinfo=UTC)),
    ],
)
def test_value_has_the_type_that_was_asked(type_, sent, kind, value):
    assert ask(*trait(sent, type_=type_)).traits == (TraitFilter("size", kind, Comparison.EQ, value),)


@pytest.mark.parametrize("value", [2**63 - 1, 2**63, -(2**70)])
def test_integers_that_no_database_takes_are_compared_all_the_same(value):
    assert ask(*trait(str(value), op="lt", type_="integer")).traits == (
        TraitFilter("size", TraitType.INTEGER, Comparison.LT, value),
    )


@pytest.mark.parametrize(
    "text",
    [
        "2014-01-01",
        "2014-01-01T00:00:00",
        "2014-01-01 00:00:00",
        "2014-01-01T00:00:00Z",
        "2014-01-01T05:00:00+05:00",
        "20140101T000000Z",
        "2014-01-01T00:00:00.000000",
        "2014-01-01t00:00:00Z",
        "2014-01",
        "2014-1-1",
    ],
)
def test_times_are_read_in_every_form_of_the_original(text):
    asked = ask(*trait(text, name="start_timestamp", op="ge"), *trait(text, name="end_timestamp", op="le"))
    assert asked.start == asked.end == datetime(2014, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("op", [(), (("q.op", ""),), (("q.op", "eq"),)])
def test_bounds_of_time_need_no_operator(op):
    since = ask(("q.field", "start_timestamp"), ("q.value", "2014-01-01"), *op)
    until = ask(("q.field", "end_timestamp"), ("q.value", "2014-01-01"), *op)
    assert since == ask(*trait("2014-01-01", name="start_timestamp", op="ge"))
    assert until == ask(*trait("2014-01-01", name="end_timestamp", op="le"))


@pytest.mark.parametrize(
    "text", ["2014-01-01+05:00", "2014-01-01-05:00", "20140101-0500", "2014-01-01X05:00:00", "2014-01-01\u263a05:00"]
)
def test_what_only_looks_like_a_time_is_refused(text):
    with pytest.raises(InvalidInputError) as caught:
        ask(*trait(text, name="start_timestamp", op="ge"))
    assert str(caught.value) == f"Unable to parse date string '{text}'"


def test_more_filters_than_anybody_needs_are_refused():
    assert len(ask(body={"q": [{"field": "a", "value": "1"}] * 100}).traits) == 100
    with pytest.raises(InvalidInputError, match=r"^The query has 101 filters, 100 are the most\.$"):
        ask(body={"q": [{"field": "a", "value": "1"}] * 101})


def test_special_field_that_is_repeated_replaces_the_one_before_and_an_empty_one_is_no_filter():
    foo, bar, empty = (trait(value, name="event_type") for value in ("Foo", "Bar", ""))
    assert ask(*foo, *bar).event_type == "Bar"
    assert ask(*foo, *empty).event_type is None
    since, ever = (trait(value, name="start_timestamp", op="ge") for value in ("2030-01-01", ""))
    assert ask(*since, *ever).start is None
    everybody, own = (trait(value, name="all_tenants") for value in ("True", ""))
    assert not ask(*everybody, *own, admin=True).all_tenants
    assert ask(*trait("", name="message_id")).message_id is None
    assert ask(*trait("", name="start_timestamp", op="ge")).start is None


def test_filters_are_put_together_by_position():
    asked = ask(
        ("q.field", "a"), ("q.field", "b"), ("q.op", "gt"), ("q.type", "integer"), ("q.value", "1"), ("q.value", "2")
    )
    assert asked.traits == (
        TraitFilter("a", TraitType.INTEGER, Comparison.GT, 1),
        TraitFilter("b", TraitType.TEXT, Comparison.EQ, "2"),
    )


def test_filters_may_be_numbered():
    asked = ask(("q[1].field", "b"), ("q[0].field", "a"), ("q[0].value", "1"), ("q[1].value", "2"))
    assert [(each.name, each.value) for each in asked.traits] == [("a", "1"), ("b", "2")]


def test_filters_without_a_number_come_before_those_that_have_one():
    asked = ask(("q[0].field", "b"), ("q[0].value", "2"), ("q.field", "a"), ("q.value", "1"))
    assert [each.name for each in asked.traits] == ["a", "b"]


def test_filter_without_a_value_is_refused():
    with pytest.raises(InvalidInputError, match=r"attribute value\. Value: 'None'\. Mandatory field missing"):
        ask(("q.field", "a"))


@pytest.mark.parametrize("word", ["True", "true", "t", "yes", "y", "on", "1"])
def test_admin_may_ask_for_all_tenants(word):
    assert ask(*trait(word, name="all_tenants"), admin=True).all_tenants


@pytest.mark.parametrize("word", ["False", "0", "garbage"])
def test_other_words_are_no_wish_for_all_tenants(word):
    asked = ask(*trait(word, name="all_tenants", type_="whatever"), admin=True)
    assert not asked.all_tenants
    assert asked.traits == ()


def test_all_tenants_is_a_trait_like_any_other_unless_an_admin_asks():
    asked = ask(*trait("True", name="all_tenants"))
    assert not asked.all_tenants
    assert asked.traits == (TraitFilter("all_tenants", TraitType.TEXT, Comparison.EQ, "True"),)


def test_json_body_asks_as_the_url_does():
    body = {
        "q": [{"field": "size", "op": "gt", "type": "integer", "value": "1"}, {"field": "event_type", "value": "Foo"}],
        "limit": 1,
        "sort": ["generated:desc"],
        "marker": "x",
    }
    by_url = ask(
        *trait(op="gt", type_="integer"),
        *trait("Foo", name="event_type"),
        ("limit", "1"),
        ("sort", "generated:desc"),
        ("marker", "x"),
    )
    assert ask(body=body) == by_url


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([], "Request must be a JSON dict"),
        ("abc", "Request must be a JSON dict"),
        ({"foo": 1}, 'Unknown argument: "foo"'),
        ({"q": [{"foo": "1"}]}, "Unknown attribute for argument q: foo"),
        (
            {"q": [{"field": "a", "value": 1}]},
            (
                "Invalid input for field/attribute value. Value: '1'. "
                "Wrong type. Expected '<class 'str'>', got '<class 'int'>'"
            ),
        ),
        (
            {"limit": -1},
            "Invalid input for field/attribute limit. Value: '-1'. the limit should be a positive integer.",
        ),
    ],
)
def test_refusal_of_a_json_body_has_the_text_of_the_original(body, text):
    with pytest.raises(InvalidInputError) as caught:
        ask(body=body)
    assert str(caught.value) == text


@pytest.mark.parametrize("body", [{"q": 1}, {"q": ["a"]}, {"sort": "generated"}, {"limit": True}, {"marker": 1}])
def test_json_of_the_wrong_type_is_refused(body):
    with pytest.raises(InvalidInputError, match="Wrong type"):
        ask(body=body)


def test_argument_in_url_and_body_is_refused():
    with pytest.raises(InvalidInputError, match=r"^Parameter limit was given several times$"):
        ask(("limit", "1"), body={"limit": 1})


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_database_takes_is_refused(text):
    with pytest.raises(InvalidInputError, match="it contains"):
        ask(("marker", text))
    with pytest.raises(InvalidInputError, match="it contains"):
        ask(body={"q": [{"field": "a", "value": text}]})


def test_resources_without_arguments_refuse_any():
    refuse_arguments([])
    with pytest.raises(InvalidInputError, match=r'^Unknown argument: "limit"$'):
        refuse_arguments([("limit", "1")])
