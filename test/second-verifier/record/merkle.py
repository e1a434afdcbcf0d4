"""The log's Merkle tree (RFC 6962): docs/recording-format.md, "The log"."""

from collections.abc import Sequence

from .hashes import sha256


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def root_from_proof(leaf: bytes, position: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2); None for a proof of the wrong length."""
    if not 0 <= position < size:
        return None
    node, last, current = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            current = node_hash(current, sibling)
        node >>= 1
        last >>= 1
    return current if last == 0 else None


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf data (RFC 6962, section 2.1)."""
    if not leaves:
        return sha256(b"")
    level = [leaf_hash(data) for data in leaves]
    while len(level) > 1:
        paired = [node_hash(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]
