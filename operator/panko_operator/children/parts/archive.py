"""Where the expirer writes events before it deletes them: its options, its volumes, and whom it has to reach. Pure."""

from collections.abc import Iterator
from typing import Final

from panko_operator.children.parts import trust
from panko_operator.children.parts.destinations import Destination
from panko_operator.children.text import ini
from panko_operator.resource import Panko
from panko_operator.resource.spec.retention import S3, Archive
from panko_operator.world import Manifest
from panko_operator.world.values import Login

DIRECTORY: Final = "/var/lib/panko/archive"
MISSING: Final = "(missing)"  # in the place of a key that there is not; without any, boto3 would look for another login
_VOLUME: Final = "archive"
_OF_AWS: Final = Destination("s3.amazonaws.com", 443)  # its hosts differ by region; a policy opens the port of a name


def options(archive: Archive, key: Login | None) -> dict[str, str]:
    """Return the options of [archive]. `key` is the id and the secret of the one who may write to the bucket.

    Without it the expirer is told so: it says so, and deletes nothing.
    """
    if archive.s3 is None:
        return {"directory": DIRECTORY}
    return dict(_of_bucket(archive.s3, key))


def mounted(panko: Panko) -> tuple[list[Manifest], list[Manifest]]:
    """Return the volumes and the mounts that the expirer has besides those for the database."""
    volumes, mounts = trust.for_archive(panko)
    claim = panko.spec.retention.claim
    if claim is not None:
        volumes.append({"name": _VOLUME, "persistentVolumeClaim": {"claimName": claim.name}})
        mounts.append({"name": _VOLUME, "mountPath": DIRECTORY, **({"subPath": claim.path} if claim.path else {})})
    return volumes, mounts


def destinations(panko: Panko) -> tuple[Destination, ...]:
    """Return whom the expirer reaches for the archive."""
    s3 = panko.spec.retention.s3
    if s3 is None:
        return ()
    return (Destination.of_url(s3.endpoint) if s3.endpoint else _OF_AWS,)


def _of_bucket(s3: S3, key: Login | None) -> Iterator[tuple[str, str]]:
    if s3.endpoint:
        yield "s3_endpoint", ini.literal(s3.endpoint)
    yield "s3_bucket", ini.literal(s3.bucket)
    if s3.prefix:
        yield "s3_prefix", ini.literal(s3.prefix)
    if s3.region:
        yield "s3_region", ini.literal(s3.region)
    yield "s3_access_key_id", ini.literal(key.username) if key else MISSING
    yield "s3_secret_access_key", ini.literal(key.password) if key else MISSING
    if s3.ca:
        yield "s3_ca_file", trust.ARCHIVE_CA
