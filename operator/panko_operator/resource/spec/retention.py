"""`spec.retention`: how long events are kept."""

import dataclasses
import re
from datetime import timedelta

from panko_operator.resource.spec.references import KeyRef
from panko_operator.world import Manifest

DURATION_PART = re.compile(r"(\d+)([hms])")
DURATION_UNITS = {"h": "hours", "m": "minutes", "s": "seconds"}


@dataclasses.dataclass(frozen=True, slots=True)
class S3:
    """A bucket. `secret_name` has access_key_id and secret_access_key; no `endpoint` is that of AWS."""

    endpoint: str | None
    bucket: str
    prefix: str | None
    region: str | None
    secret_name: str
    ca: KeyRef | None

    @classmethod
    def parse(cls, s3: Manifest | None) -> "S3 | None":
        """Read `spec.retention.archive.s3`, which may be absent."""
        if s3 is None:
            return None
        return cls(
            endpoint=s3.get("endpoint"),
            bucket=s3["bucket"],
            prefix=s3.get("prefix"),
            region=s3.get("region"),
            secret_name=s3["secretRef"]["name"],
            ca=KeyRef.parse(s3.get("caSecretRef")),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Claim:
    """A volume that is there, and a directory in it; none is its root."""

    name: str
    path: str | None

    @classmethod
    def parse(cls, claim: Manifest | None) -> "Claim | None":
        """Read `spec.retention.archive.persistentVolumeClaim`, which may be absent."""
        return None if claim is None else cls(claim["claimName"], claim.get("path"))


@dataclasses.dataclass(frozen=True, slots=True)
class Archive:
    """Where events are written before they are deleted. Exactly one of the two is there."""

    s3: S3 | None
    claim: Claim | None

    @classmethod
    def parse(cls, archive: Manifest | None) -> "Archive | None":
        """Read `spec.retention.archive`, which may be absent."""
        if archive is None:
            return None
        return cls(S3.parse(archive.get("s3")), Claim.parse(archive.get("persistentVolumeClaim")))


@dataclasses.dataclass(frozen=True, slots=True)
class Retention:
    """How long events are kept. A `time_to_live` of zero keeps them for ever."""

    time_to_live: timedelta
    schedule: str
    suspend: bool
    batch_size: int
    archive: Archive | None

    @property
    def s3(self) -> S3 | None:
        """The bucket of the archive, where there is one."""
        return self.archive.s3 if self.archive else None

    @property
    def claim(self) -> Claim | None:
        """The volume of the archive, where there is one."""
        return self.archive.claim if self.archive else None

    @classmethod
    def parse(cls, retention: Manifest) -> "Retention":
        """Read `spec.retention`."""
        return cls(
            time_to_live=parse_duration(retention["timeToLive"]),
            schedule=retention["schedule"],
            suspend=retention["suspend"],
            batch_size=retention["batchSize"],
            archive=Archive.parse(retention.get("archive")),
        )


def parse_duration(text: str) -> timedelta:
    """Read a duration as Kubernetes writes it: `720h`, `1h30m`, or `0`."""
    parts = {DURATION_UNITS[unit]: int(number) for number, unit in DURATION_PART.findall(text)}
    return timedelta(**parts)
