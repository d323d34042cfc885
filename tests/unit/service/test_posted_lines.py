"""Newline-delimited JSON and gzip: the same as JSON, line by line and piece by piece, in memory that does not grow."""

import base64
import gzip
import json
import re
import tracemalloc
import zlib

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from panko import validation
from panko.api.messages.encodings import MOST_FILES, PIECE_BYTES, gunzip
from panko.api.messages.formats.documents import DECODER, RepeatedKeyError
from panko.api.messages.formats.lines import documents
from panko.errors import UnreadableBodyError
from panko.validation import Unreadable

ADMIN = {"X-Roles": "admin", "X-User-Id": "u", "X-Project-Id": "p"}
NOAUTH = "[api]\nauth_strategy = noauth\n"
EVENT = {"message_id": "1", "event_type": "a", "generated": "2014-01-01"}
MEBIBYTE = 1024 * 1024


def event_line(number=1, **changes):
    return json.dumps(EVENT | {"message_id": str(number)} | changes).encode() + b"\n"


def packed(content):
    return gzip.compress(content, mtime=0)


def post(client, body, *, media_type="application/x-ndjson", **headers):
    return client.simulate_post("/v2/events", headers=ADMIN | {"Content-Type": media_type} | headers, body=body)


def fault(answer):
    return answer.json["error_message"]["faultstring"]


def cut(content, sizes):
    """Cut bytes into pieces of these sizes, and a last one."""
    pieces, begin = [], 0
    for size in sizes:
        pieces.append(content[begin : begin + size])
        begin += size
    return [piece for piece in (*pieces, content[begin:]) if piece]


json_documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
sizes = st.lists(st.integers(0, 40), max_size=30)


@given(
    written=st.lists(st.tuples(json_documents, st.sampled_from(["\n", "\r\n", " \n\n", "\n \t\r\n"]))),
    ends=st.booleans(),
    ascii_only=st.booleans(),
    sizes=sizes,
)
def test_documents_are_read_with_their_lines_however_they_arrive(written, ends, ascii_only, sizes):
    text, expected = "", []
    for document, end in written:
        expected.append((text.count("\n") + 1, document))
        text += json.dumps(document, ensure_ascii=ascii_only) + end
    content = (text if ends else text.rstrip()).encode(errors="surrogatepass")
    lines = []
    found = list(documents(cut(content, sizes), lines=lines))
    assert list(zip(lines, found, strict=True)) == expected


@given(content=st.binary(max_size=300), sizes=sizes)
def test_anything_is_documents_or_unreadable_lines(content, sizes):
    lines = []
    found = list(documents(cut(content, sizes), lines=lines))
    assert len(found) == len(lines) == sum(1 for line in content.split(b"\n") if line.strip(b" \t\r\x0b\x0c"))
    assert lines == sorted(set(lines))


@given(parts=st.lists(st.binary(max_size=100), min_size=1), sizes=sizes)
def test_what_was_packed_comes_out_however_it_arrives(parts, sizes):
    content = b"".join(map(packed, parts))
    assert b"".join(gunzip(cut(content, sizes))) == b"".join(parts)


@pytest.mark.parametrize("size", [PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])
@pytest.mark.parametrize("strategy", [zlib.Z_DEFAULT_STRATEGY, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY])
def test_what_ends_with_a_piece_is_whole(size, strategy):
    packer = zlib.compressobj(wbits=31, strategy=strategy)
    content = packer.compress(b" " * size) + packer.flush()
    assert sum(map(len, gunzip([content]))) == size
    assert sum(map(len, gunzip([content * 3]))) == 3 * size


@given(content=st.binary(min_size=1, max_size=400), sizes=sizes, data=st.data())
def test_what_is_cut_off_is_never_taken_for_whole(content, sizes, data):
    whole = packed(content)
    left = whole[: data.draw(st.integers(1, len(whole) - 1))]
    with pytest.raises(UnreadableBodyError):
        list(gunzip(cut(left, sizes)))


@given(content=st.binary(max_size=400), junk=st.binary(min_size=1, max_size=30))
def test_whatever_is_said_to_be_gzip_is_read_or_refused(content, junk):
    for body in (junk, packed(content) + junk, junk + packed(content)):
        try:
            list(gunzip([body]))
        except UnreadableBodyError:
            continue


def test_bit_that_was_turned_is_found_and_its_place_is_told(make_client):
    body = bytearray(packed(b"".join(event_line(number, raw="x" * 200) for number in range(500))))
    body[-6] ^= 1  # of the checksum
    answer = post(make_client(), bytes(body), **{"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert re.search(f" what is wrong is among its bytes 0 to {len(body)}. That is after line 4..\\.$", fault(answer))


def test_lines_in_gzip_are_stored(make_client, connection):
    body = packed(event_line(1)) + packed(event_line(2)[:9]) + packed(event_line(2)[9:])
    answer = post(make_client(), body, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json) == (201, {"created": 2, "duplicates": 0})
    assert list(connection.events) == ["1", "2"]


def test_cut_gzip_stores_nothing_of_the_lines_before(make_client, connection):
    body = packed(b"".join(event_line(number, raw="x" * 2000) for number in range(300)))[:-20]
    answer = post(make_client(), body, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 400
    assert f"in the middle of its gzip format, after {len(body)} bytes. " in fault(answer)
    assert connection.events == {}


def test_files_of_gzip_that_follow_one_another_have_an_end():
    empty = packed(b"")
    assert list(gunzip([empty * MOST_FILES])) == []
    with pytest.raises(UnreadableBodyError, match="more than 10000 gzip files"):
        list(gunzip([empty * (MOST_FILES + 1)]))


def peak_bytes(work):
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("filling", [b"\n", event_line()])
def test_bomb_is_unpacked_no_further_than_is_allowed(make_client, media_type, filling):
    bomb = packed(filling * (20 * MEBIBYTE // len(filling)))
    client = make_client(f"{NOAUTH}max_request_body_size = {MEBIBYTE}\n")
    answers = []
    peak = peak_bytes(lambda: answers.append(post(client, bomb, media_type=media_type, **{"Content-Encoding": "gzip"})))
    assert answers[0].status_code == (400 if filling == event_line() and "ndjson" in media_type else 413)
    assert peak < 8 * MEBIBYTE


def test_lines_take_memory_by_their_events_and_not_by_their_bytes():
    blank = (b" " * 100 + b"\n") * 1000
    lines = []

    def read():
        for _ in documents((blank for _ in range(100)), lines=lines):
            pass

    assert peak_bytes(read) < MEBIBYTE
    assert lines == []


@pytest.mark.parametrize("kind", ["events", "blank", "wrong"])
def test_a_million_lines_are_refused_soon(make_client, connection, kind):
    line = {"events": event_line(), "blank": b"\n", "wrong": b"{\n"}[kind]
    body = line * 1_000_000
    client = make_client(f"{NOAUTH}max_request_body_size = {len(body)}\n")
    answer = post(client, body)
    if kind == "blank":
        assert (answer.status_code, answer.json["created"]) == (201, 0)
    else:
        assert answer.status_code == 400
        assert fault(answer) == "The body holds more than 10000 events. Send several requests."
    assert connection.events == {}


def test_as_many_lines_as_a_list_may_hold_are_stored(make_client):
    body = b"".join(map(event_line, range(validation.MAX_EVENTS)))
    answer = post(make_client(), body)
    assert (answer.status_code, answer.json) == (201, {"created": validation.MAX_EVENTS, "duplicates": 0})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "Expecting property name enclosed in double quotes, in column 2"),
        (b'{"a": \x00}', "Expecting value, in column 7"),
        (b'{"a": "\xff"}', "byte 7 is not UTF-8"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"1" * 5000, "it holds a number that is too long"),
        (b'{"a": [{"b": 1, "c": 2, "b": 3}]}', "an object has the key 'b' twice"),
        (event_line().strip() * 2, "Extra data, in column 66"),
        (json.dumps(EVENT).encode("utf-16"), "byte 0 is not UTF-8"),
    ],
)
def test_line_that_is_no_json_is_named_and_nothing_is_stored(make_client, connection, line, reason):
    answer = post(make_client(), event_line() + b"\n" + line + b"\n" + event_line(2))
    assert (answer.status_code, fault(answer)) == (400, f"line 3: is not in valid JSON format: {reason}")
    assert connection.events == {}


class ComparedKey(str):
    """A key that counts how often it was compared with another one."""

    __slots__ = ()
    comparisons = 0

    def __eq__(self, other):
        ComparedKey.comparisons += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_key_that_is_there_twice_is_found_without_comparing_each_with_each():
    keys = [*(f"k{number}" for number in range(2000)), "k1999"]
    ComparedKey.comparisons = 0
    with pytest.raises(RepeatedKeyError, match="'k1999' twice"):
        DECODER.object_pairs_hook([(ComparedKey(key), None) for key in keys])
    assert ComparedKey.comparisons < 2 * len(keys)


def test_bad_lines_of_each_kind_are_named_together(make_client):
    body = b"\n".join([b"", b"{", b"3", event_line(1, generated="soon"), event_line(2, raw=1), b'{"message_id": "7"}'])
    assert fault(post(make_client(), body)) == (
        "line 2: is not in valid JSON format: Expecting property name enclosed in double quotes, in column 2; "
        "line 3: an event is a JSON object; "
        "line 4: generated is not an ISO 8601 time, such as 2026-11-22T14:45:50.123456; "
        "line 8: event_type is missing, generated is missing"
    )


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_numbers_that_are_no_json_are_named(make_client, number):
    answer = post(make_client(), event_line()[:-2] + f', "raw": {number}}}'.encode())
    assert answer.status_code == 400
    assert fault(answer).startswith("line 1: raw cannot be stored: it holds ")


def test_large_integers_stay_what_they_are(make_client, connection):
    assert post(make_client(), event_line(raw=2**70)).status_code == 201
    assert connection.events["1"].raw == 2**70


def test_line_of_a_publisher_that_is_confined_is_named(make_client, connection, tmp_path):
    password_hash = bcrypt.hashpw(b"pw", bcrypt.gensalt(4)).decode()
    (tmp_path / "htpasswd").write_text(f"nova:{password_hash}\nnova event_types=compute.*\n")
    client = make_client(f"{NOAUTH}htpasswd_file = {tmp_path}/htpasswd\n")
    headers = {"Authorization": "Basic " + base64.b64encode(b"nova:pw").decode()}
    headers["Content-Type"] = "application/x-ndjson"
    body = event_line(1, event_type="compute.a") + b"\n" + event_line(2)
    answer = client.simulate_post("/v2/events", headers=headers, body=body)
    assert answer.status_code == 403
    assert fault(answer) == (
        "line 3: event type a. Publisher nova may store events of the event types compute.* only. "
        "Nothing of this request is stored."
    )
    assert connection.events == {}


def test_lines_that_are_refused_are_counted_in_the_log(make_client, capsys):
    post(make_client(), event_line() + b"{\n")
    post(make_client(), packed(event_line())[:-1], **{"Content-Encoding": "gzip"})
    refusals = [line for line in capsys.readouterr().err.splitlines() if " panko.audit " in line]
    assert [line.rpartition("refused ")[2].split()[0] for line in refusals] == ["2", "all"]


def test_what_is_taken_is_listed_for_who_sends_something_else(make_client):
    answer = post(make_client(), b"<event/>", media_type="text/xml")
    assert answer.status_code == 415
    taken = answer.headers["accept-post"].split(", ")
    assert taken[:2] == ["application/json", "application/x-ndjson"]
    assert fault(answer) == f"Unknown mimetype: text/xml. Send {', '.join(taken)}."


def test_key_that_an_object_has_twice_is_refused(make_client, connection):
    body = b'[{"message_id": "1", "event_type": "a", "event_type": "b", "generated": "2014-01-01"}]'
    answer = post(make_client(), body, media_type="application/json")
    assert (answer.status_code, fault(answer)) == (
        400,
        "Request is not in valid JSON format: an object has the key 'event_type' twice",
    )
    assert connection.events == {}


def test_question_is_read_as_it_always_was(make_client):
    headers = ADMIN | {"Content-Type": "application/json"}
    body = '{"limit": 1, "limit": 2}'
    assert make_client().simulate_get("/v2/events", headers=headers, body=body).status_code == 200


@given(content=st.text(max_size=60))
def test_unreadable_line_says_why(content):
    for document in documents([content.encode(errors="replace")], lines=[]):
        assert not isinstance(document, Unreadable) or len(document.reason) < 500
