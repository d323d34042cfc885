"""What counts the requests of an operator that write, and kills it after each of them."""

import threading

from fakes.mortal import DiedError


class Deaths:
    """A process that is `armed` dies after its first write. It sends nothing more then, from whatever thread."""

    def __init__(self):
        self._lock = threading.RLock()
        self.arm(armed=False)

    def arm(self, *, armed=True):
        """Begin with a new process."""
        self.armed, self.sent, self.dead = armed, [], False

    def __call__(self, words, send, *, writes):
        """Send a request; `words` say what kind it is of."""
        if not self.armed:
            return self._counted(words, send, writes=writes)
        with self._lock:  # one after the other: threads of a process die together
            return self._counted(words, send, writes=writes)

    def _counted(self, words, send, *, writes):
        if self.dead:
            raise DiedError
        answer = send()
        if writes:
            self.sent.append(words)
            if self.armed:
                self.dead = True
                raise DiedError
        return answer

    def survive(self, live, *, bound):
        """Let one process after the other live until one comes to the end; return how many have died."""
        for deaths in range(bound):
            self.arm()
            try:
                live()
            except DiedError:
                continue
            self.arm(armed=False)
            return deaths
        raise AssertionError(f"{bound} processes died, and the work is not done")
