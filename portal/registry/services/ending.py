"""The end of a person's role in a pharmacy or at a supplier, by an administrator: dated, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from portal.accounts.actors import Actor
from portal.accounts.domain.endings import LAST_TITULAIRE, check_end, end_instant
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.models import Membership, Organisation
from portal.accounts.selectors import holds_role
from portal.accounts.services.sessions import end_sessions_of
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import Refusal, Refused, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import Pharmacy

TOPIC, OBJECT = "membership.ended", "accounts_membership"


@dataclass(frozen=True)
class Ending:
    """What an administrator says. ``nobody_left``: they know that the pharmacy is left without a titulaire."""

    last_day: date
    reason: str
    nobody_left: bool = False


@transaction.atomic
def end_membership(*, membership_id: int, actor: Actor, ending: Ending) -> Membership:
    """End a role after its last day, at once where that day is today or over; the sessions held by it end with it.

    Raises ``Refused``: not an administrator, a role of the administration itself, an unknown reason, a role that has
    ended or begins later, the last titulaire of a pharmacy that is open.
    """
    now = clock.business_now()
    if actor.role not in ADMINISTRATION or not holds_role(actor, actor.organisation_id, now):
        raise refuse("not_administrator", "Seule l’administration du programme met fin à une fonction.")
    membership = _locked(membership_id)
    until = end_instant(ending.last_day, now)
    refusals = check_end(
        since=membership.since, until=membership.until, last_day=ending.last_day, reason=ending.reason, now=now
    )
    if not refusals and not ending.nobody_left and leaves_nobody(membership, until):
        refusals = [Refusal("last_titulaire", LAST_TITULAIRE, "nobody_left")]
    if refusals:
        raise Refused(refusals)
    membership.until, membership.end_reason, membership.ended_by_id = until, ending.reason, actor.user_id
    membership.save(update_fields=["until", "end_reason", "ended_by"])
    ended = until <= now
    sessions = end_sessions_of(user_id=membership.user_id, membership_id=membership.pk) if ended else 0
    data = {
        "person": membership.user_id,
        "organisation": str(membership.organisation_id),
        "role": membership.role,
        "last_day": ending.last_day.isoformat(),
        "until": until.isoformat(),
        "reason": ending.reason,
        "nobody_left": ending.nobody_left,
        "sessions": sessions,
    }
    event = record(Entry(OBJECT, str(membership.pk), "end", now, data=data), actor)
    publish(TOPIC, {"id": membership.pk, "event": event.pk}, dedup=f"{TOPIC}:{event.pk}")
    return membership


def leaves_nobody(membership: Membership, until: datetime) -> bool:
    """Whether an open pharmacy would have no titulaire from ``until`` on."""
    if membership.role != Role.TITULAIRE.value:
        return False
    place = Pharmacy.objects.filter(organisation=membership.organisation_id, closed_on=None)
    others = Membership.objects.filter(
        Q(until=None) | Q(until__gt=until),
        organisation=membership.organisation_id,
        role=Role.TITULAIRE.value,
        since__lte=until,
        user__is_active=True,
    )
    return place.exists() and not others.exclude(pk=membership.pk).exists()


def _locked(membership_id: int) -> Membership:
    """The role, its organisation locked first: of two titulaires ended at once, the second one is the last."""
    related = Membership.objects.select_related("user", "organisation")
    membership = related.exclude(role__in=[role.value for role in ADMINISTRATION]).filter(pk=membership_id).first()
    if membership is None:
        raise refuse("not_here", "Cette fonction ne se règle pas ici.")
    Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    return related.select_for_update(of=("self",)).get(pk=membership_id)
