"""Pieces joined to dossiers, and the files that they are made of."""

from __future__ import annotations

import hashlib
from datetime import date

from homologation.models import InsiEvidence
from homologation.services.evidence import Given, join_to_answer
from portal.accounts.actors import Actor
from portal.documents.domain.incoming import PDF, Incoming
from tests.factories.insi import Case

QUESTION = "s2.2.mesures"


def incoming(text: str = "procédure", label: str = "procedure.pdf") -> Incoming:
    """A file that came through the door."""
    content = b"%PDF-1.4 " + text.encode()
    return Incoming(content, PDF, label, hashlib.sha256(content).hexdigest())


def given(title: str = "Procédure de revue", text: str = "procédure", valid_until: date | None = None) -> Given:
    """What is deposited."""
    return Given(title, incoming(text), valid_until)


def joined(
    one: Case, said: Given | None = None, *, key: str = QUESTION, row: str = "", by: Actor | None = None
) -> InsiEvidence:
    """A piece joined to a question of a dossier, by its adjoint unless told otherwise."""
    return join_to_answer(dossier_id=one.pk, actor=by or one.adjoint, key=key, row=row, given=said or given())
