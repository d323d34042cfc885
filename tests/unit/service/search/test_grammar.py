"""The grammar of filters: what is read is printed as it was, and what cannot be read is told where and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko.asking.search import Filter, FilterError, Token, Value, expression, kinds, parse, printed
from panko.asking.search.parsing import MAX_CHARACTERS, WITHOUT_COMPARISON, WITHOUT_PREFIX
from panko.asking.search.tokens import HAS, KEYS, OPERATORS
from panko.errors import InvalidInputError
from panko.filters import Comparison

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.sampled_from(
    ['"', "\\", 'a "b"', "a,b", "-1", "1.5", "2026-11-22", "*", "a*", ">5", "(x)", "", " ", "a:b", "é☃😀"]
)
numbers = st.sampled_from(["0", "-7", "512", "1.5", "1e3", "2026-11-22", "2026-11-22T14:00:00Z"])


@st.composite
def values(draw, key):
    if key not in WITHOUT_COMPARISON and draw(st.booleans()):
        return Value(draw(numbers), draw(st.sampled_from(list(OPERATORS.values()))))
    text = draw(texts)
    if text and key not in WITHOUT_PREFIX and draw(st.booleans()):
        return Value(text, is_prefix=True)
    return Value(text, is_text=not kinds.is_plain(text) and draw(st.booleans()))


@st.composite
def tokens(draw):
    key = draw(st.sampled_from(sorted(KEYS)) | texts.filter(bool))
    is_trait = key in KEYS and draw(st.booleans())
    each = values("a trait" if is_trait else key)
    return Token(key, tuple(draw(st.lists(each, min_size=1, max_size=3))), draw(st.booleans()), is_trait)


filters = st.lists(tokens(), max_size=4).map(lambda found: Filter(tuple(found)))


@given(wanted=filters)
def test_what_is_printed_is_read_as_the_same(wanted):
    assert parse(printed(wanted)) == wanted


@given(text=st.text(st.sampled_from('ab:-,"*\\<>=() .1'), max_size=12) | st.text(max_size=8))
def test_any_text_is_read_or_refused_inside_of_it(text):
    found = read(text)
    if isinstance(found, FilterError):
        assert 1 <= found.column <= len(text) + 1
        assert found.reason.endswith(".")
    else:
        assert parse(printed(found)) == found
        expression(found, id_traits=("resource_id",))


def read(text):
    try:
        return parse(text)
    except FilterError as error:
        return error


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("type:compute.*", "type", (Value("compute.", is_prefix=True),)),
        ("host:a,b", "host", (Value("a"), Value("b"))),
        ("memory_mb:>=512", "memory_mb", (Value("512", Comparison.GE),)),
        ('name:"web 1"', "name", (Value("web 1"),)),
        ('name:"web 1"*', "name", (Value("web 1", is_prefix=True),)),
        ('size:"512"', "size", (Value("512", is_text=True),)),
        ('name:"512"*', "name", (Value("512", is_prefix=True),)),
        ('name:"a\\"b\\\\"', "name", (Value('a"b\\'),)),
        ("launched_at:<2026-11-22T14:00:00", "launched_at", (Value("2026-11-22T14:00:00", Comparison.LT),)),
        ("has:host,node", "has", (Value("host"), Value("node"))),
        ("urn:a:b:c", "urn", (Value("a:b:c"),)),
    ],
)
def test_what_a_filter_says(text, key, values):
    assert parse(text) == Filter((Token(key, values),))


def test_a_quoted_key_is_the_name_of_a_trait():
    assert parse('"type":a') == Filter((Token("type", (Value("a"),), is_trait=True),))
    assert parse('"a b":c -"host name":d').tokens[1] == Token("host name", (Value("d"),), is_negated=True)
    assert parse('"name":a') == parse("name:a")


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("web", 1, "Write KEY:web"),
        ("type:a web", 8, "Write KEY:web"),
        ("size>5", 1, "Write size:>VALUE"),
        ("size=5", 1, "Write size:VALUE"),
        ("size:=5", 6, "Write size:VALUE"),
        ("size:>abc", 6, "Compare with one, such as 512"),
        ('size:>"5"', 6, "Compare with one, such as 512"),
        ("type:>5", 6, "type:BEGINNING*"),
        ("host:*", 6, "Write has:host"),
        ('host:""*', 6, "Write has:host"),
        ("host:a*b", 7, "quote the value"),
        ("id:a*", 4, "Write the whole value"),
        ("host:", 6, 'host:"VALUE"'),
        ("host:a,", 8, 'host:"VALUE"'),
        ("host:(a)", 6, 'host:"VALUE"'),
        ('host:"a', 6, "Write another"),
        ('host:"a\\n"', 8, "Write \\\\ to mean it"),
        ('host:"a"b', 9, "Write a space"),
        ('"a" b', 4, 'Write KEY:"a"'),
        ('"":b', 1, "Write the name"),
        ("- host:a", 2, "Write KEY:VALUE"),
        (":a", 1, "Write KEY:VALUE"),
        ("host:>=5", 6, "host:BEGINNING*"),
        ("size:>5*", 6, "Write one of both"),
        ("a:\0", 1, "Leave that character out"),
        ("a" * (MAX_CHARACTERS + 1), MAX_CHARACTERS + 1, "Split it"),
        ("a:" + ",".join(["1"] * 101), 1, "Split it"),
    ],
)
def test_what_is_wrong_is_told_with_its_column_and_what_to_write(text, column, hint):
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.column == column
    assert hint in str(caught.value)
    assert str(caught.value).startswith(f"The filter is wrong at column {column}: ")


def test_a_filter_that_means_too_much_is_refused():
    ids = ",".join(f"id{number}" for number in range(40))
    with pytest.raises(InvalidInputError, match="more than 300 parts"):
        expression(parse(f"resource:{ids}"), id_traits=tuple(f"t{number}" for number in range(10)))


def test_has_is_printed_as_names():
    assert printed(Filter((Token(HAS, (Value("a b"), Value("c"))),))) == 'has:"a b",c'
