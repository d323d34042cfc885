"""What the configuration of a collector may say, and what it is told where it cannot be used."""

import sys

import pytest

from panko import config
from panko.cmd import collector
from panko.collector import extra
from panko.collector.settings import Settings
from panko.errors import ConfigurationError

URL = "transport_url = rabbit://openstack:s3cret@one:5672/"


@pytest.fixture
def settings(tmp_path):
    def read(*lines):
        path = tmp_path / "panko.conf"
        path.write_text("[collector]\n" + "\n".join(lines))
        return Settings.of(config.read([], prog="panko-collector", config_files=[str(path)]))

    return read


def test_queues_are_those_that_services_notify_by(settings):
    found = settings(URL, URL, "topics = notifications, panko", "sample_topics = event", "telemetry_secret =")
    assert found.queues == [
        "notifications.info",
        "notifications.error",
        "panko.info",
        "panko.error",
        "event.sample",
    ]
    assert len(found.transport_urls) == 1
    assert {"nova", "keystone", "ceilometer"} <= set(found.exchanges)
    assert "s3cret" not in repr(found)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([], "transport_url"),
        ([URL, "topics ="], "topics"),
        ([URL, "exchanges ="], "exchanges"),
        ([URL, "sample_topics = event"], "telemetry_secret"),
        ([URL, "dead_letter_queue = notifications.info"], "dead_letter_queue"),
        ([URL, "event_definitions = /nowhere"], "/nowhere"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_name(settings, lines, names):
    with pytest.raises(ConfigurationError, match=names) as error:
        settings(*lines)
    assert "s3cret" not in str(error.value)


def test_without_the_extra_the_command_says_what_to_install(monkeypatch, capsys, tmp_path):
    for name in extra.NEEDED:
        monkeypatch.setitem(sys.modules, name, None)
    (tmp_path / "panko.conf").write_text("")
    assert collector.main(["--config-file", str(tmp_path / "panko.conf")]) == 1
    assert "pip install 'panko[collector]'" in capsys.readouterr().err
