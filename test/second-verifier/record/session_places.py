"""Where the events of a session stand in a store: docs/recording-format.md, "A session", 3 and 4, and "A store", 1 and 2."""

from collections.abc import Iterator
from dataclasses import dataclass

from .chain import FIRST_PREVIOUS
from .report import What
from .rows import Row


@dataclass(frozen=True)
class Gap:
    """Events that are missing: the first of a run, and the positions of the events around it."""

    seq: int
    before: int
    """-1 where there is none."""
    behind: int


class SessionPlaces:
    """Takes in a session's rows, in the order of the log."""

    def __init__(self) -> None:
        self._expected = 0
        self._rows: dict[int, Row] = {}

    def read(self, row: Row) -> Iterator[tuple[What, Row, str]]:
        """What is wrong with its place, and with which event."""
        seq = row.seq
        assert seq is not None
        if not row.is_right:
            if seq == self._expected:
                self._take(seq, row)
            return
        if seq < self._expected:
            self._rows.setdefault(seq, row)
            yield "reordered", row, "it stands after later ones, or a second time"
            return
        before = self._rows.get(seq - 1)
        if seq == self._expected:
            link = FIRST_PREVIOUS if seq == 0 else before.event.hash if before and before.is_right else None
            if link is not None and row.event.previous != link:
                yield "altered", before or row, "the next one does not follow it"
        self._take(seq, row)

    def _take(self, seq: int, row: Row) -> None:
        self._rows[seq] = row
        self._expected = seq + 1

    def position_of(self, seq: int) -> int:
        return self._rows[seq].position

    def gaps(self) -> Iterator[Gap]:
        there = sorted(self._rows)
        for index, seq in enumerate(there):
            last = there[index - 1] if index else -1
            if seq == last + 1:
                continue
            before = self._rows[last].position if index else -1
            yield Gap(last + 1, before, self._rows[seq].position)
