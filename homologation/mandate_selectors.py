"""Reading the mandates by part: those of one person, those of a pharmacy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from homologation.domain.mandates import Mandates
from homologation.domain.questions import Section
from homologation.models import QuestionnaireVersion, SectionMandate
from homologation.selectors import programme_now
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.accounts.selectors import people_with_role
from portal.common.clock import paris_date

_RELATED = ("membership__user", "given_by", "revoked_by")


def mandates_of(actor: Actor, organisation_id: UUID | None, now: datetime) -> Mandates:
    """What limits the actor in a pharmacy: an adjoint alone may be."""
    today = paris_date(now)
    if actor.role is not Role.ADJOINT or actor.user_id is None or organisation_id is None:
        return Mandates(today)
    held = Membership.objects.valid_at(now).filter(
        user=actor.user_id, organisation=organisation_id, role=Role.ADJOINT.value
    )
    rows = SectionMandate.objects.filter(membership__in=held).select_related("given_by")
    return Mandates(today, actor.name, tuple(row.said for row in rows))


def mandates_seen_by(actor: Actor, organisation_id: UUID) -> QuerySet[SectionMandate]:
    """A titulaire sees every mandate of the pharmacy, anybody else their own; the last to end first."""
    rows = SectionMandate.objects.filter(membership__organisation=organisation_id).select_related(*_RELATED)
    if actor.role is not Role.TITULAIRE:
        rows = rows.filter(membership__user=actor.user_id)
    return rows.order_by("-ends_on", "membership", "section", "pk")


def adjoints_of(organisation_id: UUID, now: datetime) -> list[Membership]:
    """To whom a titulaire may give a mandate."""
    return list(people_with_role(organisation_id, frozenset({Role.ADJOINT}), now))


def sections_now(now: datetime) -> tuple[Section, ...]:
    """The parts of today's questionnaire; none where the programme has not published it."""
    version = QuestionnaireVersion.objects.filter(programme=programme_now(now)).order_by("-number").first()
    return version.form.sections if version else ()
