"""Opening a dossier: the first one, or the renewal of the last, whose answers are proposed anew; then its software."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from homologation.domain.lifecycle import DRAFT, OPEN
from homologation.domain.versions import carry_through
from homologation.models import InsiDossier, QuestionnaireVersion
from homologation.services.facts import Reading
from homologation.services.load import forms_between
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.prefill import apply_latest_pack
from homologation.services.write import write_answer
from orders.domain.lifecycle import LIVE
from orders.models import Order
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import refuse
from portal.registry.models import Pharmacy
from portal.registry.selectors import pharmacies_of
from portal.workflow.execute import Act, create, lock, run


@transaction.atomic
def open_dossier(*, programme: str, actor: Actor) -> InsiDossier:
    """Open the dossier of the actor's pharmacy, for the software of its order if any. Raises ``Refused``."""
    pharmacy = pharmacies_of(actor).select_for_update().first()
    if pharmacy is None or actor.user_id is None:
        raise refuse("not_allowed", "Seule une personne de la pharmacie peut ouvrir ce dossier.")
    if InsiDossier.objects.filter(pharmacy=pharmacy, programme=programme, state__in=OPEN).exists():
        raise refuse("dossier_exists", "Un dossier est déjà ouvert : poursuivez-le.")
    questionnaire = QuestionnaireVersion.objects.filter(programme=programme).order_by("-number").first()
    if questionnaire is None:
        raise refuse("no_questionnaire", "Le questionnaire de ce programme n’est pas encore publié dans le portail.")
    last = last_decided(pharmacy, programme)
    number = InsiDossier.objects.filter(pharmacy=pharmacy).aggregate(last=Max("number"))["last"]
    dossier = InsiDossier(
        programme_id=programme,
        pharmacy=pharmacy,
        number=(number or 0) + 1,
        questionnaire=questionnaire,
        software_version_id=_software_of(pharmacy, programme),
        previous=last,
        opened_at=clock.business_now(),
        opened_by_id=actor.user_id,
    )
    create(HOMOLOGATIONS, dossier, actor)
    if last is not None:
        _carry(last, dossier)
    apply_latest_pack(dossier.pk)
    return InsiDossier.objects.get(pk=dossier.pk)


def last_decided(pharmacy: Pharmacy, programme: str) -> InsiDossier | None:
    """The last dossier that was approved, in force or taken back since: a withdrawal does not cut the history."""
    decided = InsiDossier.objects.filter(pharmacy=pharmacy, programme=programme, decided_at__isnull=False)
    return decided.order_by("-number").first()


def learn_of_pharmacy(pharmacy_id: UUID, programme: str) -> int:
    """An order was signed: the dossier being filled in without any software learns it; how many. Safe to repeat."""
    waiting = _without_software().filter(pharmacy=pharmacy_id, programme=programme)
    return sum(learn_software(pk) for pk in waiting.order_by("pk").values_list("pk", flat=True))


def learn_all() -> int:
    """The same for every pharmacy, once a day: what a message missed, or an order older than this rule."""
    return sum(learn_software(pk) for pk in list(_without_software().order_by("pk").values_list("pk", flat=True)))


def _without_software() -> QuerySet[InsiDossier]:
    return InsiDossier.objects.filter(state=DRAFT, software_version=None)


@transaction.atomic
def learn_software(dossier_id: UUID) -> bool:
    """Give a draft the software of the order signed since, with its editor's proposals; whether it did."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    version = _software_of(dossier.pharmacy, dossier.programme_id)
    if dossier.state != DRAFT or dossier.software_version_id is not None or version is None:
        return False
    data = {"version": str(version)}
    run(HOMOLOGATIONS, dossier_id, Actor.system(), Act("learn_software", {"version_id": version}, data=data))
    apply_latest_pack(dossier_id)
    return True


def _software_of(pharmacy: Pharmacy, programme: str) -> UUID | None:
    signed = Order.objects.filter(pharmacy=pharmacy, programme=programme, state__in=LIVE)
    return signed.order_by("-signed_at").values_list("software_version", flat=True).first()


def _carry(last: InsiDossier, dossier: InsiDossier) -> None:
    """Every answer of the last dossier that still fits is proposed, to be confirmed again."""
    old = Reading(last, clock.business_now())
    carried = carry_through(forms_between(last.questionnaire, dossier.questionnaire), old.answers, str(last.pk))
    if not carried.kept:
        return
    portal = Actor.system()
    data = {"previous": str(last.pk), "keys": sorted(carried.kept), "dropped": dict(carried.dropped)}
    run(HOMOLOGATIONS, dossier.pk, portal, Act("prefill", data=data))
    for key, said in carried.kept.items():
        write_answer(dossier, key, said, portal)
