"""The frozen value that a decision is about: one canonical JSON, one SHA-256, read back with nothing lost."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from homologation.domain.answers import Answer, Answers, Provenance, Status
from homologation.domain.evidence import Shown, ref_of
from homologation.domain.questions import Questionnaire
from homologation.domain.risks import RISKS, read_risk
from portal.common.canonical import sha256_of

SCHEMA = 1
WITH_EVIDENCE = 2
"""The form of a snapshot that lists pieces. One without any keeps the first form, and so its hash."""
WITH_SUPERVISION = 3
"""The form of one that refers to monthly reports or to the dossier before; without either, an earlier form is kept."""
SCHEMAS = (SCHEMA, WITH_EVIDENCE, WITH_SUPERVISION)


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


@dataclass(frozen=True)
class Referenced:
    """A monthly report that a dossier refers to: ``month`` « 2022-10 », its revision and the SHA-256 of its figures."""

    month: str
    revision: int
    input: str


@dataclass(frozen=True)
class Beside:
    """What stands beside the answers when they are submitted: the reports of twelve months, by month; the SHA-256 of
    the snapshot of the dossier that is renewed."""

    reports: tuple[Referenced, ...] = ()
    previous: str = ""


ALONE = Beside()


def snapshot_of(
    subject: Subject,
    questionnaire: Questionnaire,
    answers: Answers,
    evidence: Sequence[Shown] = (),
    beside: Beside = ALONE,
) -> dict[str, Any]:
    """Template version, every answer with its status and origin, the risk levels they give, the pieces, the reports
    and the snapshot before (compliance facts §1.8).

    No date of an act and no number of row or revision in it: the same answers with the same pieces always give the
    same hash.
    """
    kept = {key: answer for key, answer in answers.items() if answer.status is not Status.EMPTY}
    risks = kept[RISKS].value if RISKS in kept else None
    return {
        **_around(evidence, beside),
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


def _around(evidence: Sequence[Shown], beside: Beside) -> dict[str, Any]:
    """The form of the snapshot with what it holds beside the answers: the earliest form that can say it."""
    if beside == ALONE:
        pieces = {"evidence": [_piece(one) for one in evidence]} if evidence else {}
        return {"schema": WITH_EVIDENCE if evidence else SCHEMA, **pieces}
    return {
        "schema": WITH_SUPERVISION,
        "evidence": [_piece(one) for one in evidence],
        "supervision": [asdict(report) for report in beside.reports],
        "previous": beside.previous,
    }


def beside_of(snapshot: Mapping[str, Any]) -> Beside:
    """What a stored snapshot refers to; nothing for one of an earlier form."""
    reports = tuple(Referenced(**one) for one in snapshot.get("supervision", ()))
    return Beside(reports, str(snapshot.get("previous", "")))


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
    if snapshot.get("schema") not in SCHEMAS or digest != content.get("sha256"):
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
