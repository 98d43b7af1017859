"""The daily root: one statement over the heads of all chains, and the two files that let anybody recompute it.

The *heads* file names every chain: it stays with the portal, and proofs are made from it. The *public* file holds
the hashes of the leaves alone: whoever keeps a copy can recompute the root, and reads nothing about anybody.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.common import merkle
from portal.common.canonical import canonical, sha256_of

FORMAT = "root1"
_HASH = re.compile(r"[0-9a-f]{64}")


class Head(NamedTuple):
    """The last event of one object's chain."""

    object_type: str
    object_id: str
    seq: int
    hash: str

    def leaf(self) -> bytes:
        """Its leaf in the tree: the hash of its canonical JSON."""
        return merkle.leaf_hash(canonical(list(self)))


@dataclass(frozen=True)
class Statement:
    """What a root says. ``day`` and ``made_at`` are machine time in UTC; ``tree`` and ``previous`` hexadecimal.

    ``count``: how many chains the tree holds. ``previous``: the hash of the root before, empty for the first.
    """

    number: int
    day: date
    made_at: datetime
    count: int
    tree: str
    previous: str

    def as_json(self) -> dict[str, Any]:
        """The statement as plain JSON."""
        return {
            "format": FORMAT,
            "number": self.number,
            "day": self.day.isoformat(),
            "made_at": self.made_at.isoformat(),
            "count": self.count,
            "tree": self.tree,
            "previous": self.previous,
        }

    def content(self) -> bytes:
        """The bytes that are hashed, sealed and time-stamped."""
        return canonical(self.as_json())

    @property
    def hash(self) -> str:
        """The root hash: what is published, printed in mails and hung on by the next root."""
        return sha256_of(self.as_json())


def statement_from(value: Mapping[str, Any]) -> Statement:
    """The statement of a file or proof. Raises ValueError for anything that is none."""
    try:
        found = Statement(
            number=int(value["number"]),
            day=date.fromisoformat(value["day"]),
            made_at=datetime.fromisoformat(value["made_at"]),
            count=int(value["count"]),
            tree=str(value["tree"]),
            previous=str(value["previous"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a root statement: {error}") from None
    if found.as_json() != dict(value) or not _HASH.fullmatch(found.tree):
        raise ValueError("not a root statement: other fields or forms than this format's")
    return found


@dataclass(frozen=True)
class Seal:
    """Who vouches for the statement: a signature and an RFC 3161 token (DER), each None where there is none."""

    signature: bytes | None = None
    token: bytes | None = None

    def as_json(self) -> dict[str, str | None]:
        """Base 64, null for none."""
        return {
            "signature": _base64(self.signature),
            "token": _base64(self.token),
        }


def seal_from(value: Mapping[str, Any]) -> Seal:
    """The seal of a file or proof. Raises ValueError for anything that is none."""
    try:
        signature, token = (
            None if value[name] is None else base64.b64decode(value[name], validate=True)
            for name in ("signature", "token")
        )
    except (KeyError, TypeError, binascii.Error) as error:
        raise ValueError(f"not a seal: {error}") from None
    return Seal(signature, token)


@dataclass(frozen=True)
class RootFile:
    """One published file, read back. ``heads`` is empty in the public one, which has only ``leaves``."""

    statement: Statement
    hash: str
    seal: Seal
    leaves: tuple[bytes, ...]
    heads: tuple[Head, ...] = ()

    def problem(self) -> str:
        """Why the file does not hold together, in French; empty when every hash in it can be recomputed."""
        if self.statement.hash != self.hash:
            return "l’empreinte inscrite dans le fichier n’est pas celle de son contenu"
        if len(self.leaves) != self.statement.count:
            return f"le fichier compte {len(self.leaves)} chaînes au lieu de {self.statement.count}"
        if merkle.root(self.leaves).hex() != self.statement.tree:
            return "les têtes de chaînes du fichier ne donnent pas la racine qu’il annonce"
        return ""


def state_root(heads: Sequence[Head], made_at: datetime, number: int, previous: str) -> Statement:
    """The statement over ``heads``, which are in their one order (``in_order``)."""
    tree = merkle.root(head.leaf() for head in heads).hex()
    return Statement(number, made_at.date(), made_at, len(heads), tree, previous)


def in_order(heads: Iterable[Head]) -> list[Head]:
    """The order of the tree: by type and id, compared as Python strings, whatever the database's collation."""
    return sorted(heads)


def heads_file(statement: Statement, seal: Seal, heads: Sequence[Head]) -> bytes:
    """The canonical JSON that stays with the portal."""
    return canonical({**_frame(statement, seal), "heads": [list(head) for head in heads]})


def public_file(statement: Statement, seal: Seal, heads: Sequence[Head]) -> bytes:
    """The canonical JSON that anybody may keep."""
    return canonical({**_frame(statement, seal), "leaves": [head.leaf().hex() for head in heads]})


def file_from(value: Any) -> RootFile:
    """Either file. Raises ValueError for anything that is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("root"), Mapping):
        raise ValueError("not a root file: no « root » in it")
    statement, seal = statement_from(value["root"]), seal_from(value)
    try:
        heads = tuple(Head(str(kind), str(key), int(seq), str(head)) for kind, key, seq, head in value.get("heads", ()))
        leaves = tuple(bytes.fromhex(leaf) for leaf in value.get("leaves", ()))
    except (TypeError, ValueError) as error:
        raise ValueError(f"not a root file: {error}") from None
    return RootFile(statement, str(value.get("hash")), seal, leaves or tuple(head.leaf() for head in heads), heads)


def _frame(statement: Statement, seal: Seal) -> dict[str, Any]:
    return {"root": statement.as_json(), "hash": statement.hash, **seal.as_json()}


def _base64(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()
