"""The line of event_pipeline.yaml, `panko-api://?path=/var/lib/ceilometer/panko`, as values. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from panko_client.delivery import BATCH_EVENTS
from panko_client.errors import InputError

SECTION: Final = "service_credentials"
INTERFACES: Final = ("public", "internal", "admin", "publicURL", "internalURL", "adminURL")


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that the line may say. None is ceilometer's own setting, or depends on `path`."""

    auth_section: str = SECTION
    region: str | None = None
    interface: str | None = None
    endpoint: str | None = None
    path: str | None = None
    batch: int = BATCH_EVENTS
    max_queue: int = 10_000
    wait: float | None = None
    timeout: float = 20.0
    max_pause: float = 30.0

    @property
    def wait_seconds(self) -> float:
        """How long an event is waited for until it is stored: what is on disk need not be."""
        if self.wait is not None:
            return self.wait
        return 0.0 if self.path else 600.0


class Kind(NamedTuple):
    """How the text of an option becomes its value, and what is said when it does not."""

    read: Callable[[str], Any]
    wanted: str


def _within(least: float, most: float, kind: Callable[[str], Any]) -> Kind:
    def read(text: str) -> Any:
        value = kind(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return Kind(read, f"a number from {least:g} to {most:g}")


def _one_of(*words: str) -> Kind:
    return Kind({word: word for word in words}.__getitem__, f"one of {', '.join(words)}")


def _beginning(*starts: str) -> Kind:
    def read(text: str) -> str:
        if not text.startswith(starts):
            raise ValueError(text)
        return text

    return Kind(read, f"a text that begins with {' or '.join(starts)}")


def _some(text: str) -> str:
    if not text:
        raise ValueError(text)
    return text


KINDS: Final[Mapping[str, Kind]] = {
    "auth_section": Kind(_some, "a section of ceilometer.conf"),
    "region": Kind(_some, "the name of a region"),
    "interface": _one_of(*INTERFACES),
    "endpoint": _beginning("https://", "http://"),
    "path": _beginning("/"),
    "batch": _within(1, 10_000, int),
    "max_queue": _within(1, 10_000_000, int),
    "wait": _within(0, 1_500, float),
    "timeout": _within(1, 600, float),
    "max_pause": _within(0.1, 600, float),
}


def read(parsed_url: Any) -> Options:
    """Return the options of a parsed line. Raise InputError with what to write instead."""
    if parsed_url.netloc or parsed_url.path.strip("/"):
        raise InputError(
            "panko-api:// takes no host and no path, for the endpoint is in Keystone's catalogue, and no password, "
            f"for ceilometer's [{SECTION}] has one: write panko-api://?OPTION=VALUE; endpoint= names another endpoint."
        )
    pairs = parse_qsl(parsed_url.query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    for name in names:
        if name not in KINDS:
            raise InputError(f"panko-api:// has no option {name!r}; it has {', '.join(KINDS)}.")
        if names.count(name) > 1:
            raise InputError(f"panko-api:// has the option {name} twice; write it once.")
    return Options(**{name: _value(name, text) for name, text in pairs})


def _value(name: str, text: str) -> Any:
    try:
        return KINDS[name].read(text)
    except (ValueError, KeyError) as error:
        raise InputError(f"The option {name} of panko-api:// is {KINDS[name].wanted}, not {text!r}.") from error
