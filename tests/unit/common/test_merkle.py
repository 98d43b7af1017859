"""The tree against the vectors of Certificate Transparency, and against its definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.common.merkle import inclusion_path, leaf_hash, levels, node_hash, root, verify_inclusion

# The reference leaves and roots of Google's certificate-transparency (merkle_tree_test), after RFC 6962.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (index, size, path), from the same test.
PATHS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]

lists = st.lists(st.binary(max_size=8), min_size=1, max_size=70).map(lambda items: [leaf_hash(item) for item in items])


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, as written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def test_the_empty_list_has_the_hash_of_nothing() -> None:
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_the_reference(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_paths_of_the_reference(index: int, size: int, path: list[str]) -> None:
    found = inclusion_path(levels(LEAVES[:size]), index)
    assert [step.hex() for step in found] == path
    assert verify_inclusion(LEAVES[index], index, size, found, bytes.fromhex(ROOTS[size - 1]))


@given(lists)
def test_any_list_follows_the_definition_and_every_leaf_is_proved(leaves: list[bytes]) -> None:
    tree = levels(leaves)
    expected = by_definition(leaves)
    assert root(leaves) == expected == tree[-1][0]
    for index, leaf in enumerate(leaves):
        assert verify_inclusion(leaf, index, len(leaves), inclusion_path(tree, index), expected)


@given(lists, st.data())
def test_nothing_else_is_proved(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree, expected = levels(leaves), root(leaves)
    path, leaf = inclusion_path(tree, index), leaves[index]
    assert not verify_inclusion(leaf_hash(b"a stranger to it"), index, len(leaves), path, expected)
    assert not verify_inclusion(leaf, index, len(leaves), [*path, leaf], expected)
    assert not verify_inclusion(leaf, index, len(leaves), path, leaf_hash(expected))
    assert not verify_inclusion(leaf, index + len(leaves), len(leaves), path, expected)
    assert not verify_inclusion(leaf, -1, len(leaves), path, expected)
    if path:
        assert not verify_inclusion(leaf, index, len(leaves), path[:-1], expected)
        bent = data.draw(st.integers(0, len(path) - 1))
        broken = [*path[:bent], bytes(32), *path[bent + 1 :]]
        assert not verify_inclusion(leaf, index, len(leaves), broken, expected)


@given(lists.filter(lambda leaves: len(set(leaves)) == len(leaves) > 1), st.data())
def test_a_leaf_is_proved_at_its_place_alone(leaves: list[bytes], data: st.DataObject) -> None:
    index, other = data.draw(st.permutations(range(len(leaves))))[:2]
    path = inclusion_path(levels(leaves), index)
    assert not verify_inclusion(leaves[other], other, len(leaves), path, root(leaves))


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_no_path_to_a_leaf_that_is_not_there(size: int, index: int) -> None:
    with pytest.raises(IndexError):
        inclusion_path(levels(LEAVES[:size]) if size else [[]], index)


def test_a_node_is_no_leaf() -> None:
    pair = LEAVES[:2]
    assert leaf_hash(pair[0] + pair[1]) != node_hash(*pair)
