"""What a supplier reads of the pharmacies that it equips: its own proposals and how they fared, no answer of theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404

from homologation.domain.answers import Provenance, Status
from homologation.domain.help_lifecycle import WAITING
from homologation.domain.lifecycle import APPROVED, OPEN
from homologation.models import Answer, FormHandover, HelpRequest, InsiDossier, PrefillPack, QuestionnaireVersion
from orders.domain.lifecycle import LIVE
from orders.models import Order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.registry.models import Pharmacy, SoftwareVersion, Supplier
from portal.registry.selectors import supplier_of, versions_of


def supplier_company(actor: Actor) -> Supplier:
    """The supplier that the actor acts for. Raises Http404 for anybody else, a distributor too."""
    supplier = supplier_of(actor) if actor.role is Role.SUPPLIER else None
    if supplier is None:
        raise Http404
    return supplier


def equipping_orders(supplier: Supplier) -> QuerySet[Order]:
    """The signed orders by which the supplier equips pharmacies today."""
    return Order.objects.filter(supplier=supplier, state__in=LIVE).exclude(signed_at=None)


def clients_of(supplier: Supplier) -> QuerySet[Pharmacy]:
    """The pharmacies that it equips today, by name."""
    places = equipping_orders(supplier).values("pharmacy")
    return Pharmacy.objects.filter(pk__in=places).order_by("sort_key", "finess")


def get_client(supplier: Supplier, pk: UUID) -> Pharmacy:
    """One pharmacy that the supplier equips. Raises Http404 for any other."""
    place = clients_of(supplier).filter(pk=pk).first()
    if place is None:
        raise Http404
    return place


@dataclass(frozen=True)
class Client:
    """A pharmacy with its last dossier on the supplier's software, the form handed over, and the help it waits for."""

    pharmacy: Pharmacy
    dossier: InsiDossier | None
    handover: FormHandover | None
    waiting: int

    @property
    def progress(self) -> tuple[str, str]:
        """How far it is, as a supplier may know it, and the tone of the badge."""
        if self.dossier is None:
            return "Pas commencé avec votre logiciel", "neutral"
        if self.dossier.state in OPEN:
            return "En cours", "info"
        return ("Homologué", "success") if self.dossier.state == APPROVED else ("Terminé", "neutral")


def client_lines(supplier: Supplier, places: Iterable[Pharmacy]) -> list[Client]:
    """The lines of some pharmacies; three queries whatever their number."""
    found = list(places)
    dossiers = {one.pharmacy_id: one for one in _dossiers(supplier).filter(pharmacy__in=found)}
    handovers = {one.pharmacy_id: one for one in handovers_to(supplier).filter(pharmacy__in=found)}
    asked = HelpRequest.objects.filter(supplier=supplier, state__in=WAITING, dossier__pharmacy__in=found)
    waiting = dict(asked.values_list("dossier__pharmacy").annotate(number=Count("pk")).order_by())
    return [Client(place, dossiers.get(place.pk), handovers.get(place.pk), waiting.get(place.pk, 0)) for place in found]


def _dossiers(supplier: Supplier) -> QuerySet[InsiDossier]:
    """The last dossier of each pharmacy on a software of the supplier; no snapshot is read."""
    own = InsiDossier.objects.filter(software_version__software__supplier=supplier).defer("snapshot")
    related = own.select_related("software_version__software", "questionnaire")
    return related.order_by("pharmacy_id", "-number").distinct("pharmacy_id")


def handovers_to(supplier: Supplier) -> QuerySet[FormHandover]:
    """What the supplier last said of the form handed over to each pharmacy."""
    said = FormHandover.objects.filter(supplier=supplier)
    return said.order_by("pharmacy_id", "-number").distinct("pharmacy_id")


def handovers_of(pharmacy: Pharmacy) -> list[FormHandover]:
    """What each supplier last said of the form handed over to a pharmacy."""
    said = FormHandover.objects.filter(pharmacy=pharmacy).select_related("by", "supplier")
    return list(said.order_by("supplier_id", "-number").distinct("supplier_id"))


def handover_history(supplier: Supplier, pharmacy: Pharmacy) -> list[FormHandover]:
    """Everything the supplier said of the form handed over to one pharmacy, the last first."""
    said = FormHandover.objects.filter(supplier=supplier, pharmacy=pharmacy).select_related("by")
    return list(said.order_by("-number"))


@dataclass(frozen=True)
class Fate:
    """One key that the supplier proposes, with what became of it. The pharmacy's own answer is not read."""

    key: str
    value: Any
    words: str
    tone: str


def fates(dossier: InsiDossier, pack: PrefillPack | None) -> list[Fate]:
    """What became of each proposal of a pack in a dossier; the values are the pack's alone."""
    if pack is None:
        return []
    rows = Answer.objects.filter(dossier=dossier, key__in=list(pack.values)).values_list(
        "key", "revision__status", "revision__provenance"
    )
    said = {key: (status, provenance) for key, status, provenance in rows}
    return [
        Fate(question.key, pack.values[question.key], *_fate(said.get(question.key)))
        for question in dossier.questionnaire.form
        if question.key in pack.values
    ]


def _fate(said: tuple[str, str] | None) -> tuple[str, str]:
    if said is None or said[0] == Status.EMPTY.value:
        return "Pas encore proposée", "neutral"
    if said[1] != Provenance.EDITOR_PACK.value:
        return "La pharmacie a sa propre réponse", "neutral"
    return ("À confirmer par la pharmacie", "info") if said[0] == Status.PROPOSED.value else ("Confirmée", "success")


def get_version(actor: Actor, pk: UUID) -> SoftwareVersion:
    """One version of a software of the actor's company. Raises Http404 for any other."""
    company = supplier_company(actor)
    version = versions_of(Supplier.objects.filter(pk=company.pk)).filter(pk=pk).first()
    if version is None:
        raise Http404
    return version


def packs_of(version: SoftwareVersion) -> list[PrefillPack]:
    """Every pack of a version, the last first."""
    found = PrefillPack.objects.filter(software_version=version).select_related("published_by", "questionnaire")
    return list(found.order_by("-number"))


def last_values(version: SoftwareVersion, keys: Collection[str]) -> dict[str, Any]:
    """What was proposed last for a version, of these questions."""
    last = PrefillPack.objects.filter(software_version=version).order_by("-number").first()
    return {key: value for key, value in (last.values if last else {}).items() if key in keys}


@dataclass(frozen=True)
class VersionLine:
    """A version with its last pack, and how many dossiers are on it."""

    version: SoftwareVersion
    pack: PrefillPack | None
    dossiers: int


def version_lines(supplier: Supplier) -> list[VersionLine]:
    """Every version of the supplier; three queries whatever their number."""
    versions = list(versions_of(Supplier.objects.filter(pk=supplier.pk)))
    packs = PrefillPack.objects.filter(software_version__in=versions).defer("values")
    last = {one.software_version_id: one for one in packs.order_by("software_version", "number")}
    dossiers = InsiDossier.objects.filter(software_version__in=versions)
    counts = dict(dossiers.values_list("software_version").annotate(number=Count("pk")).order_by())
    return [VersionLine(one, last.get(one.pk), counts.get(one.pk, 0)) for one in versions]


def uses_of(version: SoftwareVersion) -> dict[str, int]:
    """How many dossiers hold an answer of each pack today, by the pack's source."""
    used = Answer.objects.filter(
        dossier__software_version=version, revision__provenance=Provenance.EDITOR_PACK.value
    ).order_by()
    return dict(used.values_list("revision__source").annotate(number=Count("dossier", distinct=True)))


def users_of(supplier: Supplier, version: SoftwareVersion) -> QuerySet[Pharmacy]:
    """The pharmacies equipped today whose dossier holds an answer of a pack of the version."""
    held = Answer.objects.filter(
        dossier__software_version=version, revision__provenance=Provenance.EDITOR_PACK.value
    ).values("dossier__pharmacy")
    return clients_of(supplier).filter(pk__in=held)


def questionnaire_now(programme: str) -> QuestionnaireVersion | None:
    """The last questionnaire of a programme."""
    return QuestionnaireVersion.objects.filter(programme=programme).order_by("-number").first()
