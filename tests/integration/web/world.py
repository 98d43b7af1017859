"""The cast of the demonstration with a few people more, and requests in the name of any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler

from attestations.models import Attestation, Reserve
from orders.models import Installation, InstallationReserve, Order, Slot
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo import cast
from portal.demo.services.make import make_demo
from portal.demo.services.play import Play
from portal.documents.models import Document, Signature
from portal.documents.render import Rendered
from portal.outbox.models import Notice, OutboxMessage
from portal.referencing import models as dossiers
from portal.referencing.domain.ans_file import COLUMNS
from portal.referencing.domain.decisions import Decision
from portal.referencing.models import AnsList, QuarantinedRow, ReferencingDossier
from portal.referencing.selectors.dossiers import alarms
from portal.referencing.selectors.lists import digest_of, findings_of
from portal.referencing.services import ans_list, decide, prepare
from portal.registry.models import DistributorMandate, Pharmacy, ReferencingEvent, Supplier
from portal.registry.services.people import attach_to_pharmacy
from portal.registry.services.suppliers import (
    SupplierIdentity,
    mandate_distributor,
    register_software,
    register_supplier,
)
from tests.factories import people, referencing
from tests.strict_pages import StrictClient

TODAY = datetime(2022, 11, 15, 10, 0, tzinfo=PARIS)
SINCE = datetime(2021, 1, 1, tzinfo=UTC)
DUE_ON = date(2022, 12, 31)
MANDATE_ENDED = datetime(2022, 11, 1, tzinfo=UTC)

SUPPLIER, OTHER_SUPPLIER = "fournisseur@officia.example", "fournisseur@galene.example"
DISTRIBUTOR, ENDED = "distributeur@comptoir-sud.example", "distributeur@fini.example"
INSTRUCTOR, VALIDATOR = "instructeur@administration.example", "valideur@administration.example"
NOBODY = "sans-role@nulle-part.example"
SOFTWARE = "Officia LGO"

DRAFT, ISSUED, INSTALLED, VA_TO_SIGN, VA_RESERVE = "vignes", "canal", "rade", "tilleuls", "beffroi"
"""Pharmacies whose last order, drafted by the distributor for its supplier, stands there."""

REF_STATES = ("draft", "submitted", "to_complete", "complete", "under_review", "to_correct", "referenced", "suspended")
"""States in which the supplier has a dossier of référencement, one version each."""

PROPOSED, REFUSAL, WITHDRAWAL, SUCCEEDED = "proposed", "refusal", "withdrawal", "succeeded"
"""Dossiers with a decision that waits for the validator, or whose successor is référencé."""

_ENDED_COMPANY = SupplierIdentity(
    "Distribution Finie", "44306184100047", "1 rue du Passé", "75001", "Paris", "Aude Fini", "01 00 00 00 09", ENDED
)


@dataclass(frozen=True)
class World:
    """Where to find what the tests ask for; rows are read again by each test."""

    past: UUID
    """The order that the distributor without mandate had drafted while it had one."""

    def order(self, key: str) -> Order:
        """The last order of a pharmacy of the cast."""
        return Order.objects.select_related("pharmacy").filter(pharmacy__finess=finess_of(key)).latest("created_at")

    def installation(self, key: str) -> Installation:
        """The installation of that order."""
        return Installation.objects.get(order=self.order(key))

    def attestation(self, key: str) -> Attestation:
        """The last VA of that order."""
        return Attestation.objects.filter(order=self.order(key)).latest("prepared_at")

    def va_reserve(self, key: str) -> Reserve:
        """The reserve of that VA."""
        return Reserve.objects.filter(statement__attestation=self.attestation(key)).latest("pk")

    def dossier(self, key: str) -> ReferencingDossier:
        """The supplier's dossier of référencement of this name."""
        return ReferencingDossier.objects.get(software_version__label=key)

    def staged_list(self) -> AnsList:
        """A list of the ANS that waits to be applied."""
        return AnsList.objects.get(applied_at=None, discarded_at=None)

    def quarantined(self) -> QuarantinedRow:
        """A row of an applied list that fits nothing."""
        return QuarantinedRow.objects.get(resolution="")

    def alarm(self) -> ReferencingEvent:
        """A backdated withdrawal that nobody has looked at."""
        return alarms(people.PROGRAMME, TODAY)[0]

    def reserve(self, key: str) -> InstallationReserve:
        """The reserve of that installation."""
        return InstallationReserve.objects.filter(installation=self.installation(key)).latest("pk")


def finess_of(key: str) -> str:
    """The FINESS of a pharmacy of the cast."""
    return next(role.finess for role in cast.PHARMACIES if role.key == key)


def titulaire(key: str) -> str:
    """The log-in of the titulaire of a pharmacy of the cast."""
    return next(role.login for role in cast.PHARMACIES if role.key == key)


def adjoint(key: str) -> str:
    """The log-in of the adjoint of a pharmacy."""
    return f"adjoint-web@{key}.example"


def make_world() -> World:
    """The cast, an adjoint where the tests need one, a distributor whose mandate ended, a person without a role."""
    make_demo()
    for key in (DRAFT, ISSUED, INSTALLED, VA_TO_SIGN, VA_RESERVE):
        pharmacy = Pharmacy.objects.get(finess=finess_of(key))
        attach_to_pharmacy(user=_user(adjoint(key)), pharmacy_id=pharmacy.pk, role=Role.ADJOINT, since=SINCE)
    _user(NOBODY)
    _distributed()
    make_dossiers()
    return World(past=_ended_distributor())


def make_dossiers() -> None:
    """The supplier's dossiers, a list of the ANS staged and one applied, a backdated withdrawal."""
    made = {key: referencing.STATES[key](_case(key)) for key in REF_STATES if key not in ("to_complete", "to_correct")}
    _case("to_complete").ready().submit().ask_pieces(due_on=DUE_ON)
    _case("to_correct").under_review().judge("INS.01").ask_corrections(due_on=DUE_ON)
    _case("to_judge").under_review().judge("INS.01")
    _case(PROPOSED).under_review().judge().propose(Decision.REFERENCE)
    _case(REFUSAL).under_review().judge("INS.01").propose(Decision.REFUSE)
    _case(WITHDRAWAL).referenced().propose(Decision.WITHDRAW, at=referencing.AFTER)
    succeeded = _case(SUCCEEDED).referenced()
    back = referencing.DECIDED + timedelta(days=1)
    alarm = _case("alarm").referenced()
    alarm.propose(Decision.WITHDRAW, at=referencing.AFTER, effective_at=back, retroactive=True)
    alarm.decide(Decision.WITHDRAW, at=referencing.AFTER)
    with clock.frozen(business=TODAY):
        decide.name_successor(dossier_id=succeeded.pk, actor=succeeded.supplier, successor_id=made["referenced"].pk)
        declared = {"dossier_id": made["draft"].pk, "actor": made["draft"].supplier}
        prepare.declare_obsolete(**declared, label="Avant la 2", note="")  # type: ignore[arg-type]
        register_software(made["draft"].company, "Officia à référencer", "unopened")
        _lists(made["draft"].instructor)
    made["draft"].charter(at=referencing.DEPOSITED).deposit_all()


def _case(key: str) -> referencing.Case:
    company = Supplier.objects.get(siret=cast.SUPPLIERS[0].identity.siret)
    return referencing.Case(
        company=company,
        version=register_software(company, "Officia à référencer", key),
        supplier=_actor(SUPPLIER),
        instructor=_actor(INSTRUCTOR),
        validator=_actor(VALIDATOR),
    )


def _actor(login: str) -> Actor:
    return Actor.of(Membership.objects.select_related("user", "organisation").filter(user__email=login)[0])


def _lists(actor: Actor) -> None:
    head = ";".join(COLUMNS)
    for line in ("N-1;Inconnu;1;Inconnu SAS;;Référencé;01/11/2022", "N-2;Inconnu;2;Inconnu SAS;;Suspendu;02/11/2022"):
        content = f"{head}\n{line}".encode()
        day = date(2022, 11, 3)
        staged = ans_list.stage_list(
            programme=people.PROGRAMME, name="liste.csv", content=content, list_day=day, actor=actor
        )
        if "N-1" in line:
            findings = findings_of(staged)
            ans_list.apply_list(
                list_id=staged.pk,
                actor=actor,
                digest=digest_of(findings),
                acknowledged=[f.code for f in findings],
            )


def _distributed() -> None:
    Play(DRAFT, SOFTWARE, DISTRIBUTOR).draft("2022-11-14")
    Play(ISSUED, SOFTWARE, DISTRIBUTOR).issue("2022-11-10")
    for key in (VA_TO_SIGN, VA_RESERVE):
        story = Play(key, SOFTWARE, DISTRIBUTOR)
        story.sign("2022-11-02", "2022-11-03")
        story.plan("2022-11-03", "2022-11-04")
        story.install("2022-11-04")
        if key == VA_TO_SIGN:
            story.prepare_va("2022-11-07")
        else:
            story.sign_va("2022-11-07", refused="e_prescription")


def _ended_distributor() -> UUID:
    company = register_supplier(_ENDED_COMPANY)
    Membership.objects.create(
        user=_user(ENDED), organisation=company.organisation, role=Role.DISTRIBUTOR.value, since=SINCE
    )
    principal = Supplier.objects.get(siret=cast.SUPPLIERS[0].identity.siret)
    mandate = mandate_distributor(principal, company, SINCE)
    story = Play("mine", SOFTWARE, ENDED)
    story.draft("2022-10-20")
    DistributorMandate.objects.filter(pk=mandate.pk).update(until=MANDATE_ENDED)
    return story.order.pk


def end_mandates() -> None:
    """From now on the distributor of the world represents nobody."""
    DistributorMandate.objects.filter(until=None).update(until=TODAY)


def _user(login: str) -> User:
    return User.objects.create_user(login, cast.PASSWORD, first_name="Camille", last_name="Essai")


def quick_pdf(html: str) -> Rendered:
    """Another file for another HTML, without drawing it."""
    return Rendered(content=b"%PDF-quick " + hashlib.sha256(html.encode()).hexdigest().encode(), pages=1)


# Building the middleware lists every static file: once is enough.
_HANDLERS = {checked: ClientHandler(enforce_csrf_checks=checked) for checked in (False, True)}


def as_(login: str, *, checks_csrf: bool = False, strict: bool = True) -> Client:
    """A browser in which the person is logged in; nobody when ``login`` is empty.

    Not ``strict``: an exception becomes an error page, as in production.
    """
    client = StrictClient(enforce_csrf_checks=checks_csrf, raise_request_exception=strict)
    client.handler = _HANDLERS[checks_csrf]
    if login:
        client.force_login(User.objects.get(email=login))
    return client


def written() -> dict[str, Any]:
    """What every act leaves behind: rows, versions and states."""
    counted = {
        model.__name__: model._default_manager.count()
        for model in (
            *(AuditEvent, OutboxMessage, Document, Signature, Reserve, InstallationReserve, Attestation, Notice),
            *(ReferencingEvent, dossiers.Proof, dossiers.PointRequest, dossiers.Verdict, dossiers.Proposal),
            *(dossiers.Announcement, dossiers.ObsoleteVersion, AnsList, dossiers.AlarmSeen),
        )
    }
    return counted | {
        "orders": sorted(Order.objects.values_list("pk", "version", "state", "software_version")),
        "installations": sorted(Installation.objects.values_list("pk", "version", "state")),
        "attestations": sorted(Attestation.objects.values_list("pk", "version", "state")),
        "dossiers": sorted(ReferencingDossier.objects.values_list("pk", "version", "state")),
        "proofs withdrawn": dossiers.Proof.objects.exclude(withdrawn_at=None).count(),
        "lists": sorted(AnsList.objects.values_list("pk", "applied_at", "discarded_at"), key=str),
        "quarantine": sorted(QuarantinedRow.objects.values_list("pk", "resolution")),
        "slots": sorted(Slot.objects.values_list("pk", "holder"), key=str),
        "memberships": Membership.objects.count(),
    }


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()
