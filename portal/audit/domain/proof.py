"""That one event stood in the journal when a root was published: shown from the proof alone, without the portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.audit.domain.anchors import Head, Seal, Statement, seal_from, statement_from
from portal.common import merkle
from portal.common.canonical import sha256_of

FORMAT = "proof1"


@dataclass(frozen=True)
class Proof:
    """The way from an event to a published root.

    ``events``: what the hashes cover, from the event proved to the head of its chain, oldest first. ``index``: the
    head's leaf among the ``statement.count`` of the tree; ``path``: the hashes beside its way up.
    """

    events: tuple[Mapping[str, Any], ...]
    index: int
    path: tuple[bytes, ...]
    statement: Statement
    seal: Seal

    @property
    def event_hash(self) -> str:
        """The hash of the event proved, as the journal shows it."""
        return sha256_of(self.events[0])

    def as_json(self) -> dict[str, Any]:
        """The proof as plain JSON, for an evidence file."""
        return {
            "format": FORMAT,
            "events": [dict(event) for event in self.events],
            "index": self.index,
            "path": [step.hex() for step in self.path],
            "root": self.statement.as_json(),
            "hash": self.statement.hash,
            **self.seal.as_json(),
        }


def proof_from(value: Any) -> Proof:
    """A proof read back from its JSON. Raises ValueError for anything that is none."""
    try:
        if value["format"] != FORMAT or not value["events"]:
            raise ValueError("another format, or no event")
        events, path = tuple(dict(event) for event in value["events"]), tuple(map(bytes.fromhex, value["path"]))
        proof = Proof(events, int(value["index"]), path, statement_from(value["root"]), seal_from(value))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not an audit proof: {error}") from None
    if value.get("hash") != proof.statement.hash:
        raise ValueError("not an audit proof: the root hash written in it is not that of its root")
    return proof


def verify_proof(proof: Proof, *, event_hash: str = "", root_hash: str = "") -> list[str]:
    """What does not hold, in French; empty when the event stood in the journal at ``statement.made_at``.

    A proof proves itself only against what is known otherwise: ``event_hash``, the event that it should be about;
    ``root_hash``, the root as published (public page, footer of a mail). Neither is checked when it is empty.
    """
    problems = []
    if event_hash and proof.event_hash != event_hash:
        problems.append("la preuve porte sur un autre événement")
    if root_hash and proof.statement.hash != root_hash:
        problems.append("la preuve mène à une autre racine que celle publiée")
    try:
        head = _walk(proof.events)
    except (KeyError, TypeError):
        return [*problems, "un événement de la preuve n’a pas la forme de ceux du journal"]
    except ValueError as error:
        return [*problems, str(error)]
    if not merkle.verify_inclusion(
        head.leaf(), proof.index, proof.statement.count, proof.path, bytes.fromhex(proof.statement.tree)
    ):
        problems.append("la tête de chaîne ne figure pas dans l’arbre de la racine")
    return problems


def _walk(events: Sequence[Mapping[str, Any]]) -> Head:
    """The head at which the events end. Raises ValueError where one does not follow the other."""
    before: tuple[Any, int, str] | None = None
    for event in events:
        here = (list(event["object"])[:2], int(event["seq"]), sha256_of(event))
        if before is not None and (here[0], here[1], event["prev_hash"]) != (before[0], before[1] + 1, before[2]):
            raise ValueError(f"l’événement n° {here[1]} ne suit pas l’événement n° {before[1]} de la même chaîne")
        before = here
    if before is None:
        raise ValueError("la preuve ne porte sur aucun événement")
    (kind, key), seq, head = before
    return Head(str(kind), str(key), seq, head)
