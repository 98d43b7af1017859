"""A dossier as plain JSON in the order in which an inspector reads it (compliance facts §4), for every export."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from homologation.domain.consent import consent_text
from homologation.domain.questions import Questionnaire
from homologation.domain.risk_map import risk_map
from homologation.domain.risks import RISKS, read_risk
from homologation.domain.statement import Decided, seal_of, statement
from homologation.dossier import annexes, supervision
from homologation.dossier.answers import sections_of
from homologation.dossier.pieces import pieces_of
from homologation.models import DecisionReserve, InsiDossier, TitulaireAgreement
from homologation.presentation import finding_lines, in_words, raise_lines, section_lines
from homologation.services.facts import Reading
from homologation.services.feedback import raises_of
from homologation.services.machine import HOMOLOGATIONS
from portal.accounts.domain.roles import Role
from portal.accounts.models import StepUp
from portal.common.canonical import sha256_of
from portal.documents.domain.blocks import day, instant
from portal.documents.domain.methods import PSC, PSC_DEMO, method_label
from portal.registry.domain.referencing import STATUS_LABELS, status_at
from portal.registry.selectors import history, referencing_number

SCHEMA = "insi-dossier/2"


def content_of(dossier: InsiDossier, now: datetime) -> dict[str, Any]:
    """Everything that the dossier says at ``now`` (business time), without the frame of a document."""
    reading = Reading(dossier, now)
    answers = dossier.snapshot or reading.snapshot
    reports = supervision.reports_of(dossier, now)
    listed = pieces_of(dossier, reports, reading.evidence)
    return {
        "schema": SCHEMA,
        "pharmacy": _place(dossier),
        "dossier": {**_identity(dossier), **_software(dossier, now), "answers_sha256": sha256_of(answers)},
        "decision": _decision(dossier),
        "synthesis": _synthesis(reading),
        "sections": sections_of(reading, annexes.by_key(listed)),
        "risks": {**_risks(reading), "raises": raise_lines(reading.form, raises_of(dossier, reading))},
        "people": annexes.people_of(dossier, reading),
        "supervision": supervision.supervision_of(dossier, reports, now),
        "breaches": supervision.breaches_of(dossier, now),
        "changes": annexes.changes_of(dossier, reading),
        "pieces": listed,
        "journal": annexes.journal_of(dossier),
        "sources": _sources(reading),
        "answers": answers,
    }


def _place(dossier: InsiDossier) -> dict[str, str]:
    place = dossier.pharmacy
    town = f"{place.postal_code} {place.city}".strip()
    address = ", ".join(part for part in (place.address, town) if part)
    return {"name": place.name, "finess": place.finess, "address": address}


def _identity(dossier: InsiDossier) -> dict[str, Any]:
    questionnaire = dossier.questionnaire
    return {
        "id": str(dossier.pk),
        "number": dossier.number,
        "programme": dossier.programme_id,
        "state": str(dossier.state),
        "state_label": _state_label(dossier),
        "questionnaire": {
            "code": questionnaire.code,
            "version": questionnaire.version,
            "title": questionnaire.title,
            "sha256": questionnaire.sha256,
        },
        "opened_at": instant(dossier.opened_at),
        "opened_by": dossier.opened_by.full_name,
        "submitted_at": instant(dossier.submitted_at),
        "submitted_by": dossier.submitted_by.full_name if dossier.submitted_by else "",
        "ended_at": instant(dossier.ended_at),
        "end_reason": dossier.end_reason,
    }


def _state_label(dossier: InsiDossier) -> str:
    label = HOMOLOGATIONS.lifecycle.labels[str(dossier.state)]
    reserved = dossier.state == "approved" and dossier.reserves.exists()
    return f"{label} avec réserves" if reserved else label


def _software(dossier: InsiDossier, now: datetime) -> dict[str, str]:
    """The LGO with its number of référencement and the status known at ``now``; empty where no order names one."""
    version = dossier.software_version_id
    if version is None:
        return {"software": "", "referencing_number": "", "referencing_status": ""}
    status = status_at(history(dossier.programme_id, version), now, now)
    return {
        "software": str(dossier.software_version),
        "referencing_number": referencing_number(dossier.programme_id, version),
        "referencing_status": STATUS_LABELS[status],
    }


def _decision(dossier: InsiDossier) -> dict[str, Any] | None:
    """Who decided what, and the lines from which the seal of the decision is recomputed; None before any decision."""
    decider, valid_from, valid_until = dossier.decided_by, dossier.valid_from, dossier.valid_until
    if dossier.decided_at is None or decider is None or valid_from is None or valid_until is None:
        return None
    rows = DecisionReserve.objects.filter(dossier=dossier).order_by("position")
    reserves = [[one.text, one.owner, one.due_on.isoformat()] for one in rows]
    decided = Decided(
        dossier=str(dossier.pk),
        finess=dossier.pharmacy.finess,
        snapshot_sha256=dossier.snapshot_sha256,
        signer=" ".join(decider.full_name.split()),
        role=Role.TITULAIRE.value,
        consent=dossier.consent,
        consent_text=consent_text(),
        valid_from=valid_from,
        valid_until=valid_until,
        reserves=reserves,
        decided_at=dossier.decided_at,
    )
    lines = statement(decided)
    return {
        "signed_at": instant(dossier.decided_at),
        "signer": decided.signer,
        "role": Role.TITULAIRE.label,
        "method": _method(dossier.step_up),
        "others": _others(dossier),
        "months": dossier.months,
        "valid_from": day(valid_from),
        "valid_until": day(valid_until),
        "consent": dossier.consent,
        "consent_text": decided.consent_text,
        "reserves": [{"text": text, "owner": owner, "due_on": due} for text, owner, due in reserves],
        "statement": lines,
        "seal": seal_of(lines),
    }


def _others(dossier: InsiDossier) -> list[dict[str, str]]:
    """The titulaires who agreed before the last one, to the same answers and terms; none where one alone decides."""
    given = TitulaireAgreement.objects.filter(dossier=dossier, voided_at=None).exclude(by=dossier.decided_by)
    return [
        {"signer": " ".join(one.by.full_name.split()), "signed_at": instant(one.at), "method": _method(one.step_up)}
        for one in given.select_related("by", "step_up").order_by("pk")
    ]


def _method(step_up: StepUp | None) -> str:
    return method_label(PSC_DEMO if step_up and step_up.demo else PSC)


def _synthesis(reading: Reading) -> dict[str, Any]:
    form, assessment = reading.form, reading.assessment
    return {
        "sections": [
            {
                "number": line.section.number,
                "title": line.section.title,
                "state": line.state[0],
                "answered": f"{line.entry.done} sur {line.entry.total}",
                "confirmed": f"{line.validation.done} sur {line.validation.total}",
            }
            for line in section_lines(form, reading.answers, assessment)
        ],
        **{
            name: [
                {"rule": line.finding.rule, "label": line.label, "message": line.finding.message, "owner": line.owner}
                for line in finding_lines(form, found)
            ]
            for name, found in (("blockers", assessment.blockers), ("warnings", assessment.warnings))
        },
    }


def _risks(reading: Reading) -> dict[str, Any]:
    form = reading.form
    matrix, rows = form.matrix, (reading.answers[RISKS].value or ()) if RISKS in reading.answers else ()
    words = form.by_key[RISKS].named_columns["gravite"].choices
    maps = {
        name: [
            {
                "gravity": words[line[0].gravity],
                "cells": [
                    {"level": matrix.levels[cell.level], "risks": ", ".join(f"R{number}" for number in cell.risks)}
                    for cell in line
                ],
            }
            for line in risk_map(matrix, rows, after=after)
        ]
        for name, after in (("before", False), ("after", True))
    }
    return {
        "rows": [_risk(form, number, row) for number, row in enumerate(rows, 1)],
        "scale": [words[word] for word in matrix.scale],
        **maps,
        "source": matrix.source,
        "confirmed": matrix.confidence == "C",
    }


def _risk(form: Questionnaire, number: int, row: Mapping[str, Any]) -> dict[str, str]:
    """One risk with who takes its measures and until when; words, the empty string where nothing is said."""
    risk, levels, columns = read_risk(form.matrix, row), form.matrix.levels, form.by_key[RISKS].named_columns
    told = {
        name: in_words(columns[key], row[key]) if row.get(key) else ""
        for name, key in (("owner", "responsable"), ("due", "echeance"), ("state", "etat"), ("treatment", "traitement"))
    }
    return {
        "ref": f"R{number}",
        "label": risk.label,
        "gross": levels.get(risk.gross or "", "non calculable"),
        "residual": levels.get(risk.residual or "", ""),
        "measures": risk.measures,
        "accepted": risk.accepted,
        **told,
    }


def _sources(reading: Reading) -> list[str]:
    """What the questions and the matrix rest on."""
    form = reading.form
    laws = sorted({question.legal_ref for question in form if question.legal_ref})
    return [form.source, form.matrix.source, *laws]
