"""An archive in storage that speaks S3. An object is one request, so it is there whole or not at all.

No message has more of the storage's answer than its code: what it says may quote a request.
"""

import contextlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from panko.errors import ArchiveError, ConfigurationError

PIECE: Final = 1024 * 1024
CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 60
TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Bucket:
    """Which one, and how it is reached; without a login it is what boto3 finds."""

    name: str
    prefix: str
    region: str
    endpoint: str | None = None
    login: tuple[str, str] | None = None
    ca_file: str | None = None


class Client(Protocol):
    """What is used of boto3's client."""

    def list_objects_v2(self, **arguments: Any) -> dict[str, Any]:
        """List a thousand objects at most."""

    def put_object(self, **arguments: Any) -> dict[str, Any]:
        """Write an object."""

    def get_object(self, **arguments: Any) -> dict[str, Any]:
        """Begin to read an object."""


class S3:
    """A Target of objects in a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._client = _client(bucket)

    def __str__(self) -> str:
        bucket = self._bucket
        return f"s3://{bucket.name}/{bucket.prefix}".rstrip("/") + (f" at {bucket.endpoint}" if bucket.endpoint else "")

    def names(self, folder: str) -> Collection[str]:
        """Return the names of the objects whose keys begin with a folder."""
        prefix = self._key(folder, "")
        found: list[str] = []
        more: dict[str, str] = {}
        with self._told():
            while True:
                answer = self._client.list_objects_v2(Bucket=self._bucket.name, Prefix=prefix, **more)
                found += [one["Key"].removeprefix(prefix) for one in answer.get("Contents", ())]
                if not answer.get("IsTruncated"):
                    return found
                more = {"ContinuationToken": answer["NextContinuationToken"]}

    def write(self, folder: str, name: str, data: bytes) -> None:
        """Write an object."""
        with self._told():
            self._client.put_object(Bucket=self._bucket.name, Key=self._key(folder, name), Body=data)

    def read(self, folder: str, name: str) -> Iterator[bytes]:
        """Yield an object."""
        with self._told():
            body = self._client.get_object(Bucket=self._bucket.name, Key=self._key(folder, name))["Body"]
            with contextlib.closing(body):
                yield from body.iter_chunks(PIECE)

    def _key(self, folder: str, name: str) -> str:
        return "/".join(part for part in (self._bucket.prefix, folder) if part) + f"/{name}"

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        from botocore import exceptions as s3  # noqa: PLC0415 - only who has a bucket needs boto3

        try:
            yield
        except s3.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "no code"))
            raise ArchiveError(
                f"{self} refuses a request: {code}. No event of this part is deleted; look whether the bucket is there "
                "and has room, and whether [archive] s3_access_key_id may list, read and write in it."
            ) from error
        except s3.SSLError as error:
            raise ArchiveError(
                f"{self} does not prove who it is. No event of this part is deleted; write the authority of its "
                "certificate as [archive] s3_ca_file."
            ) from error
        except (s3.ConnectionError, s3.HTTPClientError, s3.IncompleteReadError, OSError) as error:
            raise ArchiveError(
                f"{self} does not answer ({type(error).__name__}). No event of this part is deleted; the next run "
                "goes on when it does."
            ) from error
        except s3.BotoCoreError as error:
            raise ArchiveError(
                f"{self} cannot be asked ({type(error).__name__}). No event of this part is deleted; correct the name "
                "of the bucket or the login in [archive]."
            ) from error


def _client(bucket: Bucket) -> Client:
    try:
        import boto3  # noqa: PLC0415 - as above
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError(
            "[archive] s3_bucket needs boto3: install it by `pip install panko[archive]`, or take an image of Panko."
        ) from None
    key_id, secret = bucket.login or (None, None)
    arguments: dict[str, Any] = {
        "region_name": bucket.region,
        "endpoint_url": bucket.endpoint,
        "aws_access_key_id": key_id,
        "aws_secret_access_key": secret,
        "verify": bucket.ca_file,
        "config": Config(**_settings(bucket)),
    }
    try:
        client: Client = boto3.session.Session().client("s3", **arguments)
    except (BotoCoreError, ValueError):
        raise ConfigurationError(
            "[archive] s3_endpoint or s3_region cannot be used: write a URL like https://objects.example:9000, and a "
            "region like us-east-1."
        ) from None
    return client


def _settings(bucket: Bucket) -> dict[str, Any]:
    return {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": READ_SECONDS,
        "retries": {"mode": "standard", "total_max_attempts": TRIES},
        # A bucket's name is no part of a host's where somebody else than AWS serves it.
        "s3": {"addressing_style": "path" if bucket.endpoint else "auto"},
        # Others refuse what AWS alone knows. Everything is read back and compared anyway.
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
