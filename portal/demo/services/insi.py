"""What the demonstration shows of the life of INSi: monthly reports with one alert, a closed breach, a drill."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from homologation.domain.breaches import CONTENTS
from homologation.domain.judgement import months_before
from homologation.models import Breach, BreachNotification
from homologation.services import breach_answer, breach_declare
from homologation.services.breach_answer import Sending
from homologation.services.breach_declare import Delay, Description, Signs
from homologation.services.supervise import compute_month
from portal.common import clock
from portal.common.clock import paris_date
from portal.demo import cast
from portal.demo.services.cues import Cue, moment
from portal.demo.services.paper import one_page
from portal.demo.services.play import actor_of
from portal.documents.domain.incoming import SCANS
from portal.documents.intake.receive import received
from portal.registry.models import Pharmacy

_HALLES = "titulaire@halles.example"
_SUPERVISED = ("port",)
_MONTHS = 7
"""Read at once: six months to compare with, as the statistics ask, and the last one. Nightly tasks read the rest."""
_MAIL = dict(
    zip(
        CONTENTS,
        (
            "Un récapitulatif d’ordonnances a été envoyé par messagerie ordinaire à un autre cabinet que le bon.",
            "Patients de l’officine",
            "12",
            "Identité et traitements en cours",
            "12",
            "Le pharmacien titulaire",
            "Lecture par un professionnel de santé tenu au secret ; le risque est limité.",
            "Le destinataire a confirmé l’effacement ; l’envoi se fait désormais par MSSanté.",
        ),
        strict=True,
    )
)
_DRILL = {**_MAIL, "nature": "Exercice : un poste de comptoir est volé, session ouverte."}


def insi_cues() -> Iterator[Cue]:
    """A breach of « les Halles », notified, completed and closed; then a drill: each act at its own date."""
    real, drill = partial(_last, drill=False), partial(_last, drill=True)
    acts: tuple[tuple[str, int, Any], ...] = (
        ("2022-10-26", 10, partial(_declare, "Un courriel est parti au mauvais cabinet.", drill=False)),
        ("2022-10-26", 11, lambda: _confirm(real(), _MAIL, ("confidentiality",))),
        ("2022-10-27", 9, lambda: _notify(real())),
        ("2022-10-28", 15, lambda: _receipt(real())),
        ("2022-11-04", 17, lambda: _close(real())),
        ("2022-11-08", 9, partial(_declare, "Exercice annuel : vol d’un poste.", drill=True)),
        ("2022-11-08", 10, lambda: _confirm(drill(), _DRILL, ("confidentiality", "availability"))),
        ("2022-11-08", 11, lambda: _no_risk(drill())),
        ("2022-11-08", 12, lambda: _close(drill())),
    )
    for day, hour, act in acts:
        yield Cue(moment(day, hour), act)


def supervise_cast(now: datetime) -> int:
    """Write the reports of the months over of one pharmacy, from its logs; how many changed."""
    finess = [role.finess for role in cast.PHARMACIES if role.key in _SUPERVISED]
    keys = list(Pharmacy.objects.filter(finess__in=finess).order_by("finess").values_list("pk", flat=True))
    return sum(compute_month(month, keys) for month in months_before(paris_date(now), _MONTHS))


def _last(*, drill: bool) -> UUID:
    actor = actor_of(_HALLES)
    mine = Breach.objects.filter(pharmacy__organisation=actor.organisation_id, drill=drill)
    return mine.latest("year", "number").pk


def _declare(signs: str, *, drill: bool) -> None:
    at = clock.business_now() - timedelta(minutes=30)
    breach_declare.declare_breach(actor=actor_of(_HALLES), signs=Signs(at, "person", signs, drill))


def _confirm(pk: UUID, contents: dict[str, str], kinds: tuple[str, ...]) -> None:
    actor, now = actor_of(_HALLES), clock.business_now()
    breach_declare.confirm_breach(breach_id=pk, actor=actor, aware_at=now, note="Vérifié avec l’équipe.")
    said = Description(dict(contents), kinds, cause="Erreur de saisie de l’adresse", systems="Messagerie ordinaire")
    breach_declare.describe_breach(breach_id=pk, actor=actor, said=said)


def _notify(pk: UUID) -> None:
    actor = actor_of(_HALLES)
    breach_answer.decide_to_notify(breach_id=pk, actor=actor)
    sending = Sending(clock.business_now(), "teleservice", "DEMO-2022-10-27")
    breach_answer.notify_breach(breach_id=pk, actor=actor, sending=sending, delay=Delay())
    breach_answer.complete_breach(breach_id=pk, actor=actor)


def _receipt(pk: UUID) -> None:
    sent = BreachNotification.objects.filter(breach=pk).latest("number")
    file = received(one_page("accuse de reception de la CNIL DEMO-2022-10-27"), "accuse-cnil.pdf", SCANS)
    breach_answer.keep_receipt(breach_id=pk, actor=actor_of(_HALLES), notification_id=sent.pk, file=file)


def _no_risk(pk: UUID) -> None:
    breach_answer.document_no_risk(
        breach_id=pk, actor=actor_of(_HALLES), reason="Exercice : aucune donnée n’a été exposée."
    )


def _close(pk: UUID) -> None:
    actor, breach = actor_of(_HALLES), Breach.objects.get(pk=pk)
    if not breach.no_risk_reason:
        reason = "Le destinataire est tenu au secret et a effacé le message."
        breach_answer.settle_persons(breach_id=pk, actor=actor, persons="not_required", reason=reason)
    closure = breach_answer.Closure(
        facts=breach.signs,
        effects="Aucun effet constaté.",
        remedial="Rappel fait à l’équipe ; adresses vérifiées à deux.",
        in_scope=False,
    )
    breach_answer.close_breach(breach_id=pk, actor=actor, closure=closure)
