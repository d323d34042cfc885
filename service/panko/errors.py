"""Every error that the service raises on purpose.

One tree, raised with data and turned into an HTTP status in one place only, `panko.api.messages.faults`, or into an
exit code by the commands. A message is written for the person who can do something about it, and never holds a
secret or SQL.
"""

from collections.abc import Iterator, Sequence

from panko.quoting import listed, quote


class PankoError(Exception):
    """The root of all errors of this program."""


def without_values(error: Exception) -> str:
    """Say what is wrong, for a log: of an error that is not ours its name alone, for drivers quote values."""
    return str(error) if isinstance(error, PankoError) else type(error).__name__


class ConfigurationError(PankoError):
    """The configuration cannot be used as it is; the message names the option and what to write."""


class InvalidInputError(PankoError):
    """A request is wrong in a way that its sender can correct."""


class UnreadableBodyError(InvalidInputError):
    """The body of a request cannot be read as what it is said to be, so that nobody knows what it holds."""


class RequestTimeoutError(PankoError):
    """A request did not arrive within the time that it has."""


class MarkerNotFoundError(InvalidInputError):
    """The marker names no event that the caller may see."""

    def __init__(self, marker: str) -> None:
        super().__init__(f"Marker {quote(marker)} not found.")
        self.marker = marker


class InvalidEventsError(InvalidInputError):
    """Some events of a request cannot be stored; they are named by their index and reason.

    `more` events are wrong as well, whose reasons nobody wrote down. `lines` are the lines in which events stand, by
    their index, where what was sent has lines.
    """

    def __init__(
        self, problems: Sequence[tuple[int, str]], *, more: int = 0, lines: Sequence[int] | None = None
    ) -> None:
        super().__init__(listed(_placed(problems, lines), separator="; ", more=more))
        self.problems = problems
        self.more = more

    def at(self, lines: Sequence[int] | None) -> "InvalidEventsError":
        """Name the events by the lines that they stand in."""
        return InvalidEventsError(self.problems, more=self.more, lines=lines)


class EventNotFoundError(PankoError):
    """No such event is visible to the caller."""

    def __init__(self, message_id: str) -> None:
        super().__init__(f"Event {quote(message_id)} Not Found")
        self.message_id = message_id


class EventConflictError(PankoError):
    """An event of the same message_id but with other content is stored already; the stored one stays."""

    def __init__(self, message_ids: "list[str]") -> None:
        super().__init__(
            "Stored already, or sent twice, with other content: "
            + listed(map(quote, message_ids))
            + ". A message_id names one event for ever; send the changed event under a new message_id."
        )
        self.message_ids = message_ids


class ForbiddenError(PankoError):
    """The caller is known but may not do this."""


class ForbiddenEventsError(ForbiddenError):
    """The caller may store events, but not all of these; the first are named by their index and reason."""

    MOST = 10

    def __init__(
        self, problems: Sequence[tuple[int, str]], *, allowed: str, lines: Sequence[int] | None = None
    ) -> None:
        refused = listed(_placed(problems, lines), separator="; ", most=self.MOST)
        super().__init__(f"{refused}. {allowed} Nothing of this request is stored.")
        self.problems = problems
        self.allowed = allowed

    def at(self, lines: Sequence[int] | None) -> "ForbiddenEventsError":
        """Name the events by the lines that they stand in."""
        return ForbiddenEventsError(self.problems, allowed=self.allowed, lines=lines)


class NotAuthorizedError(PankoError):
    """The caller's identity does not suffice to read this; another one would."""


class TryAgainError(PankoError):
    """Something does not work for now; the same request may succeed later."""

    def __init__(self, reason: str, *, retry_after_seconds: int = 2) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class IdentityUnavailableError(TryAgainError):
    """Keystone does not answer, so nobody can prove who they are."""


class BusyError(TryAgainError):
    """The process has no room for a request; nothing of it was stored."""


class StorageUnavailableError(TryAgainError):
    """The database does not answer in time."""


class ArchiveError(PankoError):
    """Events cannot be archived for now, so none of them may be deleted; the message says where and why."""


class TooSlowError(StorageUnavailableError):
    """A question took longer than it may, so that the database broke it off."""


def _placed(problems: Sequence[tuple[int, str]], lines: Sequence[int] | None) -> Iterator[str]:
    """Write where something is wrong, and what."""
    for index, reason in problems:
        yield f"event {index}: {reason}" if lines is None else f"line {lines[index]}: {reason}"
