"""What people of a pharmacy are told by the outbox: a breach whose 72 hours run, a certificate that expires."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from homologation.catalogue import checklist
from homologation.domain.breach_lifecycle import COUNTING
from homologation.domain.breaches import remaining_words
from homologation.models import BreachReminder, StepReminder
from homologation.selectors import programme_now
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.services.notices import Letter, notify
from portal.ui.formats import day, instant

ESCALATED_FROM = timedelta(hours=60)
"""From then on every pharmacist of the pharmacy is told, not only the titulaires and who declared it."""


def tell_breach(payload: dict[str, Any]) -> None:
    """A reminder of the 72 hours, to the titulaires and who declared it, then to every pharmacist; safe to repeat."""
    row = BreachReminder.objects.select_related("breach__pharmacy").get(pk=payload["id"])
    breach, now = row.breach, clock.business_now()
    if breach.state not in COUNTING or breach.deadline_at is None or breach.pharmacy.organisation_id is None:
        return
    what = f"{'EXERCICE – ' if breach.drill else ''}Violation {breach.reference}"
    left = remaining_words(breach.deadline_at, now)
    letter = Letter(
        subject=f"{what} – {left}",
        body=f"{what} : elle est à notifier à la CNIL avant le {instant(breach.deadline_at)} (heure de Paris) ; "
        f"{left}. Ouvrez la fiche : elle dit quoi faire maintenant. Si tout n’est pas connu, notifiez ce que vous "
        "savez, vous compléterez ensuite. Prévenez aussi votre délégué à la protection des données.",
        link=breach.get_absolute_url(),
        dedup=f"breach:{row.pk}",
    )
    for membership in people_with_role(breach.pharmacy.organisation_id, PHARMACY_SIDE, now):
        concerned = membership.role == Role.TITULAIRE.value or membership.user_id == breach.declared_by_id
        if concerned or row.due_at - row.aware_at >= ESCALATED_FROM:
            notify(membership.user, membership.organisation_id, letter)


def tell_expiry(payload: dict[str, Any]) -> None:
    """A certificate expires; safe to repeat."""
    row = StepReminder.objects.select_related("pharmacy").get(pk=payload["id"])
    now = clock.business_now()
    step = checklist(programme_now(now)).step(row.step)
    if row.pharmacy.organisation_id is None or step is None:
        return
    letter = Letter(
        subject=f"{step.title} : expiration le {day(row.expires_on)}",
        body=f"{step.title} : il expire le {day(row.expires_on)}. Demandez son renouvellement à votre éditeur ou à "
        "votre administrateur technique, puis notez la nouvelle date dans le portail.",
        link=reverse("homologation:step", args=[row.step]),
        dedup=f"step:{row.pk}",
    )
    for membership in people_with_role(row.pharmacy.organisation_id, PHARMACY_SIDE, now):
        notify(membership.user, row.pharmacy.organisation_id, letter)
