"""What screens are made of."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from fakes.markup import page
from panko.asking.search import parse
from panko.explore import rendering
from panko.explore.views import filters, spans, texts
from panko.explore.views.axis import Axis
from panko.explore.views.copying import of_events
from panko.explore.views.histogram import HEIGHT, histogram
from panko.explore.views.links import Place
from panko.explore.views.spans import Span

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclasses.dataclass
class Bucket:
    start: datetime
    count: int
    failed: int


def bars(*counts):
    minute = timedelta(minutes=1)
    buckets = [Bucket(NOON + minute * place, *each) for place, each in enumerate(counts)]
    return histogram(buckets, step=minute, url=lambda start, end: f"/explore/?from={start:%H:%M}&to={end:%H:%M}")


def test_bars_are_as_high_as_there_were_events_and_red_as_far_as_they_failed():
    found = bars((50, 0), (100, 25), (0, 0), (1, 1))
    assert [bar.height for bar in found.bars] == [48, HEIGHT, 0, 2]
    assert [bar.failed_height for bar in found.bars] == [0, 24, 0, 2]
    assert all(bar.y + bar.height == HEIGHT for bar in found.bars)
    assert (found.total, found.failed, found.title) == (151, 26, "151 events, 26 failed")
    assert found.bars[0].href == "/explore/?from=12:00&to=12:01"
    assert found.bars[1].title == "2026-11-22 12:01:00 to 2026-11-22 12:02:00: 100 events, 25 failed"
    assert (found.begin, found.end) == ("2026-11-22 12:00", "2026-11-22 12:04")


def test_a_word_that_a_facet_counts_is_more_and_less_of_what_it_counts():
    wanted = parse("type:a -service:compute*")
    assert filters.of_word(wanted, "service:compute*") == filters.Choice("type:a service:compute*", None)
    assert filters.of_word(wanted, "type:a") == filters.Choice(None, "-service:compute* -type:a")
    assert filters.of_word(wanted, 'size:"12"') == filters.Choice(
        'type:a -service:compute* size:"12"', 'type:a -service:compute* -size:"12"'
    )


def test_bars_of_nothing_are_there_and_without_buckets_there_are_none():
    assert [bar.height for bar in bars((0, 0), (0, 0)).bars] == [0, 0]
    assert bars((1, 0)).title == "1 event"
    assert histogram([], step=timedelta(1), url=lambda *_: "") is None


def test_the_drawing_has_a_link_and_a_title_for_each_bar():
    drawn = rendering.environment().from_string('{% import "histogram.html" as drawn %}{{ drawn.bars(histogram) }}')
    figure = page(drawn.render(histogram=bars((1, 0), (4, 2), (0, 0)))).one("figure", "histogram")
    assert [each.one("title").text.rpartition(": ")[2] for each in figure.all("a")] == [
        "1 event",
        "4 events, 2 failed",
        "0 events",
    ]
    assert len(figure.all("rect", "all")) == 2
    assert len(figure.all("rect", "failed")) == 1
    assert figure.one("svg")["aria-label"] == "5 events, 2 failed"


@pytest.mark.parametrize(
    ("before", "key", "value", "more", "less"),
    [
        ("", "host", "a", "host:a", "-host:a"),
        ("host:a", "host", "b", "host:a host:b", "host:a -host:b"),
        ("host:a,b", "host", "a", None, "host:b -host:a"),
        ("-host:a,b", "host", "a", "-host:b host:a", None),
        ("host:a*", "host", "a", "host:a* host:a", "host:a* -host:a"),
        ("type:x", "display_name", "web 1", 'type:x display_name:"web 1"', 'type:x -display_name:"web 1"'),
        ("", "a:b", '"', '"a:b":"\\""', '-"a:b":"\\""'),
    ],
)
def test_more_and_less_of_a_value(before, key, value, more, less):
    found = filters.choice(parse(before), key, value)
    assert (found.more, found.less) == (more, less)
    assert all(parse(one) for one in (more, less) if one)


@pytest.mark.parametrize(
    ("name", "more"),
    [("user_id", "user:a"), ("host", "host:a"), ("type", '"type":a'), ("outcome", '"outcome":a'), ("size", "size:a")],
)
def test_a_trait_is_asked_for_by_its_key_and_one_that_is_called_as_a_key_by_its_name(name, more):
    assert filters.of_trait(parse(""), name, "a").more == more


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-1", "web-1"),
        ("a\u202eb", "a\\u202eb"),
        ("a\nb\x00", "a\\u000ab\\u0000"),
        ("שלום", "שלום"),
        ("👩‍👧", "👩‍👧"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_is_hidden_in_a_text_is_written_out(text, shown):
    assert texts.shown(text) == shown


def test_a_long_id_shows_its_beginning_and_its_end():
    assert texts.shortened("9f0c1d2e-0000-4000-8000-00000000aaaa") == "9f0c1d2e…aaaa"
    assert texts.shortened("compute.instance.create.end") == "compute.instance.create.end"


def test_ids_in_a_sentence_leave_room_for_the_rest_of_it():
    long = "845a13751af8dd77218a112ddedaefa3 deleted port 17bc9d91-75f9-4c9c-90c7-38248eef8e1a, failed"
    assert texts.sentence(long) == "845a1375…efa3 deleted port 17bc9d91…8e1a, failed"
    assert texts.sentence("web-1 was deleted\u202e") == "web-1 was deleted\\u202e"


def test_marks_on_an_axis_are_at_whole_units_and_bars_inside_of_it():
    axis = Axis(NOON, NOON + timedelta(seconds=90))
    assert [(tick.x, tick.text) for tick in axis.ticks()] == [
        (0, "0 s"),
        (33.33, "30 s"),
        (66.67, "1 min"),
        (100, "1 min 30 s"),
    ]
    assert axis.place(NOON, NOON + timedelta(seconds=45)) == (0, 50)
    assert axis.place(axis.end, axis.end) == (99.6, 0.4)
    assert Axis(NOON, NOON).place(NOON, NOON) == (0, 0.4)
    assert [tick.text for tick in Axis(NOON, NOON).ticks()] == ["0 s"]
    assert len(Axis(NOON - timedelta(days=40_000), NOON).ticks()) <= 7


def test_a_range_is_frozen_to_the_moments_that_were_meant():
    span = Span("-1h", "", NOON - timedelta(hours=1), None)
    assert spans.frozen(span, now=NOON) == {"from": "2026-11-22T11:00:00", "to": "2026-11-22T12:00:01"}
    assert spans.frozen(Span("", "", None, None), now=NOON)["from"] == ""


def test_a_longer_range_ends_now_where_it_would_end_later():
    span = Span("x", "y", NOON - timedelta(hours=1), NOON)
    assert spans.wider(span, now=NOON) == {"from_": "2026-11-22T10:00:00", "to": None}
    assert spans.wider(Span("", "y", None, NOON), now=NOON) is None


def test_words_for_a_shell_cannot_become_others():
    found = of_events("https://panko.example", "/explore/", {"filter": "a:\"$(id)\" b:'x'", "from": "x"})
    assert "'filter=a:\"$(id)\" b:'\"'\"'x'\"'\"''" in found.curl
    assert found.link.startswith("https://panko.example/explore/?filter=a%3A%22%24%28id%29")


def test_a_place_changes_what_is_named_and_begins_again():
    place = Place("/explore/", (("filter", "a:b"), ("cursor", "x"), ("limit", "5")))
    assert place.changed(filter="c:d") == "/explore/?limit=5&filter=c%3Ad"
    assert place.changed(filter=None, cursor="y") == "/explore/?limit=5&cursor=y"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=UTC), NOON),
        (NOON, datetime.max.replace(tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_no_range_is_wider_than_the_calendar(start, end):
    assert spans.wider(Span("x", "y", start, end), now=NOON) is None
