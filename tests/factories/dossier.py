"""One order with everybody around it, and its verbs: each act at its own date, through the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from attestations.domain.filled import FILLED
from attestations.domain.rules import Decision
from attestations.models import Attestation, Reserve
from attestations.services import prepare as preparing
from attestations.services import sign as answering
from attestations.services.fill import fill_va
from attestations.services.machine import OBJECT as VA_OBJECT
from orders.models import Installation, InstallationReserve, Order
from orders.services import cancel as cancelling
from orders.services import installation as works_services
from orders.services.draft import DraftRequest, draft_order
from orders.services.facts import OBJECT as ORDER_OBJECT
from orders.services.issue import issue_order
from orders.services.sign import Consent, sign_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import PARIS
from portal.documents.selectors import latest
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy, SoftwareVersion, Supplier
from tests.factories import people
from tests.factories.confirmed import confirmed
from tests.factories.content import content, works


def paris(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """An hour of an ISO day, in Paris."""
    return datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=PARIS)


DRAFTED = paris("2022-10-10", 9)
ISSUED = paris("2022-10-10", 10)
SIGNED = paris("2022-10-12", 14)
PLANNED = paris("2022-10-13", 9)
PLANNED_FOR = paris("2022-10-24", 9)
STARTED = paris("2022-10-24", 9)
INSTALLED = paris("2022-10-24", 12)
PREPARED = paris("2022-11-04", 9)
ANSWERED = paris("2022-11-05", 10)
CODES = ("general", "dossier_pharmaceutique", "e_prescription", "certificates", "mss")


@dataclass
class Dossier:
    """An order, its people and its verbs. Every verb reads the clock, so hold it first (or pass ``at``)."""

    company: Supplier
    place: Pharmacy
    version: SoftwareVersion
    supplier: Actor
    titulaire: Actor
    drafted: UUID | None = None
    typed: dict[str, Any] = field(default_factory=content)
    programme: str = people.PROGRAMME

    @property
    def order(self) -> Order:
        """The order as stored."""
        return Order.objects.get(pk=self.pk)

    @property
    def pk(self) -> UUID:
        """The key of the order, once drafted."""
        assert self.drafted is not None, "draft first"
        return self.drafted

    @property
    def installation(self) -> Installation:
        """The installation as stored."""
        return Installation.objects.get(order=self.pk)

    @property
    def va(self) -> Attestation:
        """The last VA as stored."""
        return Attestation.objects.filter(order=self.pk).latest("prepared_at", "number")

    def shown(self, kind: str = "order", signatory: Actor | None = None) -> str:
        """The hash of the document that the page shows, rendered first where it waits; identity confirmed for it."""
        deliver_pending()
        key = str(self.pk) if kind.startswith("order") else str(self.va.pk)
        document = latest(kind, ORDER_OBJECT if kind.startswith("order") else VA_OBJECT, key)
        sha256 = (document.sha256 or "") if document else ""
        if sha256:
            confirmed(signatory or self.titulaire, sha256, kind)
        return sha256

    def draft(self, at: datetime = DRAFTED, actor: Actor | None = None) -> Order:
        with clock.frozen(business=at):
            request = DraftRequest(self.programme, self.place.pk, self.version.pk, self.typed)
            order = draft_order(request=request, actor=actor or self.supplier)
        self.drafted = order.pk
        return order

    def issue(self, at: datetime = ISSUED) -> Order:
        with clock.frozen(business=at):
            return issue_order(order_id=self.pk, actor=self.supplier)

    def sign(self, at: datetime = SIGNED, actor: Actor | None = None) -> Order:
        with clock.frozen(business=at):
            consent = Consent(True, self.shown(signatory=actor))
            return sign_order(order_id=self.pk, actor=actor or self.titulaire, consent=consent)

    def plan(self, at: datetime = PLANNED, planned_for: datetime = PLANNED_FOR) -> Installation:
        with clock.frozen(business=at):
            return works_services.plan(
                installation_id=self.installation.pk, actor=self.supplier, planned_for=planned_for
            )

    def start(self, at: datetime = STARTED) -> Installation:
        with clock.frozen(business=at):
            return works_services.start(installation_id=self.installation.pk, actor=self.supplier)

    def fail(self, at: datetime = STARTED, actor: Actor | None = None) -> Installation:
        with clock.frozen(business=at):
            return works_services.fail(
                installation_id=self.installation.pk, actor=actor or self.supplier, cause="old_hardware", detail=""
            )

    def declare(self, at: datetime = INSTALLED, **changes: Any) -> Installation:
        with clock.frozen(business=at):
            done = works(at, **changes)
            return works_services.declare(installation_id=self.installation.pk, actor=self.supplier, works=done)

    def raise_reserve(self, at: datetime = PREPARED, actor: Actor | None = None) -> InstallationReserve:
        request = works_services.ReserveRequest("training", "Deux préparateurs restent à former", date(2022, 12, 1))
        with clock.frozen(business=at):
            return works_services.raise_reserve(
                installation_id=self.installation.pk, actor=actor or self.titulaire, request=request
            )

    def prepare(self, at: datetime = PREPARED, actor: Actor | None = None) -> Attestation:
        with clock.frozen(business=at):
            return preparing.prepare_va(order_id=self.pk, actor=actor or self.supplier)

    def answer(self, at: datetime = ANSWERED, refused: tuple[str, ...] = (), actor: Actor | None = None) -> Attestation:
        """Sign the VA; the boxes named are refused."""
        with clock.frozen(business=at):
            consent = self.filled(decisions(CODES, refused), actor)
            return answering.sign_va(attestation_id=self.va.pk, actor=actor or self.titulaire, consent=consent)

    def filled(
        self, answers: Mapping[str, Decision], actor: Actor | None = None, place: str = "Saint-Malo"
    ) -> answering.VaConsent:
        """The VA filled in, and the agreement to sign it so."""
        self.shown("va", actor)
        fill_va(attestation_id=self.va.pk, actor=actor or self.titulaire, decisions=answers, place=place)
        return answering.VaConsent(True, self.shown(FILLED, actor))

    def refuse_va(self, at: datetime = ANSWERED) -> Attestation:
        with clock.frozen(business=at):
            self.shown("va")
            return answering.refuse_va(attestation_id=self.va.pk, actor=self.titulaire, reason="Rien ne marche")

    def lift(self, code: str, at: datetime) -> Reserve:
        """The supplier lifts the open reserve of a box."""
        reserve = Reserve.objects.get(statement__attestation=self.va, statement__code=code, closed_at=None)
        with clock.frozen(business=at):
            return answering.lift_reserve(
                attestation_id=self.va.pk, reserve_id=reserve.pk, actor=self.supplier, note="Accès rétabli"
            )

    def answer_lifted(self, codes: tuple[str, ...], at: datetime, refused: tuple[str, ...] = ()) -> Attestation:
        with clock.frozen(business=at):
            consent = self.filled(decisions(codes, refused))
            return answering.answer_lifted(attestation_id=self.va.pk, actor=self.titulaire, consent=consent)

    def ask_cancel(self, actor: Actor | None = None) -> Order:
        return cancelling.ask_cancel(order_id=self.pk, actor=actor or self.titulaire, reason="Cessation")


def decisions(codes: tuple[str, ...], refused: tuple[str, ...] = ()) -> dict[str, Decision]:
    """An answer to each box: attested, but for those refused."""
    return {code: Decision(False, "Ne marche pas") if code in refused else Decision(True) for code in codes}


def dossier(
    *,
    referenced: bool = True,
    place: Pharmacy | None = None,
    company: Supplier | None = None,
    titulaire: Actor | None = None,
    **typed: Any,
) -> Dossier:
    """Everybody around an order that does not exist yet; ``titulaire``: who owns ``place`` already."""
    company = company or people.supplier()
    place = place or people.pharmacy()
    return Dossier(
        company=company,
        place=place,
        version=people.software(company, referenced=referenced),
        supplier=people.member(company.organisation, Role.SUPPLIER),
        titulaire=titulaire or people.attach(place, Role.TITULAIRE),
        typed=content(**typed),
    )
