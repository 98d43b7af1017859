"""Help that the installed pharmacy of the world asked of its supplier, the form handed over, its adjoint's mandates."""

from __future__ import annotations

from uuid import UUID

from homologation.domain.mandates import NewMandate
from homologation.models import HelpRequest, InsiDossier, SectionMandate
from homologation.services import help as helping
from homologation.services.handovers import hand_over_form
from homologation.services.mandates import give_mandate
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.clock import paris_date

STATES = {"ask_again": "answered"}
"""By verb: the state of the request on which the tests try it; asked for every other."""


def make_help(dossier: InsiDossier, pharmacist: Actor, supplier: Actor) -> None:
    """One request that waits, one that is answered; the form handed over today."""
    for state in ("asked", "answered"):
        words = "Quelle durée de conservation ?"
        request = helping.ask_help(dossier_id=dossier.pk, actor=pharmacist, section=2, key="s2.3.mode", text=words)
        if state == "answered":
            helping.answer_help(request_id=request.pk, actor=supplier, text="Douze mois.")
    hand_over_form(
        pharmacy_id=dossier.pharmacy_id, actor=supplier, handed_on=paris_date(clock.business_now()), note="Sur place"
    )


def make_mandates(titulaire: Actor, adjoint: str) -> None:
    """A mandate on every part, so that the adjoint may try all that an adjoint may."""
    today = paris_date(clock.business_now())
    membership = Membership.objects.get(user__email=adjoint)
    given = NewMandate((1, 2, 3, 4, 5), today, today)
    give_mandate(actor=titulaire, membership_id=membership.pk, given=given)


def mandated() -> int:
    """One of these mandates."""
    return SectionMandate.objects.earliest("section").pk


def helped(verb: str) -> UUID:
    """The request on which the act is possible; the one that waits for a page that is no act."""
    return HelpRequest.objects.filter(state=STATES.get(verb, "asked")).latest("asked_at").pk


def help_states() -> list[tuple[object, ...]]:
    """Requests with their versions and states."""
    return sorted(HelpRequest.objects.values_list("pk", "version", "state"))
