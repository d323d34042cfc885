"""A Keystone of a dry run that is asked once: what was noted for a question is noted again without asking."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from panko_operator.changes import Change, Noting

if TYPE_CHECKING:
    from panko_operator.corrections import Correcting, Correction
    from panko_operator.world import Keystone


class RememberedDryRun:
    """A `world.Keystone` that writes nothing.

    `ask` is given a question, what it depends on and how it is asked, and may know the answer; `digest` tells one
    question from another.
    """

    def __init__(
        self, server: "Keystone", ask: Callable[..., Any], noting: Noting, *, digest: Callable[[object], str]
    ) -> None:
        self._changes: list[Change] = []
        self._server = server.dry_run(self._changes.append)
        self._ask = ask
        self._noting = noting
        self._digest = digest

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._again, name)

    def _again(self, name: str, *given: object, correcting: "Correcting | None" = None, **named: object) -> Any:
        def ask() -> tuple[Any, tuple[Change, ...], "tuple[Correction, ...]"]:
            corrections: list[Correction] = []
            told = {} if correcting is None else {"correcting": corrections.append}
            self._changes.clear()
            answer = getattr(self._server, name)(*given, **named, **told)
            return answer, tuple(self._changes), tuple(corrections)

        # A dry run asks about a user before and after it would be made.
        arguments = (given, sorted(named.items()))
        answer, changes, corrections = self._ask(f"dry {name} {self._digest(arguments)}", arguments, ask)
        if correcting is not None:
            for correction in corrections:
                correcting(correction)
        for change in changes:
            self._noting(change)
        return answer
