"""How many events there were when, as bars of an SVG: where each stands, how high it is, and where it leads. Pure."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

HEIGHT = 96
STEP, BAR = 10, 8
LEAST = 2  # what happened at all can be seen


class Bucket(Protocol):
    """Events generated from `start` on, until the next one begins."""

    @property
    def start(self) -> datetime: ...  # noqa: D102 - said by the class
    @property
    def count(self) -> int: ...  # noqa: D102 - said by the class
    @property
    def failed(self) -> int: ...  # noqa: D102 - said by the class


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """One bar: all of it from `y` on, and what failed of it below, from `failed_y` on."""

    x: int
    y: float
    height: float
    failed_y: float
    failed_height: float
    href: str
    title: str
    start: str


@dataclasses.dataclass(frozen=True, slots=True)
class Histogram:
    """All bars in a box of `width` and HEIGHT."""

    bars: tuple[Bar, ...]
    width: int
    total: int
    failed: int
    title: str
    begin: str
    end: str


def histogram(
    buckets: Sequence[Bucket], *, step: timedelta, url: Callable[[datetime, datetime], str]
) -> Histogram | None:
    """Return the bars of buckets that are `step` long, each a link to what `url` says; None without any bucket."""
    if not buckets:
        return None
    characters = len("2026-11-22 14:00") if step >= timedelta(minutes=1) else None
    most = max(1, *(bucket.count for bucket in buckets))
    bars = tuple(_bar(place, bucket, most=most, step=step, url=url) for place, bucket in enumerate(buckets))
    total, failed = sum(bucket.count for bucket in buckets), sum(bucket.failed for bucket in buckets)
    return Histogram(
        bars,
        width=len(bars) * STEP,
        total=total,
        failed=failed,
        title=told(total, failed),
        begin=_written(buckets[0].start)[:characters],
        end=_written(buckets[-1].start + step)[:characters],
    )


def told(count: int, failed: int) -> str:
    """Say how many events there were, and how many failed."""
    said = f"{count:,} event{'' if count == 1 else 's'}"
    return f"{said}, {failed:,} failed" if failed else said


def _bar(place: int, bucket: Bucket, *, most: int, step: timedelta, url: Callable[[datetime, datetime], str]) -> Bar:
    end = bucket.start + step
    height = _height(bucket.count, most)
    failed = min(_height(bucket.failed, most), height)
    return Bar(
        x=place * STEP,
        y=HEIGHT - height,
        height=height,
        failed_y=HEIGHT - failed,
        failed_height=failed,
        href=url(bucket.start, end),
        title=f"{_written(bucket.start)} to {_written(end)}: {told(bucket.count, bucket.failed)}",
        start=bucket.start.isoformat(),
    )


def _height(count: int, most: int) -> float:
    return round(max(LEAST, count / most * HEIGHT), 1) if count else 0


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
