"""Texts as people may look at them: what changes the order of letters, or cannot be seen, is written out. Pure.

Whoever stores an event writes its values, and others read them.
"""

import re
import unicodedata
from datetime import datetime, timedelta

from panko.stories import durations

# Controls, format characters (marks of direction among them), surrogates, private use, unassigned, separators of lines.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Between emoji and after them these two belong to what is seen.
JOINERS = frozenset("\u200d\ufe0f")
LONG = re.compile(r"[A-Za-z0-9_-]{25,}")
SHORT = 8
ID = re.compile(r"\b[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b")


def shown(text: object) -> str:
    """Return a text without anything hidden in it."""
    written = str(text)
    if written.isascii() and written.isprintable():
        return written
    return "".join(one if _is_seen(one) else f"\\u{ord(one):04x}" for one in written)


def block(text: str) -> str:
    """Return a text of several lines without anything hidden in it."""
    return "\n".join(shown(line.replace("\t", "    ")) for line in text.split("\n"))


def shortened(identifier: str) -> str:
    """Return an id, or a long one's beginning and end: those are what one compares."""
    text = shown(identifier)
    if len(text) <= SHORT * 2 + 1 or not LONG.fullmatch(text):
        return text
    return f"{text[:SHORT]}…{text[-SHORT // 2 :]}"


def sentence(text: str) -> str:
    """Return a sentence in which ids do not push the rest out of sight."""
    return ID.sub(lambda found: f"{found[0][:SHORT]}…{found[0][-SHORT // 2 :]}", shown(text))


def clock(moment: datetime | None) -> str:
    """Return the time of day to the millisecond."""
    return "" if moment is None else moment.time().isoformat("milliseconds")


def day(moment: datetime | None) -> str:
    """Return the day."""
    return "" if moment is None else moment.date().isoformat()


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago a moment was, in its largest unit."""
    count, unit = durations.written(max(now - moment, timedelta())).split()[:2]
    return f"{int(float(count))} {unit} ago"


def days(duration: timedelta) -> str:
    """Say a duration of days."""
    if duration < timedelta(days=1):
        return durations.written(duration)
    count = duration // timedelta(days=1)
    return f"{count:,} day{'' if count == 1 else 's'}"


def _is_seen(letter: str) -> bool:
    return letter in JOINERS or unicodedata.category(letter) not in HIDDEN
