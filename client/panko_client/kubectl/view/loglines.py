"""Lines of `kubectl logs --prefix --timestamps` as objects for programs. Pure."""

import json
import re
from typing import Any, Final

_PREFIXED: Final = re.compile(r"\[pod/(?P<pod>[^/\]]+)/(?P<container>[^\]]+)\] (?P<rest>.*)", re.DOTALL)
_STAMPED: Final = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\S+) ?(?P<rest>.*)", re.DOTALL)


def parsed(line: str) -> dict[str, Any]:
    """Return one line as an object: a line that is an object itself is its `record`, any other its `message`."""
    line = line.rstrip("\n")
    told: dict[str, Any] = {}
    prefixed = _PREFIXED.fullmatch(line)
    if prefixed:
        told, line = {"pod": prefixed["pod"], "container": prefixed["container"]}, prefixed["rest"]
    stamped = _STAMPED.fullmatch(line)
    if stamped:
        told, line = {"time": stamped["time"], **told}, stamped["rest"]
    record = _record(line)
    return {**told, "message": line} if record is None else {**told, "record": record}


def _record(text: str) -> dict[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
