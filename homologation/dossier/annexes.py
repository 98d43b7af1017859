"""The annexes of a dossier: people and certificates, pieces with their hashes, changes since the last one, journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from homologation.catalogue import checklist
from homologation.domain.answers import values_of
from homologation.domain.diff import ADDED, REMOVED, Change, differences, risk_moves
from homologation.domain.questions import ROW, TABLE, Question, Questionnaire
from homologation.domain.risks import RISKS
from homologation.domain.snapshot import answers_from
from homologation.dossier.answers import who_said
from homologation.evidence_files import name_of
from homologation.models import AnswerRevision, EvidenceRevision, InsiDossier, StepEvent
from homologation.presentation import in_words, lines, short
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.documents.domain.blocks import day, instant
from portal.documents.domain.incoming import PDF
from portal.documents.models import Document
from portal.documents.responses import file_name
from portal.ui import formats

REVIEWS, CERTIFICATE, EXPIRY = "s2.2.derniere_revue", "s2.1.certificat", "s2.1.certificat_expiration"
_KINDS = {ADDED: "Ajouté", REMOVED: "Retiré"}
_MOVES = {"up": "↑ plus élevé", "down": "↓ moins élevé", "level": "→ inchangé"}
_GROUPED = ("answer", "confirm", "prefill")
"""Acts told together where they follow each other: a page saves by itself every few seconds."""


def people_of(dossier: InsiDossier, reading: Reading) -> dict[str, Any]:
    """Each review of rights that this dossier or an earlier one told, and the certificates known, with no key."""
    told = AnswerRevision.objects.filter(
        dossier__pharmacy=dossier.pharmacy_id, dossier__number__lte=dossier.number, key=REVIEWS, value__isnull=False
    ).exclude(status="proposed")
    reviews: dict[str, AnswerRevision] = {}
    for one in told.select_related("said_by").order_by("said_at", "pk"):
        reviews.setdefault(str(one.value), one)
    values = values_of(reading.answers)
    named, expires = values.get(CERTIFICATE), values.get(EXPIRY, "")
    certificates = [{"what": "Certificat logiciel (partie 2.1)", "reference": named, "expires": expires}]
    return {
        "reviews": [
            {"day": on, "by": who_said(one), "told": instant(one.said_at)} for on, one in sorted(reviews.items())
        ],
        "certificates": (certificates if named else []) + _watched(dossier),
    }


def _watched(dossier: InsiDossier) -> list[dict[str, str]]:
    steps = {step.key: step for step in checklist(dossier.programme_id).steps if step.watched}
    events = StepEvent.objects.filter(pharmacy=dossier.pharmacy_id, step__in=list(steps))
    held = events.order_by("step", "-number").distinct("step")
    return [
        {"what": steps[one.step].title, "reference": one.owner, "expires": day(one.expires_on)}
        for one in held
        if one.expires_on
    ]


def pieces(documents: Iterable[tuple[Document, list[str]]]) -> list[dict[str, Any]]:
    """The sealed documents that back the dossier, each with its number, the questions that it backs and its hash."""
    return [
        {
            "ref": f"P{number}",
            "id": str(document.pk),
            "title": f"{document.title} {document.number}",
            "date": instant(document.requested_at),
            "sha256": document.sha256 or "",
            "size": document.size or 0,
            "file": file_name(document),
            "media_type": PDF,
            "valid_until": "",
            "keys": keys,
        }
        for number, (document, keys) in enumerate(documents, 1)
    ]


def joined(files: Iterable[EvidenceRevision]) -> list[dict[str, Any]]:
    """The pieces that the pharmacy joined, under their own numbers; ``date``: when the file was deposited."""
    return [
        {
            "ref": one.evidence.ref,
            "id": str(one.evidence_id),
            "title": one.title,
            "date": instant(one.at),
            "sha256": one.sha256,
            "size": one.size,
            "file": name_of(one),
            "media_type": one.media_type,
            "valid_until": one.valid_until.isoformat() if one.valid_until else "",
            "keys": [one.evidence.question],
        }
        for one in files
    ]


def by_key(listed: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The numbers of the pieces, by the question that they back."""
    found: dict[str, list[str]] = {}
    for piece in listed:
        for key in piece["keys"]:
            found.setdefault(key, []).append(piece["ref"])
    return found


def changes_of(dossier: InsiDossier, reading: Reading) -> dict[str, Any]:
    """What changed since the dossier that this one renews; ``previous`` 0 for a first one."""
    before = dossier.previous
    if before is None or before.snapshot is None:
        return {"previous": 0, "lines": [], "moves": []}
    old, new = values_of(answers_from(before.snapshot)), values_of(reading.answers)
    form = reading.form
    rows = {row["row"]: str(row.get("risque") or "") for row in new.get(RISKS) or ()}
    return {
        "previous": before.number,
        "lines": [_change(form, one, _line(one, old, new)) for one in differences(form, old, new)],
        "moves": [
            {"risk": rows.get(name, name), "move": _MOVES[way]} for name, way in risk_moves(form, old, new).items()
        ],
    }


def _line(change: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The place of a row in its table, as it is now or, once removed, as it was; empty outside a table."""
    if not change.row:
        return ""
    rows = (old if change.kind == REMOVED and not change.column else new)[change.key]
    return f" – ligne {next(n for n, row in enumerate(rows, 1) if row[ROW] == change.row)}"


def _change(form: Questionnaire, change: Change, line: str) -> dict[str, str]:
    question = form.by_key.get(change.key)
    if question is None:
        return _told(change, change.key, str(change.before or "–"), str(change.after or "–"))
    column = question.named_columns.get(change.column)
    if column is not None:
        words = in_words(column, change.before), in_words(column, change.after)
        return _told(change, f"{short(question)} – {column.label}{line}", *words)
    return _told(change, f"{short(question)}{line}", _whole(question, change.before), _whole(question, change.after))


def _told(change: Change, label: str, before: str, after: str) -> dict[str, str]:
    kind = _KINDS.get(change.kind, "Modifié")
    return {"key": change.key, "kind": kind, "label": label, "before": before, "after": after}


def _whole(question: Question, value: Any) -> str:
    if value is None:
        return "–"
    return "\n".join(lines(question, [value] if question.type == TABLE and isinstance(value, dict) else value))


def journal_of(dossier: InsiDossier) -> dict[str, Any]:
    """Every act, those that only fill in told together; ``head``: hash of the last one, which holds all before it."""
    events = AuditEvent.objects.filter(object_type=InsiDossier._meta.db_table, object_id=str(dossier.pk))
    told: list[dict[str, Any]] = []
    found = list(events.select_related("actor").order_by("seq"))
    for event in found:
        line = _act(event)
        last = told[-1] if told else None
        if last and event.verb in _GROUPED and all(last[n] == line[n] for n in ("verb", "who", "day")):
            last["count"], last["until"] = last["count"] + 1, line["at"]
        else:
            told.append(line)
    return {"lines": told, "count": len(found), "head": found[-1].hash if found else ""}


def _act(event: AuditEvent) -> dict[str, Any]:
    labels = HOMOLOGATIONS.lifecycle.labels
    at = instant(event.at)
    title = "Dossier ouvert" if event.verb == "create" else HOMOLOGATIONS.lifecycle.transition(event.verb).done
    name = event.actor.full_name if event.actor else "Portail"
    return {
        "verb": event.verb,
        "title": title,
        "who": f"{name} ({Role(event.role).label})" if event.actor else name,
        "day": formats.day(event.at),
        "at": at,
        "until": at,
        "count": 1,
        "state": labels.get(event.to_state, "") if event.to_state != event.from_state else "",
    }
