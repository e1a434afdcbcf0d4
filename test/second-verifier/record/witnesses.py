"""Which witnesses stand for how much of a log: docs/recording-format.md, "An export"."""

from collections.abc import Sequence
from dataclasses import dataclass

from .notes import Checkpoint, Witness


@dataclass(frozen=True)
class Demand:
    """So many of these witnesses have to stand for each event."""

    witnesses: Sequence[Witness]
    least: int


class Witnesses:
    """What the witnesses that are demanded have cosigned, as checkpoints are read."""

    def __init__(self, demand: Demand) -> None:
        self._least = demand.least
        self._sizes = {(one.name, one.id): 0 for one in demand.witnesses}
        self._witnesses = {(one.name, one.id): one for one in demand.witnesses}

    def read(self, checkpoint: Checkpoint) -> None:
        for known, witness in self._witnesses.items():
            if checkpoint.size > self._sizes[known] and checkpoint.is_cosigned_by(witness):
                self._sizes[known] = checkpoint.size

    @property
    def witnessed(self) -> int:
        """Up to which size as many as are demanded stand for the log."""
        sizes = sorted(self._sizes.values(), reverse=True)
        return sizes[self._least - 1] if self._least <= len(sizes) else 0
