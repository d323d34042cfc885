"""Durations as people write them."""

from datetime import timedelta

UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
EXACT_BELOW_SECONDS = 10


def written(duration: timedelta) -> str:
    """Return a duration in its two largest units: `0.8 s`, `12 s`, `3 min 5 s`, `2 d 4 h`. It is cut, not rounded."""
    seconds = duration.total_seconds()
    if seconds < EXACT_BELOW_SECONDS:
        tenths = int(max(seconds, 0) * 10)
        return f"{tenths / 10:g} s"
    parts, left = [], int(seconds)
    for unit, size in UNITS:
        count, left = divmod(left, size)
        parts.append((count, unit))
    begin = next(place for place, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {unit}" for count, unit in parts[begin : begin + 2] if count)
