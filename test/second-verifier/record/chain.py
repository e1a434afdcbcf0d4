"""The chain of a session's events: docs/recording-format.md, "A session"."""

from collections.abc import Iterator

from .events import Event
from .report import What

FIRST_PREVIOUS = "00" * 32


class Chain:
    """Which events were read, as they are read."""

    def __init__(self) -> None:
        self.expected = 0
        """One more than the highest `seq` read so far."""
        self._previous = FIRST_PREVIOUS
        self._gaps: list[range] = []
        self._late: set[int] = set()

    def read(self, event: Event) -> What | None:
        """Takes in the next event, and says what is wrong with its place."""
        if event.seq < self.expected:
            self._late.add(event.seq)
            return "reordered"
        follows = event.seq > self.expected or event.previous == self._previous
        if event.seq > self.expected:
            self._gaps.append(range(self.expected, event.seq))
        self.expected, self._previous = event.seq + 1, event.hash
        return None if follows else "altered"

    def missing(self) -> Iterator[int]:
        """Of each run of events that were not read, the first. A gap may be as wide as integers go."""
        late = sorted(self._late)
        for gap in self._gaps:
            start = gap.start
            for seq in (seq for seq in late if seq in gap):
                if seq > start:
                    yield start
                start = seq + 1
            if start < gap.stop:
                yield start
