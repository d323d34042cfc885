"""A RabbitMQ of one queue in memory, as a session of a collector sees it, and its queue of dead letters."""

from collections.abc import Callable, Sequence

from panko.collector.letters import Letter, Refusal


class MemorySession:
    """What is not acknowledged goes back to the front when its channel is closed. `waiting` is what is in the queue."""

    def __init__(self, bodies: Sequence[bytes], *, queue: str = "event.sample") -> None:
        self.waiting = list(bodies)
        self.buried: list[Refusal] = []
        self.acknowledged: list[bytes] = []
        self.prefetches: list[int] = []
        self.most_held = 0
        self.on_wait: Callable[[], None] = lambda: None
        self._queue = queue
        self._unacknowledged: dict[int, bytes] = {}
        self._receive: Callable[[Letter], None] | None = None
        self._tag = 0

    @property
    def is_consuming(self) -> bool:
        return self._receive is not None

    def consume(self, names: list[str], receive: Callable[[Letter], None], *, prefetch: int) -> None:
        assert self._queue in names
        self.prefetches.append(prefetch)
        self._tag, self._receive = 0, receive

    def release(self) -> None:
        self.waiting[:0] = self._unacknowledged.values()
        self._unacknowledged = {}
        self._receive = None

    def wait(self, seconds: float) -> None:
        assert seconds >= 0
        self.deliver()
        self.on_wait()

    def deliver(self) -> None:
        while self._receive and self.waiting and len(self._unacknowledged) < self.prefetches[-1]:
            self._tag += 1
            self._unacknowledged[self._tag] = self.waiting.pop(0)
            self.most_held = max(self.most_held, sum(map(len, self._unacknowledged.values())))
            self._receive(Letter(self._tag, self._queue, self._unacknowledged[self._tag]))

    def acknowledge(self, tag: int) -> None:
        for one in [each for each in self._unacknowledged if each <= tag]:
            self.acknowledged.append(self._unacknowledged.pop(one))

    def bury(self, refusals: Sequence[Refusal], goes_on: Callable[[], bool]) -> bool:
        for refusal in refusals:
            if not goes_on():
                return False
            self.buried.append(refusal)
        return goes_on()

    def close(self) -> None:
        self.release()


class MemoryChannel:
    """A channel that confirms what is published, some at once, when somebody drains; `silent` ones it forgets."""

    def __init__(self, *, at_once: int = 1, silent: int = 0) -> None:
        self.events: dict[str, set[Callable[[int, bool], None]]] = {"basic_ack": set(), "basic_nack": set()}
        self.published: list[Refusal] = []
        self.drained = 0
        self.confirms_selected = False
        self._at_once = at_once
        self._silent = silent
        self._confirmed = 0

    def confirm_select(self) -> None:
        self.confirms_selected = True

    def publish(self, channel: "MemoryChannel", refusal: Refusal) -> None:
        assert channel is self
        assert self.confirms_selected
        self.published.append(refusal)

    def drain(self) -> None:
        self.drained += 1
        upto = min(self._confirmed + self._at_once, len(self.published) - self._silent)
        if upto > self._confirmed:
            for callback in self.events["basic_ack"]:
                callback(upto, upto - self._confirmed > 1)
            self._confirmed = upto

    def refuse(self, tag: int) -> None:
        for callback in self.events["basic_nack"]:
            callback(tag, False)
