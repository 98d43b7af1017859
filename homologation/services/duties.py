"""People of a pharmacy say that they have read their duties, and the reminders addressed to them."""

from __future__ import annotations

from django.db import transaction

from homologation.catalogue import duties
from homologation.domain.duties import is_named
from homologation.models import DutyReading, PracticeReminder
from homologation.selectors import programme_now
from homologation.services.cases import CASES
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.clock import paris_date
from portal.common.refusals import refuse
from portal.registry.models import Pharmacy
from portal.workflow.execute import Act, run


def duties_sha256(programme: str) -> str:
    """The hash of the words that are read."""
    said = duties(programme)
    return sha256_of({"title": said.title, "duties": list(said.duties)})


@transaction.atomic
def read_duties(*, actor: Actor) -> DutyReading:
    """Say that one has read the duties, in today's words; once. Raises ``Refused``."""
    now = clock.business_now()
    pharmacy = Pharmacy.objects.select_for_update().filter(organisation=actor.tenant).first()
    mine = actor.role is Role.PREPARATEUR and holds_role(actor, actor.organisation_id, now)
    if pharmacy is None or actor.user_id is None or not mine:
        raise refuse("not_allowed", "Cette prise de connaissance revient aux préparateurs de la pharmacie.")
    sha256 = duties_sha256(programme_now(now))
    if DutyReading.objects.filter(pharmacy=pharmacy, by=actor.user_id, sha256=sha256).exists():
        raise refuse("already_read", "Vous avez déjà dit avoir lu ces consignes : rien d’autre n’est à faire.")
    row = DutyReading.objects.create(pharmacy=pharmacy, by_id=actor.user_id, sha256=sha256, at=now)
    record(
        Entry(DutyReading._meta.db_table, str(row.pk), "read", now, thread=str(pharmacy.pk), data={"sha256": sha256}),
        actor,
    )
    return row


@transaction.atomic
def read_reminder(*, reminder_id: int, actor: Actor) -> PracticeReminder:
    """Say that one has read a reminder addressed to oneself, today. Raises ``Refused``."""
    reminder = PracticeReminder.objects.select_related("case").filter(pk=reminder_id).first()
    if reminder is None or not is_named(actor.name, reminder.recipient):
        raise refuse("not_allowed", "Ce rappel ne vous est pas adressé.")
    run(CASES, reminder.case_id, actor, Act("read", data={"reminder": reminder_id}))
    waiting = PracticeReminder.objects.filter(pk=reminder_id, noted_at=None).first()
    if waiting is None:
        raise refuse("already_read", "Vous avez déjà dit avoir lu ce rappel.")
    now = clock.business_now()
    waiting.read_on, waiting.noted_at, waiting.noted_by_id = paris_date(now), now, actor.user_id
    waiting.save(update_fields=["read_on", "noted_at", "noted_by"])
    return waiting
