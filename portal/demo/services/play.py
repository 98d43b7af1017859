"""Playing the cast: each act falls at its own date, through the same services as on the screens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attestations.domain.rules import Decision
from attestations.models import Attestation, Reserve, Statement
from attestations.services.machine import OBJECT as VA_OBJECT
from attestations.services.prepare import prepare_va
from attestations.services.sign import VaConsent, lift_reserve, refuse_va, sign_va
from orders.models import Installation, Order
from orders.services import installation as works
from orders.services.cancel import ask_cancel, cancel_order
from orders.services.draft import DraftRequest, draft_order
from orders.services.facts import OBJECT as ORDER_OBJECT
from orders.services.issue import issue_order
from orders.services.sign import Consent, decline_order, sign_order
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.clock import PARIS
from portal.common.money import Triple
from portal.demo import cast
from portal.documents.selectors import latest
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import Pharmacy, SoftwareVersion

VAT = {"9D": Decimal("8.50")}


@contextmanager
def at(day: str, hour: int = 10) -> Iterator[datetime]:
    """Business time held at an hour of a day, Paris; the outbox is delivered before it ends."""
    instant = datetime.fromisoformat(day).replace(hour=hour, tzinfo=PARIS)
    with clock.frozen(business=instant):
        yield instant
        deliver_pending()


def actor_of(login: str) -> Actor:
    """The person of the cast, acting for their organisation."""
    membership = Membership.objects.select_related("user", "organisation").filter(user__email=login).order_by("pk")
    return Actor.of(membership[0])


def content_for(pharmacy: Pharmacy, name: str, email: str) -> dict[str, Any]:
    """A complete order's words for a pharmacy of the cast."""
    rate = VAT.get(pharmacy.department, Decimal("20.00"))
    price = Triple.from_ht(Decimal("800.00"), rate)
    return {
        "client_name": pharmacy.name,
        "client_responsible": name,
        "client_phone": pharmacy.phone,
        "client_email": email,
        "administrator_name": "Claire Morvan",
        "administrator_status": "supplier",
        "administrator_card": "2800123456",
        "administrator_phone": "02 99 00 00 01",
        "administrator_email": "certificats@officia.example",
        "installation_scenario": "Mise à jour sur site, un poste serveur et trois postes de comptoir",
        "has_personal_mailbox": False,
        "personal_operator": "",
        "has_organisation_mailbox": True,
        "organisation_operator": "Mailiz",
        "amount_ht": price.ht,
        "amount_vat": price.vat,
        "amount_ttc": price.ttc,
        "vat_percent": rate,
        "state_amount": price.ttc,
    }


class Play:
    """One pharmacy's story with one software; each method is an act at a given day."""

    def __init__(self, pharmacy_key: str, software: str, supplier_login: str) -> None:
        role = next(p for p in cast.PHARMACIES if p.key == pharmacy_key)
        self.pharmacy = Pharmacy.objects.get(finess=role.finess)
        self.version = SoftwareVersion.objects.get(software__name=software)
        self.titulaire, self.supplier = actor_of(role.login), actor_of(supplier_login)
        self.content = content_for(self.pharmacy, " ".join(role.person), role.login)
        self.order: Order | None = None

    def draft(self, day: str) -> Order:
        with at(day, 9):
            request = DraftRequest(cast.PROGRAMME, self.pharmacy.pk, self.version.pk, self.content)
            self.order = draft_order(request=request, actor=self.supplier)
        return self.order

    def issue(self, day: str) -> Order:
        order = self.draft(day)
        with at(day):
            self.order = issue_order(order_id=order.pk, actor=self.supplier)
        return self.order

    def sign(self, issued: str, signed: str) -> Order:
        order = self.issue(issued)
        with at(signed, 14):
            document = latest("order", ORDER_OBJECT, str(order.pk))
            shown = document.sha256 if document and document.sha256 else ""
            self.order = sign_order(order_id=order.pk, actor=self.titulaire, consent=Consent(True, shown))
        return self.order

    def decline(self, issued: str, day: str) -> None:
        order = self.issue(issued)
        with at(day, 11):
            decline_order(order_id=order.pk, actor=self.titulaire, reason="other_supplier", comment="")

    def ask_cancel(self, day: str) -> None:
        with at(day, 11):
            ask_cancel(order_id=self._order().pk, actor=self.titulaire, reason="Nous cessons notre activité")

    def cancel(self, day: str) -> None:
        self.ask_cancel(day)
        with at(day, 16):
            cancel_order(order_id=self._order().pk, actor=self.supplier)

    def plan(self, day: str, planned: str) -> None:
        when = datetime.fromisoformat(planned).replace(hour=9, tzinfo=PARIS)
        with at(day, 15):
            works.plan(installation_id=self._installation(), actor=self.supplier, planned_for=when)

    def start(self, day: str) -> None:
        with at(day, 9):
            works.start(installation_id=self._installation(), actor=self.supplier)

    def fail(self, day: str) -> None:
        with at(day, 11):
            works.fail(
                installation_id=self._installation(), actor=self.supplier, cause="old_hardware", detail="Windows 7"
            )

    def install(self, day: str) -> None:
        with at(day, 12) as now:
            done = works.Works(
                installed_at=now,
                checklist=("licence", "installation", "maintenance", "certificates", "documentation", "training"),
                final_scenario=self._order().installation_scenario,
                mss_address=f"officine.{self.pharmacy.finess.lower()}@demo.mssante.fr",
                mss_kind="ORG",
                trained="Titulaire et deux préparateurs",
                certificate_ids="AUTH_CLI 0001, SIGN 0002, CONF 0003",
            )
            works.declare(installation_id=self._installation(), actor=self.supplier, works=done)

    def reserve(self, day: str) -> None:
        due = date.fromisoformat(day) + timedelta(days=21)
        with at(day, 17):
            works.raise_reserve(
                installation_id=self._installation(),
                actor=self.titulaire,
                request=works.ReserveRequest("training", "Deux préparateurs restent à former", due),
            )

    def prepare_va(self, day: str) -> Attestation:
        with at(day, 16):
            return prepare_va(order_id=self._order().pk, actor=self.supplier)

    def sign_va(self, day: str, refused: str = "") -> Attestation:
        attestation = self.prepare_va(day)
        decisions = {
            statement.code: Decision(False, "L’accès ne fonctionne pas sur tous les postes")
            if statement.code == refused
            else Decision(True)
            for statement in Statement.objects.filter(attestation=attestation)
        }
        with at(day, 18):
            document = latest("va", VA_OBJECT, str(attestation.pk))
            shown = document.sha256 if document and document.sha256 else ""
            consent = VaConsent(True, shown, self.pharmacy.city)
            return sign_va(attestation_id=attestation.pk, actor=self.titulaire, decisions=decisions, consent=consent)

    def lift(self, day: str) -> None:
        reserve = Reserve.objects.get(statement__attestation__order=self._order())
        with at(day, 10):
            lift_reserve(
                attestation_id=reserve.statement.attestation_id,
                reserve_id=reserve.pk,
                actor=self.supplier,
                note="Accès rétabli sur les trois postes",
            )

    def refuse_va(self, day: str) -> None:
        attestation = self.prepare_va(day)
        with at(day, 18):
            refuse_va(attestation_id=attestation.pk, actor=self.titulaire, reason="Le logiciel se ferme sans cesse")

    def _order(self) -> Order:
        if self.order is None:
            raise RuntimeError("the story has no order yet")
        return Order.objects.get(pk=self.order.pk)

    def _installation(self) -> Any:
        return Installation.objects.get(order=self._order()).pk
