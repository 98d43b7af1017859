"""People answer, confirm what is proposed, say that they do not know or that a question is void."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from homologation.domain.answers import NOTHING, Provenance, Status, check_statement, is_complete, is_filled
from homologation.domain.answers import Answer as Said
from homologation.domain.questions import Question
from homologation.models import AnswerRevision, InsiDossier
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.write import write_answer
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, Refused, refuse
from portal.workflow.execute import Act, lock, run

STALE = "stale_answer"


@dataclass(frozen=True)
class Statement:
    """What a person says of one question, over the ``seen`` version of its answer (0: none yet).

    ``keep``: they saw somebody else's answer of this version and keep their own.
    """

    key: str
    status: Status
    value: Any = None
    reason: str = ""
    seen: int = 0
    keep: int | None = None


@dataclass(frozen=True)
class Saved:
    """What became of a save: keys ``written``, ``refusals`` of the others (``stale_answer``: somebody answered)."""

    written: tuple[str, ...]
    refusals: tuple[Refusal, ...]


@transaction.atomic
def save_answers(*, dossier_id: UUID, actor: Actor, statements: Sequence[Statement]) -> Saved:
    """Write what changed and may be kept; the rest is said back, so that a page never loses anything typed.

    Raises ``Refused`` where the person may not answer this dossier, or a part that what changed belongs to.
    """
    dossier = lock(HOMOLOGATIONS, dossier_id)
    reading = Reading(dossier, clock.business_now())
    wanted: list[tuple[str, Said]] = []
    refusals: list[Refusal] = []
    touched: list[str] = []
    for statement in statements:
        said, found = _judge(reading, statement, actor.user_id)
        refusals += found
        if said is not None or found:
            touched.append(statement.key)
        if said is not None and not found:
            wanted.append((statement.key, said))
    reading.require_mandate(actor, touched)
    if wanted:
        keys = [key for key, _ in wanted]
        dossier = run(HOMOLOGATIONS, dossier_id, actor, Act("answer", data={"keys": keys}))
        for key, said in wanted:
            write_answer(dossier, key, said, actor)
    return Saved(tuple(key for key, _ in wanted), tuple(refusals))


def _judge(reading: Reading, statement: Statement, user: int | None) -> tuple[Said | None, list[Refusal]]:
    """What to write, or None where nothing changes; and why it may not be written.

    A person's own later answer (a save that the page did not wait for) is no conflict: every revision is kept.
    """
    question = reading.form.by_key.get(statement.key)
    if question is None:
        return None, [Refusal("unknown_question", "Cette question n’existe pas dans ce questionnaire.", statement.key)]
    current = reading.answers.get(statement.key, NOTHING)
    said = _as_said(question, statement)
    if _same(said, current) or _untouched(reading.dossier, statement, said, current):
        return None, []
    if refusals := check_statement(question, said.status, said.value, said.reason):
        return None, refusals
    if current.version not in (statement.seen, statement.keep) and not reading.is_by(statement.key, user):
        return None, [
            Refusal(
                STALE,
                "Une autre personne vient de répondre à cette question. Choisissez la réponse à garder.",
                statement.key,
            )
        ]
    return said, []


def _as_said(question: Question, statement: Statement) -> Said:
    """An empty value is no answer; a value that the person typed is theirs, wherever it came from before."""
    if statement.status in (Status.VOID, Status.UNKNOWN):
        return Said(None, statement.status, statement.reason.strip())
    if not is_filled(question, statement.value):
        return Said(None, Status.EMPTY)
    return Said(statement.value, Status.MODIFIED)


def _same(said: Said, current: Said) -> bool:
    """Whether nothing changes: sending a proposal back untouched does not confirm it."""
    if said.status in (Status.VOID, Status.UNKNOWN) or current.status in (Status.VOID, Status.UNKNOWN):
        return (said.status, said.reason) == (current.status, current.reason)
    return bool(said.value == current.value)


def _untouched(dossier: InsiDossier, statement: Statement, said: Said, current: Said) -> bool:
    """Whether the page sends back what it had shown, while somebody else answered."""
    if statement.keep is not None or current.version == statement.seen:
        return False
    if statement.seen == 0:
        return said.status is Status.EMPTY
    shown = AnswerRevision.objects.filter(dossier=dossier, key=statement.key, number=statement.seen).first()
    return shown is not None and _same(said, shown.said)


@transaction.atomic
def confirm_answers(*, dossier_id: UUID, actor: Actor, keys: Collection[str]) -> tuple[str, ...]:
    """Confirm the proposals among these questions, each in its own revision; the keys confirmed.

    Raises ``Refused`` where nothing is to be confirmed, or a proposal is not complete.
    """
    dossier = lock(HOMOLOGATIONS, dossier_id)
    reading = Reading(dossier, clock.business_now())
    reading.require_mandate(actor, keys)
    waiting = {k: a for k, a in reading.answers.items() if k in keys and a.status is Status.PROPOSED}
    if not waiting:
        raise refuse("nothing_proposed", "Aucune réponse proposée n’est à confirmer ici.")
    partial = [key for key, answer in waiting.items() if not is_complete(reading.form.by_key[key], answer.value)]
    if partial:
        words = "Cette proposition n’est pas complète : complétez-la, puis enregistrez."
        raise Refused([Refusal("incomplete", words, key) for key in partial])
    dossier = run(HOMOLOGATIONS, dossier_id, actor, Act("confirm", data={"keys": sorted(waiting)}))
    for key, answer in waiting.items():
        kept = Said(answer.value, Status.CONFIRMED, "", answer.provenance, answer.source)
        write_answer(dossier, key, kept, actor)
    return tuple(waiting)


@transaction.atomic
def take_proposal(*, dossier_id: UUID, actor: Actor, key: str, value: Any, source: str) -> None:
    """Take what the editor now proposes in the place of one's own answer; the caller has checked the mandates.

    Raises ``Refused``.
    """
    dossier = run(HOMOLOGATIONS, dossier_id, actor, Act("confirm", data={"keys": [key]}))
    write_answer(dossier, key, Said(value, Status.CONFIRMED, "", Provenance.EDITOR_PACK, source), actor)
