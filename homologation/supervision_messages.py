"""Who is told what of supervision; each is safe to repeat."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from homologation.domain.cases import DETAIL_ASKED
from homologation.domain.duties import is_named
from homologation.domain.supervision import DUE_DAY, next_month
from homologation.models import Breach, PracticeReminder, SupervisionCase, SupervisionReport
from homologation.services.cases import LATE
from homologation.services.missing import months_in
from homologation.supervision_selectors import judgement_of, open_cases, suppliers_behind
from portal.accounts.domain.roles import PHARMACY_STAFF, Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.common.canonical import sha256_of
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
    """Topic ``supervision.missing``, ``{"pharmacy", "months"}``: the titulaire knows whom to ask, for every month."""
    pharmacy = Pharmacy.objects.get(pk=payload["pharmacy"])
    months = months_in(payload)
    dues = [f"{one:%m/%Y}, attendu le {next_month(one).replace(day=DUE_DAY):%d/%m/%Y}" for one in months]
    several = len(months) > 1
    words = ", ".join(f"{one:%m/%Y}" for one in months) if len(months) <= 6 else f"{len(months)} mois"
    letter = Letter(
        subject=f"Rapports INSi manquants : {words}" if several else f"Rapport INSi de {words} manquant",
        body=f"Rapport{'s' if several else ''} des appels INSi qui manque{'nt' if several else ''} (échéance à "
        f"confirmer) : {' ; '.join(dues)}. Demandez à votre fournisseur de déposer le journal d’activité ou les totaux "
        f"{'de ces mois' if several else 'du mois'}.",
        link=reverse("homologation:supervision"),
        dedup=f"supervision.missing:{pharmacy.pk}:{sha256_of([str(one) for one in months])[:16]}",
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


def tell_detail_late(payload: dict[str, Any]) -> None:
    """Topic ``supervision.detail_late``, ``{"id": case}``: the detail has not come; nothing once it has."""
    case = SupervisionCase.objects.select_related("pharmacy", "report").get(pk=payload["id"])
    if case.state != DETAIL_ASKED or case.detail_due_on is None:
        return
    due = f"{case.detail_due_on:%d/%m/%Y}"
    letter = Letter(
        subject=f"Détail des appels INSi de {case.month:%m/%Y} : pas encore reçu",
        body=f"Le détail demandé à votre éditeur était attendu le {due}. Relancez-le, notez ce que vous avez reçu, ou "
        "dites dès maintenant la cause de l’alerte : le détail n’est pas obligatoire pour cela.",
        link=case.get_absolute_url(),
        dedup=f"{LATE}:{case.pk}:{due}",
    )
    tell_titulaires(case.pharmacy, letter)
    asked = Letter(
        subject=f"Détail des appels INSi en retard : {case.pharmacy.finess}, {case.month:%m/%Y}",
        body=f"{case.pharmacy.name} (FINESS {case.pharmacy.finess}) attendait ce détail pour le {due}. Envoyez-le-lui, "
        "ou déposez le rapport détaillé dans le portail, sans aucune identité de patient.",
        link=reverse("homologation:totals"),
        dedup=f"{LATE}:supplier:{case.pk}:{due}",
    )
    for organisation in suppliers_behind(case.report):
        _to(organisation, Role.SUPPLIER, asked)


def tell_reminded(payload: dict[str, Any]) -> None:
    """Topic ``supervision.engage``, ``{"id": case}``: whoever a reminder of good practice names, and has an account,
    is told that it waits for them. No word of the alert itself: they read what is theirs."""
    case = SupervisionCase.objects.select_related("pharmacy").get(pk=payload["id"])
    organisation = case.pharmacy.organisation_id
    if organisation is None:
        return
    staff = list(people_with_role(organisation, PHARMACY_STAFF, clock.business_now()))
    for reminder in PracticeReminder.objects.filter(case=case, noted_at=None).order_by("position"):
        named = [one for one in staff if is_named(one.user.full_name, reminder.recipient)]
        for membership in named:
            pharmacist = membership.role != Role.PREPARATEUR.value
            letter = Letter(
                subject="Téléservice INSi : un rappel des bonnes pratiques vous attend",
                body="Un rappel des bonnes pratiques sur l’usage du téléservice INSi vous est adressé. Lisez-le, puis "
                "dites que vous l’avez lu. Ce n’est pas une sanction.",
                link=case.get_absolute_url() if pharmacist else reverse("homologation:duties"),
                dedup=f"supervision.engage:{reminder.pk}",
            )
            notify(membership.user, organisation, letter)


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
    LATE: [tell_detail_late],
    "supervision.engage": [tell_reminded],
}
"""By topic, for the table of ``portal.config.reactions``."""
