"""Messages as a library hands them over, packed ones, and what is told of addresses."""

import bz2
import json
import lzma
import types
import zlib

import pytest

from panko.collector.broker.address import Address, Host, require_distinct
from panko.collector.broker.received import letter_of
from panko.collector.letters import Letter, RefusedError
from panko.collector.making.notification import samples
from panko.collector.making.unpacking import MOST_BYTES, unpacked
from panko.errors import ConfigurationError

BODY = json.dumps({"payload": {"message_id": "a"}}).encode()


def received(body, headers=None, **properties):
    return letter_of(
        types.SimpleNamespace(
            body=body, headers=headers, properties=properties, delivery_tag=1, content_encoding="no such thing"
        ),
        "event.sample",
    )


@pytest.mark.parametrize("body", [BODY, b"\xff\xfe", memoryview(b"a"), "", "\udcff", None])
def test_any_body_becomes_a_letter_whatever_encoding_it_names(body):
    assert isinstance(received(body).body, bytes)


def test_a_letter_is_packed_as_it_came_and_unpacked_when_it_is_read():
    letter = received(zlib.compress(BODY), {"compression": "application/x-gzip"}, content_type="application/json")
    assert letter.body == zlib.compress(BODY)
    assert samples(letter) == [{"message_id": "a"}]


@pytest.mark.parametrize(
    ("name", "pack"),
    [("application/x-gzip", zlib.compress), ("application/x-bz2", bz2.compress), ("application/x-lzma", lzma.compress)],
)
def test_what_is_packed_has_a_bound_in_every_format(name, pack):
    assert unpacked(Letter(1, "q", pack(BODY), compression=name)) == BODY
    assert len(unpacked(Letter(1, "q", pack(bytes(MOST_BYTES)), compression=name))) == MOST_BYTES
    with pytest.raises(RefusedError, match="larger than"):
        unpacked(Letter(1, "q", pack(bytes(MOST_BYTES + 1)), compression=name))


@pytest.mark.parametrize("name", ["application/x-gzip", "application/x-bz2", "application/x-lzma", "else"])
def test_what_cannot_be_unpacked_is_set_aside(name):
    with pytest.raises(RefusedError):
        unpacked(Letter(1, "q", b"?" * 40, compression=name))


def address(virtual_host="/", host="one", **arguments):
    hosts = (Host(host, 5672, "openstack", "s3cret"), Host("other", 5672, "openstack", "s3cret"))
    return Address(
        hosts, virtual_host, None, "AMQPLAIN", 60, durable=True, auto_delete=False, queue_arguments=arguments
    )


def test_two_addresses_of_one_name_are_refused():
    require_distinct([address(), address("nova"), address("/nova"), address(host="two")])
    with pytest.raises(ConfigurationError, match=r"twice: one:5672/nova\.") as error:
        require_distinct([address(), address("nova"), address("nova")])
    assert "s3cret" not in str(error.value)


QUORUM = {"x-queue-type": "quorum"}


@pytest.mark.parametrize(
    ("arguments", "version", "declared"),
    [
        (QUORUM | {"x-delivery-limit": 3}, "3.13.7", QUORUM),
        (QUORUM | {"x-delivery-limit": 3}, "4.0.1", QUORUM | {"x-delivery-limit": -1}),
        (QUORUM, "4.2.0", QUORUM | {"x-delivery-limit": -1}),
        (QUORUM, "", QUORUM),
        ({}, "4.0.1", {}),
        ({"x-ha-policy": "all"}, "4.0.1", {"x-ha-policy": "all"}),
    ],
)
def test_no_number_of_looks_costs_a_dead_letter(arguments, version, declared):
    assert address(**arguments).dead_letter_arguments(version) == declared
