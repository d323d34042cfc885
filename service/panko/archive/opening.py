"""Makes the target that `[archive]` of the configuration names, or says what to write there instead."""

import ssl
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from oslo_config import cfg

from panko.archive.directory import Directory
from panko.archive.s3 import S3, Bucket
from panko.archive.target import Target
from panko.errors import ConfigurationError

MISSING: Final = "(missing)"  # what the operator writes in the place of a key that it cannot read
OF_A_BUCKET: Final = ("s3_endpoint", "s3_prefix", "s3_access_key_id", "s3_secret_access_key", "s3_ca_file")


def target_of(conf: cfg.ConfigOpts) -> Target | None:
    """Return the target; None where events are deleted without an archive. Raise ConfigurationError."""
    archive = conf.archive
    if archive.directory and archive.s3_bucket:
        raise _wrong("directory and s3_bucket are both set: write one of them")
    if archive.s3_bucket:
        return S3(_bucket(archive))
    for name in OF_A_BUCKET:
        if archive[name]:
            raise _wrong(f"{name} is set without s3_bucket: write the name of a bucket, or take {name} out")
    if not archive.directory:
        return None
    if not Path(archive.directory).is_absolute():
        raise _wrong("directory is no absolute path: write one that begins with /")
    return Directory(Path(archive.directory))


def _bucket(archive: cfg.ConfigOpts.GroupAttr) -> Bucket:
    key_id, secret = archive.s3_access_key_id, archive.s3_secret_access_key
    if MISSING in {key_id, secret}:
        raise _wrong(
            "the key is missing: write s3_access_key_id and s3_secret_access_key; in Kubernetes, write them into the "
            "Secret that spec.retention.archive.s3.secretRef names"
        )
    if bool(key_id) != bool(secret):
        raise _wrong("s3_access_key_id and s3_secret_access_key belong together: write both, or none of them")
    if archive.s3_endpoint:
        _check_endpoint(archive.s3_endpoint)
    if archive.s3_ca_file:
        _check_authorities(archive.s3_ca_file)
    return Bucket(
        archive.s3_bucket,
        (archive.s3_prefix or "").strip("/"),
        archive.s3_region,
        endpoint=archive.s3_endpoint or None,
        login=(key_id, secret) if key_id else None,
        ca_file=archive.s3_ca_file or None,
    )


def _check_endpoint(endpoint: str) -> None:
    try:
        url = urlsplit(endpoint)
        usable = url.scheme in {"http", "https"} and url.hostname and not (url.query or url.fragment)
        has_login, _port = "@" in url.netloc, url.port
    except ValueError:
        usable, has_login = False, False
    if has_login:  # not quoted: it is a secret
        raise _wrong("s3_endpoint holds a login: write it as s3_access_key_id and s3_secret_access_key")
    if not usable:
        raise _wrong("s3_endpoint is no URL of a server: write it like https://objects.example:9000")


def _check_authorities(path: str) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        raise _wrong(f"s3_ca_file names {path}, which holds no certificate in PEM: write another one") from None
    except OSError as error:
        raise _wrong(f"s3_ca_file names {path}, which cannot be read ({error.strerror}): write another one") from None


def _wrong(what: str) -> ConfigurationError:
    return ConfigurationError(f"[archive] {what}.")
