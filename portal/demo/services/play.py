"""Playing the cast: each act falls at its own instant, through the same services as on the screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from attestations.domain.consent import CONSENT_VERSION as VA_CONSENT
from attestations.domain.filled import FILLED
from attestations.domain.rules import Decision
from attestations.models import Attestation, Reserve
from attestations.selectors import boxes_to_answer
from attestations.services.fill import fill_va
from attestations.services.machine import OBJECT as VA_OBJECT
from attestations.services.prepare import prepare_va
from attestations.services.sign import VaConsent, answer_lifted, lift_reserve, refuse_va, sign_va
from orders.domain.consent import CONSENT_VERSION as ORDER_CONSENT
from orders.models import Installation, InstallationReserve, Order
from orders.services import installation as works
from orders.services.cancel import ask_cancel, cancel_order
from orders.services.draft import DraftRequest, discard_order, draft_order
from orders.services.facts import OBJECT as ORDER_OBJECT
from orders.services.issue import issue_order
from orders.services.sign import Consent, decline_order, sign_order
from orders.services.succession import record_succession
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.common.money import Triple
from portal.demo import cast
from portal.demo.services.cues import Cue, moment, perform
from portal.demo.services.step_up import confirm_identity
from portal.documents.selectors import latest
from portal.registry.domain.succession import SALE
from portal.registry.models import Pharmacy, SoftwareVersion
from portal.registry.services.succession import SuccessionEvent

VAT = {"9D": Decimal("8.50")}


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
    """One pharmacy's story with one software; each verb is one or several acts, each at its own day.

    ``give``: what becomes of a cue; by default it is performed at once, a script keeps it for later.
    """

    def __init__(
        self, pharmacy_key: str, software: str, supplier_login: str, give: Callable[[Cue], object] = perform
    ) -> None:
        role = next(p for p in cast.PHARMACIES if p.key == pharmacy_key)
        self.pharmacy = Pharmacy.objects.get(finess=role.finess)
        self.version = SoftwareVersion.objects.get(software__name=software)
        self.titulaire, self.supplier = actor_of(role.login), actor_of(supplier_login)
        self.content = content_for(self.pharmacy, " ".join(role.person), role.login)
        self._drafted: UUID | None = None
        self._give = give

    @property
    def order(self) -> Order:
        """The order as stored, once drafted."""
        if self._drafted is None:
            raise RuntimeError("the story has no order yet")
        return Order.objects.get(pk=self._drafted)

    def draft(self, day: str) -> None:
        def act() -> None:
            request = DraftRequest(cast.PROGRAMME, self.pharmacy.pk, self.version.pk, self.content)
            self._drafted = draft_order(request=request, actor=self.supplier).pk

        self._cue(day, 9, act)

    def discard(self, day: str) -> None:
        self._cue(day, 10, lambda: discard_order(order_id=self.order.pk, actor=self.supplier))

    def issue(self, day: str) -> None:
        self.draft(day)
        self.issue_draft(day)

    def issue_draft(self, day: str) -> None:
        self._cue(day, 10, lambda: issue_order(order_id=self.order.pk, actor=self.supplier))

    def sign(self, issued: str, signed: str) -> None:
        self.issue(issued)
        self.sign_issued(signed)

    def sign_issued(self, day: str, replaces: Play | None = None) -> None:
        def act() -> None:
            order = self.order.pk
            former = str(replaces.order.pk) if replaces else ""
            sign_order(
                order_id=order,
                actor=self.titulaire,
                consent=Consent(True, _shown("order", ORDER_OBJECT, order, self.titulaire), replaces=former),
            )

        self._cue(day, 14, act)

    def succeed(self, day: str, former: Play) -> None:
        """The administration records that this pharmacy takes the other one over: its order is offered again here."""

        def act() -> None:
            event = SuccessionEvent(
                pharmacy_id=former.pharmacy.pk,
                kind=SALE,
                successor_id=self.pharmacy.pk,
                effective_on=date.fromisoformat(day),
                source="Acte de cession du fonds",
            )
            record_succession(event=event, actor=actor_of(cast.ADMINISTRATORS[0][0]))
            self._drafted = Order.objects.get(origin=former.order).pk

        self._cue(day, 10, act)

    def decline(self, issued: str, day: str) -> None:
        self.issue(issued)
        self._cue(
            day,
            11,
            lambda: decline_order(order_id=self.order.pk, actor=self.titulaire, reason="other_supplier", comment=""),
        )

    def ask_cancel(self, day: str) -> None:
        reason = "Nous cessons notre activité"
        self._cue(day, 11, lambda: ask_cancel(order_id=self.order.pk, actor=self.titulaire, reason=reason))

    def accept_cancel(self, day: str) -> None:
        self._cue(day, 16, lambda: cancel_order(order_id=self.order.pk, actor=self.supplier))

    def cancel(self, day: str) -> None:
        self.ask_cancel(day)
        self.accept_cancel(day)

    def plan(self, day: str, planned: str) -> None:
        when = moment(planned, 9)
        self._cue(
            day,
            15,
            lambda: works.plan(installation_id=self._installation(), actor=self.supplier, planned_for=when),
        )

    def start(self, day: str) -> None:
        self._cue(day, 9, lambda: works.start(installation_id=self._installation(), actor=self.supplier))

    def fail(self, day: str) -> None:
        self._cue(
            day,
            11,
            lambda: works.fail(
                installation_id=self._installation(), actor=self.supplier, cause="old_hardware", detail="Windows 7"
            ),
        )

    def install(self, day: str) -> None:
        def act() -> None:
            done = works.Works(
                installed_at=moment(day, 12),
                checklist=("licence", "installation", "maintenance", "certificates", "documentation", "training"),
                final_scenario=self.order.installation_scenario,
                mss_address=f"officine.{self.pharmacy.finess.lower()}@demo.mssante.fr",
                mss_kind="ORG",
                trained="Titulaire et deux préparateurs",
                certificate_ids="AUTH_CLI 0001, SIGN 0002, CONF 0003",
            )
            works.declare(installation_id=self._installation(), actor=self.supplier, works=done)

        self._cue(day, 12, act)

    def reserve(self, day: str) -> None:
        due = date.fromisoformat(day) + timedelta(days=21)
        request = works.ReserveRequest("training", "Deux préparateurs restent à former", due)
        self._cue(
            day,
            17,
            lambda: works.raise_reserve(installation_id=self._installation(), actor=self.titulaire, request=request),
        )

    def lift_installation(self, day: str) -> None:
        def act() -> None:
            reserve = InstallationReserve.objects.get(installation=self._installation(), lifted_at=None)
            works.lift_reserve(
                installation_id=reserve.installation_id,
                reserve_id=reserve.pk,
                actor=self.supplier,
                note="Formation faite à l’officine",
            )

        self._cue(day, 11, act)

    def prepare_va(self, day: str) -> None:
        self._cue(day, 16, lambda: prepare_va(order_id=self.order.pk, actor=self.supplier))

    def sign_va(self, day: str, refused: str = "") -> None:
        self.prepare_va(day)
        self.sign_prepared_va(day, refused)

    def sign_prepared_va(self, day: str, refused: str = "") -> None:
        self._cue(day, 17, lambda: self._fill_va(refused))
        self._cue(day, 18, lambda: sign_va(**self._filled_va()))

    def lift(self, day: str) -> None:
        def act() -> None:
            reserve = Reserve.objects.get(statement__attestation=self._va(), lifted_at=None)
            lift_reserve(
                attestation_id=reserve.statement.attestation_id,
                reserve_id=reserve.pk,
                actor=self.supplier,
                note="Accès rétabli sur les trois postes",
            )

        self._cue(day, 10, act)

    def answer_lifted(self, day: str) -> None:
        self._cue(day, 13, self._fill_va)
        self._cue(day, 14, lambda: answer_lifted(**self._filled_va()))

    def refuse_va(self, day: str) -> None:
        self.prepare_va(day)
        reason = "Le logiciel se ferme sans cesse"
        self._cue(day, 18, lambda: refuse_va(attestation_id=self._va().pk, actor=self.titulaire, reason=reason))

    def _cue(self, day: str, hour: int, act: Callable[[], object]) -> None:
        self._give(Cue(moment(day, hour), act))

    def _fill_va(self, refused: str = "") -> None:
        va = self._va()
        decisions = {
            statement.code: Decision(False, "L’accès ne fonctionne pas sur tous les postes")
            if statement.code == refused
            else Decision(True)
            for statement in boxes_to_answer(va)
        }
        fill_va(attestation_id=va.pk, actor=self.titulaire, decisions=decisions, place=self.pharmacy.city)

    def _filled_va(self) -> dict[str, Any]:
        va = self._va()
        consent = VaConsent(True, _shown(FILLED, VA_OBJECT, va.pk, self.titulaire))
        return {"attestation_id": va.pk, "actor": self.titulaire, "consent": consent}

    def _va(self) -> Attestation:
        return Attestation.objects.filter(order=self.order).latest("prepared_at")

    def _installation(self) -> UUID:
        return Installation.objects.get(order=self.order).pk


def _shown(kind: str, subject_type: str, subject: UUID, signatory: Actor) -> str:
    """The hash of the document that the signatory sees on the screen, whose identity is confirmed for it."""
    document = latest(kind, subject_type, str(subject))
    sha256 = (document.sha256 or "") if document else ""
    if signatory.user_id is not None and sha256:
        confirm_identity(signatory.user_id, sha256, ORDER_CONSENT if kind == "order" else VA_CONSENT)
    return sha256
