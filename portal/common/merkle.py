"""Merkle trees as RFC 6962 (Certificate Transparency) §2.1 makes them: one hash for a whole list, short proofs in it.

Leaves and nodes are hashed under different prefixes, so that neither can be taken for the other. SHA-256 throughout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(content: bytes) -> bytes:
    """The hash of one entry of the list."""
    return hashlib.sha256(LEAF + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours."""
    return hashlib.sha256(NODE + left + right).digest()


def levels(leaves: Iterable[bytes]) -> list[list[bytes]]:
    """The tree over leaf hashes, from the leaves up to the root.

    Pairing level by level, the last odd one going up as it is, gives RFC 6962's tree (split at the largest power of
    two) in linear time. No leaf: one level whose only hash is that of nothing.
    """
    level = list(leaves)
    if not level:
        return [[hashlib.sha256(b"").digest()]]
    tree = [level]
    while len(level) > 1:
        pairs = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = [*pairs, level[-1]] if len(level) % 2 else pairs
        tree.append(level)
    return tree


def root(leaves: Iterable[bytes]) -> bytes:
    """The hash of the whole list of leaf hashes."""
    return levels(leaves)[-1][0]


def inclusion_path(tree: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    """The hashes beside the way from leaf ``index`` up to the root (RFC 6962 §2.1.1).

    ``tree``: what ``levels`` gave. Raises IndexError for a leaf that the tree does not have.
    """
    if not 0 <= index < len(tree[0]) or len(tree[-1]) != 1:
        raise IndexError(f"no leaf {index} in a tree of {len(tree[0])}")
    path = []
    for level in tree[:-1]:
        if (beside := index ^ 1) < len(level):
            path.append(level[beside])
        index //= 2
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the leaf hash stands at ``index`` of the list of ``size`` whose root is ``expected``.

    RFC 9162 §2.1.3.2. A path too short, too long or of another place gives False, never an error.
    """
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if here % 2 or here == last:
            found = node_hash(beside, found)
            while here and not here % 2:
                here, last = here // 2, last // 2
        else:
            found = node_hash(found, beside)
        here, last = here // 2, last // 2
    return last == 0 and found == expected
