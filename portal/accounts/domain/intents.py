"""What a person is about to sign, committed to by the nonce of a fresh authentication.

The ID token that comes back, signed by Pro Santé Connect, repeats the nonce: it then proves that this person
authenticated for these very bytes and this very text. Several documents are committed to by the root of a Merkle
tree (RFC 6962, section 2.1), so that the proof of one says nothing of the others.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from portal.common import merkle
from portal.common.canonical import canonical

DOMAIN = b"psc-sign-intent\0"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def intent_over(documents: Sequence[str], consent: str, salt: str) -> dict[str, Any]:
    """The intent of signing ``documents`` (hexadecimal SHA-256, in the order shown) under a version of the text.

    ``salt`` is random, so that the nonce tells nothing to who guesses the documents. Raises ValueError for none, a
    repeated one or a malformed one.
    """
    if not documents or len(set(documents)) != len(documents) or not all(map(_SHA256.fullmatch, documents)):
        raise ValueError("documents are distinct hexadecimal SHA-256, at least one")
    several = {"root": merkle_root(documents), "count": len(documents)}
    return {"v": 1, "documents": several if len(documents) > 1 else list(documents), "consent": consent, "salt": salt}


def nonce_of(intent: Mapping[str, Any]) -> str:
    """The 43 characters that commit to an intent: base64url(SHA-256(domain ‖ canonical JSON)), without padding."""
    digest = hashlib.sha256(DOMAIN + canonical(dict(intent))).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def commits_to(intent: Mapping[str, Any], document: str, proof: Sequence[str], position: int) -> bool:
    """Whether the intent covers a document; ``proof`` and ``position`` are of use where it covers several."""
    covered = intent.get("documents")
    if isinstance(covered, list):
        return covered == [document]
    if not isinstance(covered, Mapping) or not 0 <= position < int(covered["count"]):
        return False
    expected = str(covered["root"])
    if not _SHA256.fullmatch(expected):
        return False
    path = [bytes.fromhex(step) for step in proof]
    return merkle.verify_inclusion(_leaf(document), position, int(covered["count"]), path, bytes.fromhex(expected))


def merkle_root(documents: Sequence[str]) -> str:
    """The root, in hexadecimal, over one document at least."""
    return merkle.root(map(_leaf, documents)).hex()


def inclusion_proof(documents: Sequence[str], position: int) -> list[str]:
    """The hashes that lead from the document at ``position`` to the root, nearest first."""
    return [step.hex() for step in merkle.inclusion_path(merkle.levels(map(_leaf, documents)), position)]


def _leaf(document: str) -> bytes:
    return merkle.leaf_hash(bytes.fromhex(document))
