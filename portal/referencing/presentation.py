"""A dossier as its pages show it: chapters and proofs, open points, next step, buttons, life."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.audit.models import AuditEvent
from portal.referencing.domain import lifecycle
from portal.referencing.domain.decisions import DECISION_LABELS, OUTCOME_LABELS, Decision, Outcome
from portal.referencing.domain.lifecycle import REFERENCING
from portal.referencing.domain.requirements import Chapter, Requirement
from portal.referencing.models import PointRequest, Proof, ReferencingDossier
from portal.referencing.services.facts import Reading, dossier_facts
from portal.referencing.services.machine import REFERENCINGS, dossier_relation
from portal.workflow.execute import allowed_actions

TONES = {
    lifecycle.REFERENCED: "success",
    lifecycle.TO_COMPLETE: "warning",
    lifecycle.TO_CORRECT: "warning",
    lifecycle.SUSPENDED: "warning",
    lifecycle.REFUSED: "error",
    lifecycle.WITHDRAWN: "error",
    lifecycle.DRAFT: "neutral",
    lifecycle.ABANDONED: "neutral",
    lifecycle.LAPSED: "neutral",
    lifecycle.REPLACED: "neutral",
}
_BESIDE = {"deposit", "retract", "restore_version"}
"""Verbs offered beside what they are about, not among the buttons."""

_SAID_ELSEWHERE = {"edit", "deposit"}
"""Left out of the life of the dossier: the page shows the numbers and the files themselves."""

_HIDDEN_FROM_SUPPLIER = {"judge", "propose", "send_back"}
MAIN = (
    "accept_charter",
    "submit",
    "answer",
    "correct",
    "confirm_complete",
    "start_review",
    "reference",
    "refuse",
    "withdraw",
    "judge",
)
_OWNERS = {
    **dict.fromkeys(lifecycle.DEPOSITING, "Le fournisseur"),
    **dict.fromkeys((lifecycle.SUBMITTED, lifecycle.COMPLETE, lifecycle.UNDER_REVIEW), "L’administration"),
}
_CREATED = "Dossier ouvert"


def tone(dossier: ReferencingDossier) -> str:
    """The colour of its state."""
    return TONES.get(str(dossier.state), "info")


def row(dossier: ReferencingDossier) -> dict[str, Any]:
    """One line of a list of dossiers."""
    state = str(dossier.state)
    return {
        "dossier": dossier,
        "tone": tone(dossier),
        "owner": _OWNERS.get(state, "–"),
        "due_at": dossier.answer_due_at,
    }


def chapters(read: Reading) -> list[dict[str, Any]]:
    """Each chapter with what it expects, what is deposited, and how much is missing."""
    live = [proof for proof in read.proofs if proof.withdrawn_at is None]
    return [
        _chapter(chapter, read, [p for p in live if p.chapter == chapter.code])
        for chapter in read.listed.for_profiles(read.dossier.profiles)
    ]


def _chapter(chapter: Chapter, read: Reading, files: list[Proof]) -> dict[str, Any]:
    covered = {code for proof in files for code in proof.covers}
    required = [p.code for r in chapter.requirements if r.blocking for p in r.proofs]
    withdrawn = [p for p in read.proofs if p.chapter == chapter.code and p.withdrawn_at is not None]
    missing = [code for code in required if code not in covered]
    return {
        "chapter": chapter,
        "requirements": [requirement(r, read, files) for r in chapter.requirements],
        "files": files,
        "withdrawn": withdrawn,
        "missing": len(missing),
        "missing_label": f"{len(missing)} preuve{'s' if len(missing) > 1 else ''}",
        "required": len(required),
        "may_deposit": read.dossier.state in lifecycle.DEPOSITING,
    }


def requirement(of: Requirement, read: Reading, files: Iterable[Proof]) -> dict[str, Any]:
    """One requirement with its scenarios, the files that answer it, and its verdict."""
    verdict = read.last_verdicts.get(of.code)
    return {
        "requirement": of,
        "scenarios": [
            {
                "scenario": scenario,
                "proofs": [
                    {"proof": proof, "files": [file for file in files if proof.code in file.covers]}
                    for proof in scenario.proofs
                ],
            }
            for scenario in of.scenarios
        ],
        "verdict": verdict,
        "verdict_label": OUTCOME_LABELS[Outcome(verdict.outcome)] if verdict else "",
    }


def points(read: Reading) -> list[dict[str, Any]]:
    """What the supplier has to answer, and only that: each point with the comment that goes with it."""
    asked = read.open_request
    if asked is None:
        return []
    known = {r.code: r for r in read.listed.applicable(read.dossier.profiles)}
    chapter_of = {r.code: c.code for c in read.listed.chapters for r in c.requirements}
    verdicts = read.last_verdicts if asked.kind == PointRequest.CORRECTIONS else {}
    return [
        {
            "requirement": known[code],
            "comment": verdicts[code].comment if code in verdicts else "",
            "chapter": chapter_of[code],
        }
        for code in asked.points
        if code in known
    ]


def verdict_counts(read: Reading) -> dict[str, int]:
    """How many requirements are judged, and how."""
    outcomes = [verdict.outcome for verdict in read.last_verdicts.values()]
    total = len(read.listed.applicable(read.dossier.profiles))
    met, wrong = outcomes.count(Outcome.MET), outcomes.count(Outcome.TO_CORRECT)
    return {"total": total, "met": met, "to_correct": wrong, "left": total - met - wrong}


def proposal(read: Reading) -> dict[str, Any] | None:
    """The decision that waits, in words."""
    waiting = read.proposal
    return {"proposal": waiting, "label": DECISION_LABELS[Decision(waiting.decision)]} if waiting else None


_NEXT = {
    lifecycle.DRAFT: (
        "Préparez votre dossier",
        "Acceptez la charte, indiquez vos numéros, déposez les preuves de chaque chapitre.",
    ),
    lifecycle.SUBMITTED: ("L’administration vérifie que rien ne manque", "Vous serez prévenu de sa réponse."),
    lifecycle.TO_COMPLETE: ("Complétez votre dossier", "Déposez ce qui est demandé, puis renvoyez le dossier."),
    lifecycle.COMPLETE: ("Votre dossier est complet", "Son instruction va s’ouvrir."),
    lifecycle.UNDER_REVIEW: ("Votre dossier est en instruction", "Chaque exigence est examinée."),
    lifecycle.TO_CORRECT: ("Corrigez vos preuves", "Seuls les points ci-dessous restent ouverts."),
}


def next_step(read: Reading) -> dict[str, Any] | None:
    """What the supplier, or the administration, does next; nothing once it is decided."""
    found = _NEXT.get(str(read.dossier.state))
    if found is None:
        return None
    owner = _OWNERS[str(read.dossier.state)]
    mine = owner == "Le fournisseur"
    due: datetime | None = read.dossier.answer_due_at
    return {"title": found[0], "text": found[1], "owner": "Vous" if mine else owner, "mine": mine, "due_at": due}


def actions(read: Reading, actor: Actor) -> dict[str, Any]:
    """The buttons: only what would succeed now, the main one apart; and what is offered beside its object."""
    dossier = read.dossier
    open_to = allowed_actions(
        REFERENCINGS,
        dossier,
        actor,
        parties=dossier_relation(dossier, actor),
        facts=lambda: dossier_facts(dossier, actor, read.now, read),
    )
    verbs = {t.verb for t in open_to}
    if dossier.charter_at is not None:
        open_to = [t for t in open_to if t.verb != "accept_charter"]
    buttons = [
        {"verb": t.verb, "label": t.label, "url": reverse(f"referencing:{t.verb}", args=[dossier.pk])}
        for t in open_to
        if t.verb not in _BESIDE
    ]
    by_verb = {button["verb"]: button for button in buttons}
    main = next((by_verb[verb] for verb in MAIN if verb in by_verb), None)
    return {"main": main, "others": [b for b in buttons if b is not main], "verbs": verbs, "tone": tone(dossier)}


def events(of: Iterable[AuditEvent], *, for_supplier: bool) -> list[dict[str, Any]]:
    """The life of the dossier, newest first; each side reads what is its own of the other's work."""
    hidden = _SAID_ELSEWHERE | (_HIDDEN_FROM_SUPPLIER if for_supplier else set())
    shown = [event for event in of if event.verb not in hidden]
    return [_event(event, for_supplier) for event in reversed(shown)]


def _event(event: AuditEvent, for_supplier: bool) -> dict[str, Any]:
    title = _CREATED if event.verb == "create" else REFERENCING.transition(event.verb).done
    moved = event.to_state if event.to_state != event.from_state else ""
    role = Role(event.role)
    name = event.actor.full_name if event.actor else "Portail"
    who = "Administration" if for_supplier and role in ADMINISTRATION else name
    return {
        "at": event.at,
        "title": title,
        "actor": who if role is Role.SYSTEM else f"{who} ({role.label})",
        "detail": f"État : {REFERENCING.labels[moved]}" if moved else "",
        "document_url": "",
        "document_label": "",
    }
