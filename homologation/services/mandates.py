"""A titulaire gives an adjoint a mandate on parts of the questionnaire, and may take it back."""

from __future__ import annotations

from django.db import transaction

from homologation.domain.mandates import NewMandate, check_mandate, check_revocation, in_words
from homologation.mandate_selectors import sections_now
from homologation.models import SectionMandate
from homologation.services.titulaires import locked_for_titulaire
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import Pharmacy

GIVEN, REVOKED = "insi_mandate.given", "insi_mandate.revoked"


@transaction.atomic
def give_mandate(*, actor: Actor, membership_id: int, given: NewMandate) -> list[SectionMandate]:
    """Give one mandate for each part, and have the person told. Raises ``Refused``; nothing is then written."""
    pharmacy, by = locked_for_titulaire(actor, "Seul un titulaire de la pharmacie donne un mandat.")
    now = clock.business_now()
    membership = Membership.objects.valid_at(now).filter(
        pk=membership_id, organisation=pharmacy.organisation_id, role=Role.ADJOINT.value, user__is_active=True
    )
    person = membership.select_related("user").first()
    refusals = check_mandate(given, [section.number for section in sections_now(now)], paris_date(now))
    if person is None:
        words = "Choisissez un pharmacien adjoint rattaché à votre pharmacie."
        refusals.insert(0, Refusal("unknown_person", words, "person"))
    if refusals or person is None:
        raise Refused(refusals)
    if refusals := _overlaps(person, given):
        raise Refused(refusals)
    rows = [
        SectionMandate.objects.create(
            membership=person,
            section=section,
            starts_on=given.starts_on,
            ends_on=given.ends_on,
            given_at=now,
            given_by_id=by,
        )
        for section in sorted(set(given.sections))
    ]
    for row in rows:
        days = {"starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat()}
        _journal(row, "give", actor, pharmacy, days)
    first = rows[0].pk
    publish(GIVEN, {"ids": [row.pk for row in rows]}, dedup=f"{GIVEN}:{first}")
    return rows


@transaction.atomic
def revoke_mandate(*, actor: Actor, mandate_id: int, reason: str) -> SectionMandate:
    """Take a mandate back at once, and have the person told. Raises ``Refused``."""
    pharmacy, by = locked_for_titulaire(actor, "Seul un titulaire de la pharmacie retire un mandat.")
    found = SectionMandate.objects.select_for_update(of=("self",)).filter(
        pk=mandate_id, membership__organisation=pharmacy.organisation_id
    )
    row = found.first()
    if row is None:
        raise refuse("not_allowed", "Ce mandat n’est pas de votre pharmacie.")
    if refusals := check_revocation(reason):
        raise Refused(refusals)
    now = clock.business_now()
    if row.revoked_at is not None:
        raise refuse("already_revoked", f"Ce mandat est déjà retiré, depuis le {in_words(paris_date(row.revoked_at))}.")
    if row.ends_on <= paris_date(now):
        raise refuse("mandate_over", f"Ce mandat a déjà pris fin, le {in_words(row.said.last_day)} au soir.")
    row.revoked_at, row.revoked_by_id, row.revoke_reason = now, by, reason.strip()
    row.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    _journal(row, "revoke", actor, pharmacy, {})
    publish(REVOKED, {"id": row.pk}, dedup=f"{REVOKED}:{row.pk}")
    return row


def _overlaps(person: Membership, given: NewMandate) -> list[Refusal]:
    """A part that the person has a mandate on already, for some of these days."""
    rows = SectionMandate.objects.filter(
        membership=person,
        section__in=given.sections,
        revoked_at=None,
        starts_on__lt=given.ends_on,
        ends_on__gt=given.starts_on,
    )
    return [
        Refusal(
            "overlap",
            f"{person.user.full_name} a déjà un mandat sur la partie {row.section}, du {in_words(row.starts_on)} au "
            f"{in_words(row.said.last_day)} : décochez cette partie, changez les jours, ou retirez d’abord ce mandat.",
            "sections",
        )
        for row in rows.select_related("given_by").order_by("section", "starts_on")
    ]


def _journal(row: SectionMandate, verb: str, actor: Actor, pharmacy: Pharmacy, more: dict[str, str]) -> None:
    at = row.revoked_at or row.given_at
    data = {"membership": row.membership_id, "section": row.section, **more}
    record(Entry(SectionMandate._meta.db_table, str(row.pk), verb, at, thread=str(pharmacy.pk), data=data), actor)
