"""Times as Kubernetes writes them: RFC 3339 in UTC, to the second. Pure."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """Write an aware time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Read a time; raise ValueError for what is none, or has no zone."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError(text)
    return read
