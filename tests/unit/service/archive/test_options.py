"""What `[archive]` may say, and what it answers to what it may not."""

import pytest

from panko import config
from panko.archive.opening import target_of
from panko.errors import ConfigurationError

BUCKET = "s3_bucket = events\n"


@pytest.fixture
def target(tmp_path):
    def target(options):
        path = tmp_path / "panko.conf"
        path.write_text(f"[archive]\n{options}\n")
        return target_of(config.read([], prog="panko-expirer", config_files=[str(path)]))

    return target


def test_without_options_there_is_no_archive(target):
    assert target("") is None
    assert target("s3_region = eu-west-1") is None


def test_a_place_is_named_for_people_without_a_secret(target):
    assert str(target("directory = /var/lib/archive")) == "/var/lib/archive"
    login = "s3_access_key_id = somebody\ns3_secret_access_key = s3cret\n"
    place = str(target(f"{BUCKET}{login}s3_endpoint = https://objects.example:9000\ns3_prefix = /cloud-1/events/"))
    assert place == "s3://events/cloud-1/events at https://objects.example:9000"
    assert str(target(f"{BUCKET}{login}")) == "s3://events"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (f"directory = /a\n{BUCKET}", "directory and s3_bucket are both set: write one of them."),
        ("directory = a", "directory is no absolute path: write one that begins with /."),
        ("directory = /a\ns3_prefix = x", "s3_prefix is set without s3_bucket: write the name of a bucket, or take"),
        ("s3_endpoint = https://objects", "s3_endpoint is set without s3_bucket"),
        ("s3_secret_access_key = s3cret", "s3_secret_access_key is set without s3_bucket"),
        (f"{BUCKET}s3_access_key_id = me", "s3_access_key_id and s3_secret_access_key belong together"),
        (f"{BUCKET}s3_secret_access_key = s3cret", "s3_access_key_id and s3_secret_access_key belong together"),
        (f"{BUCKET}s3_access_key_id = (missing)\ns3_secret_access_key = (missing)", "the key is missing: write s3_"),
        (f"{BUCKET}s3_endpoint = objects:9000", "s3_endpoint is no URL of a server: write it like https://objects"),
        (f"{BUCKET}s3_endpoint = https://objects:port", "s3_endpoint is no URL of a server"),
        (f"{BUCKET}s3_endpoint = https://me:s3cret@objects", "s3_endpoint holds a login: write it as s3_access_key_id"),
        (f"{BUCKET}s3_ca_file = /nowhere.crt", "s3_ca_file names /nowhere.crt, which cannot be read (No such file"),
        (f"{BUCKET}s3_ca_file = /etc/hostname", "s3_ca_file names /etc/hostname, which holds no certificate in PEM"),
    ],
)
def test_what_cannot_be_is_answered_by_what_to_write(target, options, said):
    with pytest.raises(ConfigurationError) as caught:
        target(options)
    assert str(caught.value).startswith(f"[archive] {said}")
    assert "s3cret" not in str(caught.value)
