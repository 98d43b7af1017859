"""Taking a dossier's answers out as JSON and back in: the same answers give the same hash."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db import transaction

from homologation.domain.answers import NOTHING, Answers, check_statement
from homologation.domain.decision import DossierFacts
from homologation.domain.questions import Questionnaire
from homologation.domain.snapshot import BadExport, answers_from, exported, read_export
from homologation.models import InsiDossier
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.write import write_answer
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal, Refused, refuse
from portal.workflow.execute import Act, lock, run

_SOURCE = re.compile(r"[0-9]{0,12}|[0-9a-f-]{36}")
"""The key of a pack or of a dossier, or nothing."""


def export_dossier(dossier: InsiDossier) -> dict[str, Any]:
    """What was submitted, or the answers as they stand while they are filled in."""
    snapshot = dossier.snapshot or Reading(dossier, clock.business_now()).snapshot
    return exported(snapshot)


@transaction.atomic
def import_answers(*, dossier_id: UUID, actor: Actor, content: Any) -> tuple[str, ...]:
    """Take the answers of an export into a dossier that is filled in, each with its origin; the keys written.

    Only of the same pharmacy and the same questions. Each revision names the export it was read from, and who did it.
    Raises ``Refused``.
    """
    try:
        snapshot = read_export(content)
        answers = answers_from(snapshot)
    except BadExport as error:
        raise refuse("bad_export", str(error), "file") from error
    dossier = lock(HOMOLOGATIONS, dossier_id)
    reading = Reading(dossier, clock.business_now())
    for name, words in (
        ("pharmacy", "d’une autre pharmacie"),
        ("questionnaire", "d’une autre version du questionnaire"),
    ):
        if snapshot[name] != reading.snapshot[name]:
            raise refuse("other_subject", f"Cet export est celui {words} : il ne peut pas être repris ici.", "file")
    if refusals := _check(reading.form, answers):
        raise Refused(refusals)
    changed = {k: a for k, a in answers.items() if not _equal(a, reading.answers.get(k, NOTHING))}
    if not changed:
        return ()
    reading.require_mandate(actor, changed)
    digest = sha256_of(snapshot)
    act: Act[DossierFacts] = Act("answer", data={"keys": sorted(changed), "export": digest})
    dossier = run(HOMOLOGATIONS, dossier_id, actor, act)
    for key, said in changed.items():
        write_answer(dossier, key, said, actor, imported=digest)
    return tuple(changed)


def _check(form: Questionnaire, answers: Answers) -> list[Refusal]:
    refusals: list[Refusal] = []
    for key, answer in answers.items():
        question = form.by_key.get(key)
        if question is None:
            refusals.append(Refusal("unknown_question", f"La question {key} n’existe pas.", "file"))
        else:
            refusals += check_statement(question, answer.status, answer.value, answer.reason)
            refusals += _check_source(key, answer.source)
    return refusals


def _check_source(key: str, source: str) -> list[Refusal]:
    """A source is the key of a pack or of a dossier, as the portal wrote it in the export."""
    if check_free_text(source) or not _SOURCE.fullmatch(source):
        words = (
            f"L’origine de la réponse {key} n’est pas celle d’un export : attendu, l’identifiant écrit par le portail."
        )
        return [Refusal("bad_source", f"{words} Exportez le dossier de nouveau.", "file")]
    return []


def _equal(one: Any, other: Any) -> bool:
    names = ("value", "status", "reason", "provenance", "source")
    return all(getattr(one, name) == getattr(other, name) for name in names)
