"""Waiting for something in the cluster: bounded, and with pauses that grow."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from panko_client.kubectl.errors import KubectlError, TooLateError

FIRST_SECONDS: Final = 0.3
LONGEST_SECONDS: Final = 2.0
Found = TypeVar("Found")


def until(probe: Callable[[], Found | None], what: str, *, seconds: float) -> Found:
    """Return the first answer that is not None; raise TooLateError when none comes within the time.

    A cluster that has answered once may be away for a while: what has to be decided again is asked again.
    """
    deadline, pause, is_reached = time.monotonic() + seconds, FIRST_SECONDS, False
    while True:
        left = deadline - time.monotonic()
        try:
            answer, is_reached = probe(), True
        except KubectlError as error:
            if type(error) is not KubectlError or not is_reached or left <= 0:
                raise
            answer = None
        if answer is not None:
            return answer
        if left <= 0:
            raise TooLateError(f"{what} has not come within {seconds:.0f} s. Wait longer with --wait.")
        time.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_SECONDS)
