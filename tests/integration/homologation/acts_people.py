"""More acts of the INSi dossier: what was decided kept as it is, mandates by part, a préparateur's attachment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from homologation.domain.mandates import NewMandate
from homologation.models import EarlyReview, SectionMandate
from homologation.services.mandates import give_mandate, revoke_mandate
from homologation.services.reviews import examine, keep_decision
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.accounts.services.identities import record_identity
from portal.common import clock
from portal.common.clock import paris_date
from portal.registry.domain.referencing import Status
from portal.registry.models import AttachmentRequest
from portal.registry.services.enrolments import Wish, ask_attachment, grant_attachment, refuse_attachment
from tests.factories import people
from tests.integration.homologation.acts import Try, approved
from tests.integration.homologation.cast import Cast

_ELSEWHERE = "350099999"
"""A pharmacy where nobody of the cast works."""


def _to_review(cast: Cast) -> None:
    """A decision on a software that is suspended since."""
    approved(cast)
    people.say(cast.scene.order.version, Status.SUSPENDED, clock.business_now())
    examine(cast.case.pk)


def _review(cast: Cast) -> UUID:
    return EarlyReview.objects.get(dossier=cast.case.pk).pk


def _give(cast: Cast, who: Actor) -> Any:
    today = paris_date(clock.business_now())
    membership = Membership.objects.get(user=cast.case.adjoint.user_id)
    return give_mandate(actor=who, membership_id=membership.pk, given=NewMandate((2,), today, today))


def _given(cast: Cast) -> None:
    _give(cast, cast.case.titulaire)


def _mandate(cast: Cast) -> int:
    return SectionMandate.objects.get(membership__organisation=cast.place.organisation_id).pk


def _known(cast: Cast) -> None:
    """Everybody who has an account came once by Pro Santé Connect."""
    people.pharmacy(finess=_ELSEWHERE)
    for number, user in enumerate(filter(None, (actor.user_id for actor in cast.people.values()))):
        record_identity(user=User.objects.get(pk=user), national_id=f"8997{number:08d}", recorded_by=None)


def _ask(cast: Cast, who: Actor) -> Any:
    """For a role that nobody of the cast has there."""
    return ask_attachment(user_id=who.user_id or 0, wish=Wish(finess=_ELSEWHERE, role=Role.PREPARATEUR))


def _asked(cast: Cast) -> None:
    newcomer = people.person("Hugo", "Tessier")
    record_identity(user=newcomer, national_id="899799999999", recorded_by=None)
    ask_attachment(user_id=newcomer.pk, wish=Wish(finess=cast.place.finess, role=Role.PREPARATEUR))


def _request(cast: Cast) -> UUID:
    return AttachmentRequest.objects.get(pharmacy=cast.place).pk


MORE: dict[str, Try] = {
    "review.keep": Try(lambda c, who: keep_decision(review_id=_review(c), actor=who, reason="Rien"), _to_review),
    "mandate.give": Try(_give),
    "mandate.revoke": Try(lambda c, who: revoke_mandate(actor=who, mandate_id=_mandate(c), reason="Fin"), _given),
    "attachment.ask": Try(_ask, _known),
    "attachment.grant": Try(lambda c, who: grant_attachment(request_id=_request(c), actor=who), _asked),
    "attachment.refuse": Try(
        lambda c, who: refuse_attachment(request_id=_request(c), actor=who, reason="Inconnu"), _asked
    ),
}
