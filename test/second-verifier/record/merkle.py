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


def is_consistent(size: int, root: bytes, larger: int, larger_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the larger tree begins with the smaller one (RFC 9162, section 2.1.4.2), which is neither empty nor as large."""
    if not 0 < size < larger:
        return False
    path = [root, *proof] if size & (size - 1) == 0 else list(proof)
    if not path or not proof:
        return False
    node, last = size - 1, larger - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        node >>= 1
        last >>= 1
    return last == 0 and first == root and second == larger_root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root of the tree over these leaf data (RFC 6962, section 2.1)."""
    if not leaves:
        return sha256(b"")
    level = [leaf_hash(data) for data in leaves]
    while len(level) > 1:
        paired = [node_hash(level[index], level[index + 1]) for index in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]
