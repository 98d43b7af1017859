"""What is known of the world that a decision was about: read here, judged by ``homologation.domain.reviews``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from homologation.catalogue import checklist, reviews
from homologation.domain.answers import values_of
from homologation.domain.breach_lifecycle import CLOSED, KNOWN
from homologation.domain.lifecycle import OPEN
from homologation.domain.reviews import DecisionFacts, Named, new_applications, without_rows
from homologation.domain.snapshot import answers_from
from homologation.domain.steps import DONE
from homologation.models import (
    Answer,
    Breach,
    InsiDossier,
    PrefillPack,
    QuestionnaireVersion,
    StepEvent,
    SupervisionCase,
)
from orders.models import Installation
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date
from portal.registry.selectors import status_board

CERTIFICATE, SOFTWARE = "s2.1.certificat_expiration", "s1.logiciels"
_IN_SERVICE = ("installed", "validated")


def decision_facts(dossier: InsiDossier, decided_at: datetime, now: datetime) -> DecisionFacts:
    """The facts about an approved dossier, of which ``decided_at`` is the decision."""
    software = dossier.software_version
    exposed, closed = _breaches(dossier, decided_at)
    return DecisionFacts(
        decided_at=decided_at,
        today=paris_date(now),
        software=Named(str(software.pk), str(software)) if software else None,
        in_service=_in_service(dossier),
        standing=_standing(dossier, now),
        certificates=_certificates(dossier),
        exposed=exposed,
        titulaires_then=_titulaires(dossier, decided_at),
        titulaires_now=_titulaires(dossier, now),
        breaches=closed,
        alerts=_alerts(dossier),
        form=_form(dossier),
        pack=_pack(dossier, decided_at),
        applications=_applications(dossier, decided_at),
    )


def _in_service(dossier: InsiDossier) -> Named | None:
    """The version installed last at the pharmacy, for the programme."""
    installed = Installation.objects.filter(
        order__pharmacy=dossier.pharmacy_id, order__programme=dossier.programme_id, state__in=_IN_SERVICE
    ).select_related("order__software_version__software")
    last = installed.order_by("-installed_at", "pk").first()
    if last is None:
        return None
    version = last.order.software_version
    return Named(str(version.pk), str(version), last.installed_at)


def _standing(dossier: InsiDossier, now: datetime) -> Named | None:
    if dossier.software_version_id is None:
        return None
    board = status_board(dossier.programme_id, dossier.software_version_id, now)
    return Named(board.status.value, board.label, board.since)


def _certificates(dossier: InsiDossier) -> frozenset[date]:
    """Until when the certificates hold: as the dossier said it, and as the steps of compliance say it since."""
    said = ((dossier.snapshot or {}).get("answers") or {}).get(CERTIFICATE) or {}
    days = {date.fromisoformat(said["value"])} if isinstance(said.get("value"), str) else set()
    watched = [step.key for step in checklist(dossier.programme_id).steps if step.watched]
    newest = StepEvent.objects.filter(pharmacy=dossier.pharmacy_id, step__in=watched).order_by("step", "-number")
    last = newest.distinct("step").values_list("state", "expires_on")
    days |= {until for state, until in last if state == DONE and until is not None}
    # What had expired before the decision, the decision had in view.
    return frozenset(day for day in days if dossier.valid_from is None or day >= dossier.valid_from)


def _breaches(dossier: InsiDossier, decided_at: datetime) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Of the register: those that exposed a certificate, those closed in scope; known, closed since the decision."""
    known = Breach.objects.filter(pharmacy=dossier.pharmacy_id, drill=False, state__in=(*KNOWN, CLOSED))
    rows = list(known.filter(Q(ended_at=None) | Q(ended_at__gt=decided_at)).order_by("year", "number"))
    exposed = [
        Named(str(one.pk), one.reference, one.aware_at)
        for one in rows
        if one.certificate_exposed and one.aware_at is not None and one.aware_at > decided_at
    ]
    closed = [Named(str(one.pk), one.reference, one.ended_at) for one in rows if one.state == CLOSED and one.in_scope]
    return tuple(exposed), tuple(closed)


def _titulaires(dossier: InsiDossier, at: datetime) -> frozenset[int]:
    held = Membership.objects.valid_at(at).filter(
        organisation=dossier.pharmacy.organisation_id, role=Role.TITULAIRE.value
    )
    return frozenset(held.values_list("user", flat=True))


def _alerts(dossier: InsiDossier) -> dict[date, datetime]:
    """By month, when the alert was analysed with a cause that confirms it."""
    confirming = reviews(dossier.programme_id).alert_causes
    cases = SupervisionCase.objects.filter(pharmacy=dossier.pharmacy_id, cause__in=confirming)
    found: dict[date, datetime] = {}
    for month, at in cases.order_by("month", "pk").values_list("month", "analysed_at"):
        if at is not None:
            found[month] = max(at, found.get(month, at))
    return found


def _form(dossier: InsiDossier) -> Named | None:
    """The newest major version of the questionnaire after that of the dossier."""
    own = dossier.questionnaire
    later = QuestionnaireVersion.objects.filter(programme=dossier.programme_id, code=own.code, number__gt=own.number)
    major = (version for version in later.order_by("-number") if version.content.get("change_class") == "major")
    last = next(major, None)
    return Named(str(last.pk), last.version) if last else None


def _pack(dossier: InsiDossier, decided_at: datetime) -> Named | None:
    """The editor's last proposals since the decision, where some are new and differ from what was decided."""
    new = _packs(dossier).filter(published_at__gt=decided_at).order_by("-number").first()
    if new is None:
        return None
    before = _packs(dossier).filter(published_at__lte=decided_at).order_by("-number").first()
    known, decided = before.values if before else {}, _decided(dossier)
    differing = {
        key: without_rows(value)
        for key, value in new.values.items()
        if without_rows(value) not in (without_rows(known.get(key)), without_rows(decided.get(key)))
    }
    if not differing:
        return None
    answers = f"{len(differing)} réponse{'s' if len(differing) > 1 else ''} que votre dossier ne dit pas ainsi"
    day = f"{paris_date(new.published_at):%d/%m/%Y}"
    # the same differences in a later pack are no other fact
    return Named(sha256_of(differing)[:32], f"pack n° {new.number} du {day}, {answers}", new.published_at)


def _packs(dossier: InsiDossier) -> QuerySet[PrefillPack]:
    return PrefillPack.objects.filter(
        software_version=dossier.software_version_id, questionnaire=dossier.questionnaire_id
    )


def _applications(dossier: InsiDossier, decided_at: datetime) -> tuple[str, ...]:
    """Those that receive the INS as the dossier being filled in says, or the editor since the decision."""
    answers = Answer.objects.filter(dossier__previous=dossier, dossier__state__in=OPEN, key=SOFTWARE)
    told = [row for answer in answers.select_related("revision") for row in answer.revision.value or ()]
    pack = _packs(dossier).filter(published_at__gt=decided_at).order_by("-number").first()
    told += pack.values.get(SOFTWARE, []) if pack else []
    return new_applications(_decided(dossier).get(SOFTWARE) or (), told)


def _decided(dossier: InsiDossier) -> dict[str, Any]:
    """The values that were decided on, by key."""
    return values_of(answers_from(dossier.snapshot)) if dossier.snapshot else {}
