"""Durations and ages as people write and read them. Pure."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import click

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WRITTEN: Final = re.compile(r"\d+|(\d+[smhd])+")
_PART: Final = re.compile(r"(\d+)([smhd]?)")


class Duration(click.ParamType[float]):
    """90s, 2m, 1h30m; a number alone is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return it in seconds."""
        if isinstance(value, int | float):
            return float(value)
        if _WRITTEN.fullmatch(value) is None:
            self.fail(f"{value!r} is no duration; write 90s, 2m or 1h30m.", param, ctx)
        return float(sum(int(part[1]) * _UNITS[part[2] or "s"] for part in _PART.finditer(value)))


def moment(text: str) -> datetime:
    """Read a time as Kubernetes writes it."""
    return datetime.fromisoformat(text)


def told(length: timedelta) -> str:
    """Say how long something is, in its largest unit."""
    seconds = max(int(length.total_seconds()), 0)
    for unit in ("d", "h", "m"):
        if seconds >= 2 * _UNITS[unit] or (unit != "d" and seconds >= _UNITS[unit]):
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"
