"""Messages that came and are not handed over yet, counted and weighed. Pure."""

from panko.collector.letters import Letter


class Gathered:
    """In the order in which they came."""

    def __init__(self) -> None:
        self._letters: list[Letter] = []
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._letters)

    def add(self, letter: Letter) -> None:
        """Keep a message."""
        self._letters.append(letter)
        self.size_bytes += len(letter.body)

    def take(self, number: int, most_bytes: int) -> list[Letter]:
        """Take so many out that came first, as far as they fit into some bytes, and one at the least."""
        taken, size = 0, 0
        for letter in self._letters[:number]:
            size += len(letter.body)
            if taken and size > most_bytes:
                break
            taken += 1
        found, self._letters = self._letters[:taken], self._letters[taken:]
        self.size_bytes -= sum(len(letter.body) for letter in found)
        return found
