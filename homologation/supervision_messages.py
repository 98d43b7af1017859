"""Who is told what of supervision; each is safe to repeat."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse

from homologation.domain.supervision import DUE_DAY, next_month
from homologation.models import Breach, SupervisionCase, SupervisionReport
from homologation.supervision_selectors import judgement_of, open_cases, suppliers_behind
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.registry import Handler
from portal.outbox.services.notices import Letter, notify
from portal.registry.models import Pharmacy


def tell_report(payload: dict[str, Any]) -> None:
    """Topic ``supervision.reported``, ``{"id": report}``: the titulaire has the month, its PDF and its alerts."""
    report = SupervisionReport.objects.select_related("pharmacy").get(pk=payload["id"])
    what, unchecked = _alerts(report), _unchecked(report)
    partial = ", vérification partielle" if unchecked else ""
    corrected = f" Correction : {report.reason}" if report.reason else ""
    letter = Letter(
        subject=f"Appels INSi de {report.month:%m/%Y} : {what.removesuffix('.').lower()}{partial}",
        body=f"En {report.month:%m/%Y} : {report.calls} appels INSi pour {report.prescriptions} prescriptions. {what}"
        f"{unchecked}{corrected} Le rapport et son PDF sont sur la page suivante.",
        link=report.get_absolute_url(),
        dedup=f"supervision.reported:{report.pk}",
    )
    tell_titulaires(report.pharmacy, letter)


def tell_detailed(payload: dict[str, Any]) -> None:
    """Topic ``supervision.detailed``, ``{"id": report}``: a detailed report came, with what it shows."""
    report = SupervisionReport.objects.select_related("pharmacy").get(pk=payload["id"])
    letter = Letter(
        subject=f"Rapport INSi détaillé de {report.month:%m/%Y}",
        body=f"Votre éditeur a déposé le rapport détaillé de {report.month:%m/%Y}, par compte. "
        f"{_alerts(report)}{_unchecked(report)}",
        link=report.get_absolute_url(),
        dedup=f"supervision.detailed:{report.pk}:{payload['revision']}",
    )
    tell_titulaires(report.pharmacy, letter)


def _alerts(report: SupervisionReport) -> str:
    count = sum(len(case.alerts) for case in open_cases(report))
    return f"{count} alerte{'s' if count > 1 else ''} à examiner." if count else "Aucune alerte."


def _unchecked(report: SupervisionReport) -> str:
    """What no rule could look at, so that « aucune alerte » is not taken for more than it says."""
    untold = judgement_of(report).untold
    words = " ; ".join(f"{one.what} ({one.rule} : {one.why})" for one in untold)
    return f" Faute de source, n’a pas pu être vérifié : {words}." if words else ""


def tell_missing_report(payload: dict[str, Any]) -> None:
    """Topic ``supervision.missing``, ``{"pharmacy", "month"}``: the titulaire knows whom to ask."""
    pharmacy, month = Pharmacy.objects.get(pk=payload["pharmacy"]), date.fromisoformat(payload["month"])
    due = next_month(month).replace(day=DUE_DAY)
    letter = Letter(
        subject=f"Rapport INSi de {month:%m/%Y} manquant",
        body=f"Le rapport des appels INSi de {month:%m/%Y} était attendu le {due:%d/%m/%Y} (à confirmer). Demandez à "
        "votre fournisseur de déposer le journal d’activité ou les totaux du mois.",
        link=reverse("homologation:supervision"),
        dedup=f"supervision.missing:{pharmacy.pk}:{month}",
    )
    tell_titulaires(pharmacy, letter)


def tell_detail_asked(payload: dict[str, Any]) -> None:
    """Topic ``supervision.detail_asked``, ``{"id": case}``: the supplier knows what is asked, and no figure more."""
    case = SupervisionCase.objects.select_related("pharmacy", "report").get(pk=payload["id"])
    place = f"{case.pharmacy.name} (FINESS {case.pharmacy.finess})"
    due = f" pour le {case.detail_due_on:%d/%m/%Y}" if case.detail_due_on else ""
    letter = Letter(
        subject=f"Détail des appels INSi demandé : {case.pharmacy.finess}, {case.month:%m/%Y}",
        body=f"{place} vous demande le détail, par utilisateur, de ses appels INSi de {case.month:%m/%Y}{due}. "
        "Envoyez-le-lui directement, sans aucune identité de patient.",
        link=reverse("homologation:totals"),
        dedup=f"supervision.detail_asked:{case.pk}",
    )
    for organisation in suppliers_behind(case.report):
        _to(organisation, Role.SUPPLIER, letter)


def tell_escalated(payload: dict[str, Any]) -> None:
    """Topic ``supervision.escalated``, payload ``{"id": case id, "breach": breach id}``: the titulaires read what the
    law asks next, and where the suspicion stands in their register."""
    case = SupervisionCase.objects.select_related("pharmacy").get(pk=payload["id"])
    breach = Breach.objects.get(pk=payload["breach"])
    letter = Letter(
        subject=f"Suspicion de violation {breach.reference} : appels INSi de {case.month:%m/%Y}",
        body="Une suspicion de violation de données a été inscrite dans votre registre. Si elle est avérée et présente "
        "un risque pour les personnes, la CNIL est à prévenir dans les 72 heures (RGPD, article 33). Qualifiez-la.",
        link=breach.get_absolute_url(),
        dedup=f"supervision.escalated:{case.pk}",
    )
    tell_titulaires(case.pharmacy, letter)


def tell_titulaires(pharmacy: Pharmacy, letter: Letter) -> None:
    """Write to every titulaire of a pharmacy."""
    if pharmacy.organisation_id is not None:
        _to(pharmacy.organisation_id, Role.TITULAIRE, letter)


def _to(organisation: UUID, role: Role, letter: Letter) -> None:
    for membership in people_with_role(organisation, frozenset({role}), clock.business_now()):
        notify(membership.user, organisation, letter)


REACTIONS: dict[str, list[Handler]] = {
    "supervision.reported": [tell_report],
    "supervision.detailed": [tell_detailed],
    "supervision.missing": [tell_missing_report],
    "supervision.detail_asked": [tell_detail_asked],
    "supervision.escalated": [tell_escalated],
}
"""By topic, for the table of ``portal.config.reactions``."""
