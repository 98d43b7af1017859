"""The nonce commits to the documents, the text and nothing else; a Merkle proof covers one document only."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.domain.intents import commits_to, inclusion_proof, intent_over, merkle_root, nonce_of


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


A, B = digest("a"), digest("b")


def test_a_nonce_can_be_recomputed_by_hand() -> None:
    intent = intent_over([A], "bdc-1", "sel")
    written = f'{{"consent":"bdc-1","documents":["{A}"],"salt":"sel","v":1}}'
    expected = hashlib.sha256(b"psc-sign-intent\0" + written.encode()).digest()
    assert nonce_of(intent) == base64.urlsafe_b64encode(expected).decode().rstrip("=")
    assert len(nonce_of(intent)) == 43


def test_every_part_counts() -> None:
    nonces = {
        nonce_of(intent_over(documents, consent, salt))
        for documents in ([A], [B], [A, B], [B, A])
        for consent in ("bdc-1", "bdc-2")
        for salt in ("s", "t")
    }
    assert len(nonces) == 16


@pytest.mark.parametrize("documents", [[], [A, A], ["x"], [A.upper()], [A + "0"], [A[:-1] + "\n"]])
def test_what_is_no_list_of_documents(documents: list[str]) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        intent_over(documents, "bdc-1", "sel")


def test_the_tree_is_that_of_rfc_6962() -> None:
    """Three leaves, by hand: the last one stands alone at the top."""
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(digest(x))).digest() for x in "abc"]
    left = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    assert merkle_root([digest(x) for x in "abc"]) == hashlib.sha256(b"\1" + left + leaves[2]).hexdigest()


@given(st.integers(2, 40), st.data())
def test_each_document_is_proved_and_no_other(count: int, data: st.DataObject) -> None:
    documents = [digest(str(n)) for n in range(count)]
    intent = intent_over(documents, "bdc-1", "sel")
    position = data.draw(st.integers(0, count - 1))
    proof = inclusion_proof(documents, position)
    assert commits_to(intent, documents[position], proof, position)
    assert not commits_to(intent, digest("another"), proof, position)
    assert not commits_to(intent, documents[position], proof[:-1], position)
    assert not commits_to(intent, documents[position], [*proof, A], position)
    assert not commits_to(intent, documents[position], [A, *proof[1:]], position)
    assert not commits_to(intent, documents[position], proof, count)
    elsewhere = data.draw(st.integers(0, count - 1).filter(lambda other: other != position))
    assert not commits_to(intent, documents[elsewhere], proof, position)


def test_one_document_needs_no_proof() -> None:
    intent = intent_over([A], "bdc-1", "sel")
    assert commits_to(intent, A, [], 0)
    assert not commits_to(intent, B, [], 0)
