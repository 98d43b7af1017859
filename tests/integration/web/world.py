"""The cast of the demonstration with a few people more, and requests in the name of any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.test.client import ClientHandler

from attestations.models import Attestation, Reserve
from homologation.models import InsiDossier
from orders.domain.plans import Dates
from orders.models import Installation, InstallationReserve, Order, Plan
from orders.services.plans import ask_supplier, propose
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.audit.publishing import publish_root
from portal.common import clock
from portal.common.clock import PARIS
from portal.demo import cast
from portal.demo.services.make import make_demo
from portal.demo.services.play import Play, actor_of
from portal.programmes.models import RuleSetVersion
from portal.referencing.models import AnsList, QuarantinedRow, ReferencingDossier
from portal.referencing.selectors.dossiers import alarms
from portal.registry.models import (
    DistributorMandate,
    Pharmacy,
    ReferencingEvent,
    SoftwareVersion,
    Supplier,
)
from portal.registry.services.people import attach_to_pharmacy
from portal.registry.services.suppliers import SupplierIdentity, mandate_distributor, register_supplier
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.draft import edit_amendment, start_amendment, submit_amendment
from tests.factories import people
from tests.integration.web import world_deposits, world_enrolment
from tests.integration.web.world_breaches import make_breaches
from tests.integration.web.world_dossiers import (
    PROPOSED as PROPOSED,
)
from tests.integration.web.world_dossiers import (
    REF_STATES as REF_STATES,
)
from tests.integration.web.world_dossiers import (
    REFUSAL as REFUSAL,
)
from tests.integration.web.world_dossiers import (
    SUCCEEDED as SUCCEEDED,
)
from tests.integration.web.world_dossiers import (
    WITHDRAWAL as WITHDRAWAL,
)
from tests.integration.web.world_dossiers import (
    make_dossiers,
)
from tests.integration.web.world_insi import make_insi
from tests.integration.web.world_people import make_help, make_mandates
from tests.integration.web.world_scans import make_stack
from tests.integration.web.world_supervision import make_supervision
from tests.integration.web.world_usage import make_usage
from tests.strict_pages import StrictClient

TODAY = datetime(2022, 11, 15, 10, 0, tzinfo=PARIS)
SINCE = datetime(2021, 1, 1, tzinfo=UTC)
MANDATE_ENDED = datetime(2022, 11, 1, tzinfo=UTC)

SUPPLIER, OTHER_SUPPLIER = "fournisseur@officia.example", "fournisseur@galene.example"
DISTRIBUTOR, ENDED = "distributeur@comptoir-sud.example", "distributeur@fini.example"
INSTRUCTOR, VALIDATOR = "instructeur@administration.example", "valideur@administration.example"
NOBODY = "sans-role@nulle-part.example"
SOFTWARE = "Officia LGO"

DRAFT, ISSUED, INSTALLED, VA_TO_SIGN, VA_RESERVE = "vignes", "canal", "rade", "tilleuls", "beffroi"
"""Pharmacies whose last order, drafted by the distributor for its supplier, stands there."""

WRITTEN, SUBMITTED = "Projet en rédaction", "Projet à approuver"
"""Drafts of new rules, by the instructor."""

_ENDED_COMPANY = SupplierIdentity(
    "Distribution Finie", "44306184100047", "1 rue du Passé", "75001", "Paris", "Aude Fini", "01 00 00 00 09", ENDED
)


@dataclass(frozen=True)
class World:
    """Where to find what the tests ask for; rows are read again by each test."""

    past: UUID
    """The order that the distributor without mandate had drafted while it had one."""
    sessions: Mapping[str, str] = field(default_factory=dict)
    """What each person has logged in as, by log-in."""

    def browser(self, login: str, *, strict: bool = True) -> Client:
        """As ``as_``, in the session that the person opened when the world was built; nobody when ``login`` is empty."""
        client = as_("", strict=strict)
        if login:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[login]
        return client

    def amendment(self, title: str) -> Amendment:
        """A draft of new rules, by its title."""
        return Amendment.objects.get(content__title=title)

    def order(self, key: str) -> Order:
        """The last order of a pharmacy of the cast."""
        return Order.objects.select_related("pharmacy").filter(pharmacy__finess=finess_of(key)).latest("created_at")

    def installation(self, key: str) -> Installation:
        """The installation of that order."""
        return Installation.objects.get(order=self.order(key))

    def attestation(self, key: str) -> Attestation:
        """The last VA of that order."""
        return Attestation.objects.filter(order=self.order(key)).latest("prepared_at")

    def plan(self, key: str) -> Plan:
        """The plan that the pharmacy of that order makes with its supplier."""
        return Plan.objects.get(pharmacy=self.order(key).pharmacy_id, software_version=self.order(key).software_version)

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

    def insi(self, key: str) -> InsiDossier:
        """The last dossier of self-homologation of a pharmacy."""
        return InsiDossier.objects.filter(pharmacy__finess=finess_of(key)).latest("number")

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
    _rules()
    _distributed()
    make_insi(_actor(SUPPLIER), *(_actor(titulaire(key)) for key in (INSTALLED, VA_TO_SIGN, VA_RESERVE, ISSUED)))
    make_help(
        InsiDossier.objects.get(pharmacy__finess=finess_of(INSTALLED)), _actor(titulaire(INSTALLED)), _actor(SUPPLIER)
    )
    make_mandates(_actor(titulaire(INSTALLED)), adjoint(INSTALLED))
    make_breaches(_actor(titulaire(INSTALLED)))
    make_supervision(
        {
            finess_of(key): (state, _actor(titulaire(key)))
            for key, state in (
                (INSTALLED, "alert"),
                (ISSUED, "detail_asked"),
                (VA_TO_SIGN, "analysed"),
                (VA_RESERVE, "acted"),
            )
        }
    )
    make_dossiers(_actor(SUPPLIER), _actor(INSTRUCTOR), _actor(VALIDATOR))
    _planned()
    make_usage(INSTALLED, _actor(INSTRUCTOR))
    world_enrolment.make_request(titulaire("port"), finess_of(DRAFT))
    world_deposits.make_deposit(finess_of(INSTALLED), _actor(SUPPLIER))
    make_stack(_actor(SUPPLIER))
    past = _ended_distributor()
    publish_root()
    return World(
        past, {login: _session(login) for login in User.objects.exclude(email="").values_list("email", flat=True)}
    )


def _session(login: str) -> str:
    """The cookie of somebody who logs in."""
    return as_(login).cookies[settings.SESSION_COOKIE_NAME].value


def _rules() -> None:
    """A draft arrêté, one to approve, an incident and one published before."""
    author, base = _actor(INSTRUCTOR), RuleSetVersion.objects.get(programme=cast.PROGRAMME, number=1)
    with clock.frozen(business=datetime(2022, 11, 14, 10, tzinfo=PARIS)):
        for rank in (WRITTEN, SUBMITTED):
            draft = start_amendment(base_id=base.pk, actor=author)
            rows = [
                {**row, "day": "2023-09-20"} if row["code"] == "va_closes" else row for row in base.content["calendar"]
            ]
            text = {**base.content, "title": rank, "calendar": rows}
            edit_amendment(amendment_id=draft.pk, actor=author, content=text, expected_version=draft.version)
            if rank == SUBMITTED:
                submit_amendment(amendment_id=draft.pk, actor=author)


def _actor(login: str) -> Actor:
    return Actor.of(Membership.objects.select_related("user", "organisation").filter(user__email=login)[0])


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


def _planned() -> None:
    """The titulaire of the installed pharmacy asked; the distributor proposed dates for the supplier."""
    version = SoftwareVersion.objects.get(
        orders__pharmacy__finess=finess_of(INSTALLED), orders__state__in=["signed_firm"]
    )
    with clock.frozen(business=datetime(2022, 10, 8, 10, tzinfo=PARIS)):
        plan = ask_supplier(
            programme="PHA-LGO-Va1", version_id=version.pk, actor=actor_of(titulaire(INSTALLED)), words="Et quand ?"
        )
        dates = Dates(date(2022, 12, 1), date(2022, 12, 15), date(2022, 12, 16))
        propose(plan_id=plan.pk, actor=actor_of(SUPPLIER), dates=dates, words="")
    with clock.frozen(business=datetime(2022, 10, 9, 10, tzinfo=PARIS)):
        propose(plan_id=plan.pk, actor=actor_of(DISTRIBUTOR), dates=dates, words="Avec notre équipe")


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
