"""The options of `panko-api://`: each is read, documented, and told when it is wrong."""

import dataclasses
import re
from urllib.parse import urlsplit

import pytest

from panko_client.errors import InputError
from panko_client.publisher import options
from panko_client.publisher.options import Options
from rendering.programs import REPOSITORY


def read(line):
    return options.read(urlsplit(line))


def test_a_line_without_options_has_the_defaults():
    assert read("panko-api://") == Options()
    assert Options().wait_seconds == 600


def test_every_option_is_read():
    line = (
        "panko-api://?auth_section=panko&region=r1&interface=internal&endpoint=https://panko.example&path=/var/a"
        "&batch=5&max_queue=7&wait=1.5&timeout=9&max_pause=0.5"
    )
    assert read(line) == Options("panko", "r1", "internal", "https://panko.example", "/var/a", 5, 7, 1.5, 9, 0.5)


def test_what_is_on_disk_is_not_waited_for_unless_it_is_asked_for():
    assert read("panko-api://?path=/a").wait_seconds == 0
    assert read("panko-api://?path=/a&wait=3").wait_seconds == 3


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("panko-api://?batch=0", "The option batch of panko-api:// is a number from 1 to 10000, not '0'"),
        ("panko-api://?batch=1.5", "a number from 1 to 10000"),
        ("panko-api://?batch=", "a number from 1 to 10000"),
        ("panko-api://?max_queue=-1", "a number from 1 to"),
        ("panko-api://?wait=1501", "a number from 0 to 1500"),
        ("panko-api://?timeout=nan", "a number from 1 to 600"),
        ("panko-api://?interface=intern", "one of public, internal, admin"),
        ("panko-api://?path=queue", "a text that begins with /"),
        ("panko-api://?endpoint=panko.example", "a text that begins with https:// or http://"),
        ("panko-api://?region=", "the name of a region"),
        ("panko-api://?bacth=5", "has no option 'bacth'; it has auth_section, region"),
        ("panko-api://?batch=5&batch=6", "has the option batch twice"),
        ("panko-api://panko.example/v2/events", "takes no host and no path"),
        ("panko-api://u:secret@", "and no password"),
    ],
)
def test_a_mistake_is_told_with_what_to_write(line, told):
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        read(line)
    assert "secret" not in str(caught.value)


def test_every_option_has_a_kind_and_a_row_in_the_documentation():
    names = [one.name for one in dataclasses.fields(Options)]
    assert names == list(options.KINDS)
    page = (REPOSITORY / "docs" / "ceilometer.md").read_text()
    section = page.partition("## `panko-api://`")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == names
