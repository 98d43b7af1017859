"""The frozen value that a decision is about: one canonical JSON, one SHA-256, read back with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homologation.domain.answers import Answer, Answers, Provenance, Status
from homologation.domain.evidence import Shown, ref_of
from homologation.domain.questions import Questionnaire
from homologation.domain.risks import RISKS, read_risk
from portal.common.canonical import sha256_of

SCHEMA = 1
WITH_EVIDENCE = 2
"""The form of a snapshot that lists pieces. One without any keeps the first form, and so its hash."""


class BadExport(ValueError):
    """An export that cannot be read back; the message says why, in French."""


@dataclass(frozen=True)
class Subject:
    """Whom and what a dossier is about. ``questionnaire_sha256`` locks the words of the questions."""

    finess: str
    programme: str
    software: str
    questionnaire_code: str
    questionnaire_version: str
    questionnaire_sha256: str


def snapshot_of(
    subject: Subject, questionnaire: Questionnaire, answers: Answers, evidence: Sequence[Shown] = ()
) -> dict[str, Any]:
    """Template version, every answer with its status and origin, the risk levels they give, and the pieces.

    No date of an act and no number of row or revision in it: the same answers with the same pieces always give the
    same hash.
    """
    kept = {key: answer for key, answer in answers.items() if answer.status is not Status.EMPTY}
    risks = kept[RISKS].value if RISKS in kept else None
    told = {"schema": WITH_EVIDENCE, "evidence": [_piece(one) for one in evidence]} if evidence else {"schema": SCHEMA}
    return {
        **told,
        "pharmacy": subject.finess,
        "programme": subject.programme,
        "software": subject.software,
        "questionnaire": {
            "code": subject.questionnaire_code,
            "version": subject.questionnaire_version,
            "sha256": subject.questionnaire_sha256,
        },
        "matrix": questionnaire.matrix.version,
        "answers": {key: _answer(answer) for key, answer in kept.items()},
        "risk_levels": {risk.row: risk.final for risk in (read_risk(questionnaire.matrix, row) for row in risks or ())},
    }


def _piece(one: Shown) -> dict[str, Any]:
    return {
        "ref": ref_of(one.number),
        "question": one.question,
        "row": one.row,
        "title": one.title,
        "sha256": one.sha256,
        "valid_until": one.valid_until.isoformat() if one.valid_until else "",
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "value": answer.value,
        "status": answer.status.value,
        "reason": answer.reason,
        "provenance": answer.provenance.value,
        "source": answer.source,
    }


def exported(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The file given to the pharmacist: the snapshot and its hash."""
    return {"snapshot": dict(snapshot), "sha256": sha256_of(snapshot)}


def read_export(content: Any) -> dict[str, Any]:
    """The snapshot of an export, its hash checked. Raises ``BadExport``."""
    if not isinstance(content, dict) or not isinstance(content.get("snapshot"), dict):
        raise BadExport("Ce fichier n’est pas un export de dossier INSi : choisissez le fichier .json téléchargé ici.")
    snapshot: dict[str, Any] = content["snapshot"]
    try:
        digest = sha256_of(snapshot)
    except TypeError as error:
        raise BadExport("Ce fichier contient une valeur qui ne vient pas d’un export.") from error
    if "\\u0000" in json.dumps(snapshot):  # the database keeps no NUL
        raise BadExport("Ce fichier contient un caractère qui ne vient pas d’un export.")
    if snapshot.get("schema") not in (SCHEMA, WITH_EVIDENCE) or digest != content.get("sha256"):
        raise BadExport("Ce fichier a été modifié depuis son export : il n’est pas repris. Exportez-le de nouveau.")
    return snapshot


def answers_from(snapshot: Mapping[str, Any]) -> dict[str, Answer]:
    """The answers of a snapshot as values. Raises ``BadExport`` for a malformed one."""
    try:
        return {
            str(key): Answer(
                value=said["value"],
                status=Status(said["status"]),
                reason=str(said["reason"]),
                provenance=Provenance(said["provenance"]),
                source=str(said["source"]),
            )
            for key, said in snapshot["answers"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadExport("Une réponse de ce fichier n’est pas lisible.") from error
