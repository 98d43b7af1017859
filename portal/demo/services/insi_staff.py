"""What the cast does for its adjoint and its préparateur: a mandate by part, an e-CPS, a reminder to acknowledge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from homologation.domain.mandates import NewMandate
from homologation.domain.steps import Said
from homologation.models import SupervisionCase
from homologation.services.cases import analyse, engage
from homologation.services.mandates import give_mandate
from homologation.services.monthly import Depositor
from homologation.services.steps import say_step
from homologation.services.totals import deposit_totals
from portal.accounts.models import Membership
from portal.demo import cast
from portal.demo.services.cues import Cue, moment
from portal.demo.services.play import actor_of
from portal.documents.domain.incoming import LISTS
from portal.documents.intake.receive import received

_ADJOINT, _, _GIVER = cast.ADJOINT
_PREPARATEUR, _NAMES, _WORKPLACE = cast.PREPARATEUR
_TOTALS = "finess;mois;appels;recuperations;verifications;echecs;cpx;certificat;prescriptions\n{};2022-10;{}\n"


def staff_cues() -> Iterator[Cue]:
    """Each act at its own date, for the script to perform among the others."""
    yield Cue(moment("2022-11-03", 9), _register)
    yield Cue(moment("2022-11-07", 9), _deposit)
    yield Cue(moment("2022-11-07", 15), _remind)
    yield Cue(moment("2022-11-10", 9), _mandate)


def _place(key: str) -> cast.PharmacyRole:
    return next(role for role in cast.PHARMACIES if role.key == key)


def _register() -> None:
    said = Said("doing", "La titulaire", date(2022, 12, 1), None, "Dossiers réunis")
    say_step(actor=actor_of(_place(_WORKPLACE).login), key="e-cps", said=said, seen=0)


def _deposit() -> None:
    """More calls than prescriptions, by one post that looped: an alert."""
    content = _TOTALS.format(_place(_WORKPLACE).finess, "940;900;40;12;640;300;610").encode()
    file = received(content, "totaux-insi-2022-10.csv", LISTS)
    deposit_totals(file=file, by=Depositor(actor_of(cast.SUPPLIERS[0].login)))


def _remind() -> None:
    titulaire = actor_of(_place(_WORKPLACE).login)
    case = SupervisionCase.objects.get(pharmacy__organisation=titulaire.organisation_id, month=date(2022, 10, 1))
    words = "Des identités déjà qualifiées ont été appelées de nouveau au comptoir."
    analyse(case_id=case.pk, actor=titulaire, cause="catch_up", analysis=words)
    engage(
        case_id=case.pk,
        actor=titulaire,
        actions=["reminder"],
        action="Rappel fait à l’équipe : un appel par prise en charge.",
        recipients=[" ".join(_NAMES)],
    )


def _mandate() -> None:
    titulaire = actor_of(_place(_GIVER).login)
    membership = Membership.objects.get(user__email=_ADJOINT)
    given = NewMandate((2, 3), date(2022, 11, 10), date(2022, 12, 31))
    give_mandate(actor=titulaire, membership_id=membership.pk, given=given)
