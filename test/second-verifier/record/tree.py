"""The log's tree as it grows: docs/recording-format.md, "The log", and "A store", 3 and 9."""

from collections.abc import Iterator, Sequence

from .merkle import leaf_hash, node_hash, root_of

SUBTREE = 256


class Tree:
    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, data: bytes) -> None:
        self.size += 1
        size, node = 1, leaf_hash(data)
        while self._peaks and self._peaks[-1][0] == size:
            node = node_hash(self._peaks.pop()[1], node)
            size *= 2
        self._peaks.append((size, node))

    def root(self) -> bytes:
        *others, (_, root) = self._peaks
        for _, left in reversed(others):
            root = node_hash(left, root)
        return root

    @staticmethod
    def full_subtrees(leaves: Sequence[bytes | None]) -> Iterator[tuple[int, list[bytes]]]:
        """By level, the roots of the full subtrees of 256, 65,536, ... leaves; up to the first leaf that is none."""
        end = next((at for at, leaf in enumerate(leaves) if leaf is None), len(leaves))
        level, width = 8, SUBTREE
        while width <= end:
            yield (
                level,
                [
                    root_of([leaf for leaf in leaves[start : start + width] if leaf is not None])
                    for start in range(0, end - width + 1, width)
                ],
            )
            level, width = level + 8, width * SUBTREE
