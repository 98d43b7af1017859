"""Saying where a step of compliance stands, and reminding of what expires."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from homologation.catalogue import checklist
from homologation.domain.steps import Said, check_said, expiry_reminder
from homologation.models import StepEvent, StepReminder
from homologation.selectors import programme_now
from portal.accounts.actors import Actor
from portal.accounts.selectors import holds_role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacies_of

TOPIC = "step.expiry"


@transaction.atomic
def say_step(*, actor: Actor, key: str, said: Said, seen: int) -> StepEvent:
    """Append what is said of a step over the event ``seen`` (0 for none). Raises ``Refused``."""
    now = clock.business_now()
    pharmacy = pharmacies_of(actor).select_for_update().first()
    if pharmacy is None or actor.user_id is None or not holds_role(actor, actor.organisation_id, now):
        raise refuse("not_allowed", "Seul un pharmacien de la pharmacie peut tenir cette liste.")
    step = checklist(programme_now(now)).step(key)
    if step is None:
        raise refuse("unknown_step", "Cette étape n’existe pas dans ce programme.")
    if refusals := check_said(step, said, paris_date(now)):
        raise Refused(refusals)
    last = StepEvent.objects.filter(pharmacy=pharmacy, step=key).aggregate(last=Max("number"))["last"] or 0
    if last != seen:
        words = "Une autre personne vient de noter cette étape. Relisez l’historique, puis enregistrez de nouveau."
        raise refuse("stale", words)
    clean = replace(said, owner=said.owner.strip(), note=said.note.strip())
    event = StepEvent.objects.create(
        pharmacy=pharmacy, step=key, number=last + 1, at=now, by_id=actor.user_id, **asdict(clean)
    )
    data = {"step": key, "state": said.state, "number": event.number}
    record(Entry("homologation_stepevent", str(event.pk), "say", now, thread=str(pharmacy.pk), data=data), actor)
    return event


def remind_expiries() -> int:
    """Write the reminder of each certificate about to expire, once, and have it told; how many. Safe to repeat."""
    now = clock.business_now()
    watched = [step.key for step in checklist(programme_now(now)).steps if step.watched]
    newest = StepEvent.objects.filter(step__in=watched).order_by("pharmacy", "step", "-number")
    current = newest.distinct("pharmacy", "step").values_list("pharmacy", "step", "state", "expires_on")
    held = [(pharmacy, step) for pharmacy, step, state, expires_on in current if state == "done" and expires_on]
    return sum(_remind(pharmacy, step) for pharmacy, step in held)


@transaction.atomic
def _remind(pharmacy_id: UUID, step: str) -> bool:
    pharmacy = Pharmacy.objects.select_for_update().get(pk=pharmacy_id)
    now = clock.business_now()
    event = StepEvent.objects.filter(pharmacy=pharmacy, step=step).order_by("-number").first()
    if event is None or event.state != "done" or event.expires_on is None:
        return False
    sent = StepReminder.objects.filter(pharmacy=pharmacy, step=step, expires_on=event.expires_on)
    days = checklist(programme_now(now)).remind_days
    told = list(sent.order_by("days").values_list("days", flat=True))
    due = expiry_reminder(event.expires_on, paris_date(now), days, told)
    if due is None:
        return False
    row = StepReminder.objects.create(pharmacy=pharmacy, step=step, expires_on=event.expires_on, days=due, sent_at=now)
    publish(TOPIC, {"id": row.pk}, dedup=f"{TOPIC}:{row.pk}")
    return True
