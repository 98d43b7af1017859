"""What a titulaire alone settles for the whole pharmacy: who decides, who fills in which part."""

from __future__ import annotations

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.refusals import refuse
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacies_of


def locked_for_titulaire(actor: Actor, words: str) -> tuple[Pharmacy, int]:
    """The actor's pharmacy, locked so that two acts are judged one after the other, and who the titulaire is.

    Needs a transaction. Raises ``Refused`` with ``words`` for anybody but a titulaire still in office.
    """
    pharmacy = pharmacies_of(actor).select_for_update().first()
    mine = actor.role is Role.TITULAIRE and holds_role(actor, actor.organisation_id, clock.business_now())
    if pharmacy is None or actor.user_id is None or not mine:
        raise refuse("not_allowed", words)
    return pharmacy, actor.user_id
