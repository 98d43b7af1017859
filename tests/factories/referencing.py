"""A dossier of référencement with everybody around it, brought to any state by the services, each act at its date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import PARIS
from portal.documents.domain.incoming import PROOFS
from portal.documents.intake.receive import received
from portal.referencing.domain.decisions import Decision, Outcome
from portal.referencing.models import PointRequest, Proof, ReferencingDossier
from portal.referencing.services import decide, instruct, prepare, proofs, submit
from portal.referencing.services.deadlines import lapse_dossier
from portal.referencing.services.facts import Reading
from portal.registry.models import SoftwareVersion, Supplier
from portal.registry.services.suppliers import register_software
from tests.factories import people
from tests.factories.quick_pdf import page

OPENED = datetime(2022, 10, 3, 9, tzinfo=PARIS)
DEPOSITED = datetime(2022, 10, 4, 9, tzinfo=PARIS)
SUBMITTED = datetime(2022, 10, 5, 9, tzinfo=PARIS)
ASKED = datetime(2022, 10, 6, 9, tzinfo=PARIS)
ANSWERED = datetime(2022, 10, 10, 9, tzinfo=PARIS)
CONFIRMED = datetime(2022, 10, 12, 9, tzinfo=PARIS)
JUDGED = datetime(2022, 10, 14, 9, tzinfo=PARIS)
DECIDED = datetime(2022, 10, 20, 9, tzinfo=PARIS)
AFTER = datetime(2022, 11, 2, 9, tzinfo=PARIS)
DUE_ON = date(2022, 10, 31)


@dataclass
class Case:
    """A dossier, its people and its verbs; each verb is done at its own date unless ``at`` says another."""

    company: Supplier
    version: SoftwareVersion
    supplier: Actor
    instructor: Actor
    validator: Actor
    opened: UUID | None = None

    @property
    def pk(self) -> UUID:
        """The key, once opened."""
        assert self.opened is not None, "open first"
        return self.opened

    @property
    def dossier(self) -> ReferencingDossier:
        """The dossier as stored."""
        return ReferencingDossier.objects.get(pk=self.pk)

    @property
    def state(self) -> str:
        """Its state as stored."""
        return str(self.dossier.state)

    def open(self, at: datetime = OPENED, profiles: tuple[str, ...] = ()) -> Case:
        with clock.frozen(business=at):
            content = prepare.Content(profiles, "NIE-1", "NIL-1")
            made = prepare.open_dossier(
                programme=people.PROGRAMME, version_id=self.version.pk, actor=self.supplier, content=content
            )
        self.opened = made.pk
        return self

    def charter(self, at: datetime = OPENED) -> Case:
        with clock.frozen(business=at):
            prepare.accept_charter(dossier_id=self.pk, actor=self.supplier, accepted=True)
        return self

    def deposit(self, *covers: str, at: datetime = DEPOSITED, content: bytes = b"", name: str = "preuve.pdf") -> Proof:
        with clock.frozen(business=at):
            content = content or page(f"{covers[0]} {at.isoformat()}")
            upload = proofs.Upload(received(content, name, PROOFS), covers)
            return proofs.deposit_proof(
                dossier_id=self.pk, chapter=covers[0].split(".")[0], actor=self.supplier, upload=upload
            )

    def deposit_all(self, at: datetime = DEPOSITED, without: tuple[str, ...] = ()) -> Case:
        """One file a chapter, covering everything it expects but ``without``."""
        dossier = self.dossier
        for chapter in dossier.requirement_set.listed.for_profiles(dossier.profiles):
            codes = [p.code for r in chapter.requirements if r.blocking for p in r.proofs if p.code not in without]
            if codes:
                self.deposit(*codes, at=at)
        return self

    def ready(self) -> Case:
        """Opened, chartered, everything deposited."""
        return self.open().charter().deposit_all()

    def submit(self, at: datetime = SUBMITTED) -> Case:
        with clock.frozen(business=at):
            submit.submit_dossier(dossier_id=self.pk, actor=self.supplier)
        return self

    def ask_pieces(self, *points: str, at: datetime = ASKED, due_on: date = DUE_ON) -> Case:
        with clock.frozen(business=at):
            instruct.ask_pieces(
                dossier_id=self.pk, actor=self.instructor, points=points or ("INS.01",), due_on=due_on, note="Merci."
            )
        return self

    def answer(self, at: datetime = ANSWERED, reply: str = "Voir la pièce déjà déposée.") -> Case:
        with clock.frozen(business=at):
            submit.answer_dossier(dossier_id=self.pk, actor=self.supplier, reply=reply)
        return self

    def confirm(self, at: datetime = CONFIRMED) -> Case:
        with clock.frozen(business=at):
            instruct.confirm_complete(dossier_id=self.pk, actor=self.instructor)
        return self

    def review(self, at: datetime = CONFIRMED + timedelta(hours=1)) -> Case:
        with clock.frozen(business=at):
            instruct.start_review(dossier_id=self.pk, actor=self.instructor)
        return self

    def judge(self, *wrong: str, at: datetime = JUDGED) -> Case:
        """Everything conform but ``wrong``."""
        listed, dossier = self.dossier.requirement_set.listed, self.dossier
        given = {
            r.code: instruct.Judgement(Outcome.TO_CORRECT, f"À revoir : {r.code}")
            if r.code in wrong
            else instruct.Judgement(Outcome.MET)
            for r in listed.applicable(dossier.profiles)
        }
        with clock.frozen(business=at):
            instruct.judge(dossier_id=self.pk, actor=self.instructor, judgements=given)
        return self

    def ask_corrections(self, at: datetime = JUDGED + timedelta(hours=1), due_on: date = DUE_ON) -> Case:
        with clock.frozen(business=at):
            instruct.ask_corrections(dossier_id=self.pk, actor=self.instructor, due_on=due_on, note="")
        return self

    def correct(self, at: datetime = DECIDED - timedelta(days=2), reply: str = "Corrigé.") -> Case:
        with clock.frozen(business=at):
            submit.correct_dossier(dossier_id=self.pk, actor=self.supplier, reply=reply)
        return self

    def propose(self, decision: Decision, at: datetime = DECIDED - timedelta(days=1), **more: object) -> Case:
        fields: dict[str, object] = {"reason": "Motifs d’essai"}
        if decision is Decision.REFERENCE:
            fields = {"number": f"NU-{self.version.pk.hex[:8]}"}
        if decision is Decision.WITHDRAW:
            fields |= {"ground": "by_supplier"}
        draft = decide.Draft(decision, **(fields | more))  # type: ignore[arg-type]
        with clock.frozen(business=at):
            decide.propose(dossier_id=self.pk, actor=self.instructor, draft=draft)
        return self

    def decide(self, decision: Decision, at: datetime = DECIDED, actor: Actor | None = None) -> Case:
        services: dict[Decision, Callable[..., ReferencingDossier]] = {
            Decision.REFERENCE: decide.reference,
            Decision.REFUSE: decide.refuse_dossier,
            Decision.WITHDRAW: decide.withdraw,
        }
        with clock.frozen(business=at):
            services[decision](dossier_id=self.pk, actor=actor or self.validator)
        return self

    def under_review(self) -> Case:
        return self.ready().submit().confirm().review()

    def referenced(self) -> Case:
        return self.under_review().judge().propose(Decision.REFERENCE).decide(Decision.REFERENCE)

    def suspend(self, at: datetime = AFTER) -> Case:
        with clock.frozen(business=at):
            decide.suspend(dossier_id=self.pk, actor=self.instructor, reason="Incident grave", until=None)
        return self

    def abandon(self, at: datetime = AFTER) -> Case:
        with clock.frozen(business=at):
            submit.abandon_dossier(dossier_id=self.pk, actor=self.supplier, typed=str(self.version), reason="")
        return self

    def replaced(self) -> Case:
        """By the next version of the same software, itself référencée."""
        self.referenced()
        later = case(company=self.company, name=self.version.software.name, label="2.0").referenced()
        with clock.frozen(business=AFTER):
            decide.name_successor(dossier_id=self.pk, actor=self.supplier, successor_id=later.pk)
            decide.replace_version(dossier_id=self.pk, actor=self.instructor)
        return self

    @property
    def reading(self) -> Reading:
        """The dossier as its guards read it."""
        return Reading(self.dossier)

    @property
    def request(self) -> PointRequest:
        """The last request."""
        return PointRequest.objects.filter(dossier=self.pk).latest("asked_at", "pk")


def case(company: Supplier | None = None, name: str = "Logiciel à référencer", label: str = "1.0") -> Case:
    """A supplier with one version, and two people of the administration; nothing is opened yet."""
    owner = company or people.supplier()
    version = register_software(owner, name, label)
    return Case(
        company=owner,
        version=version,
        supplier=people.member(owner.organisation, Role.SUPPLIER),
        instructor=people.administrator(Role.INSTRUCTOR),
        validator=people.administrator(Role.VALIDATOR),
    )


def _lapsed(one: Case) -> Case:
    one.ready().submit().ask_pieces()
    with clock.frozen(business=AFTER):
        lapse_dossier(one.pk)
    return one


STATES: dict[str, Callable[[Case], Case]] = {
    "draft": lambda one: one.open(),
    "submitted": lambda one: one.ready().submit(),
    "to_complete": lambda one: one.ready().submit().ask_pieces(),
    "complete": lambda one: one.ready().submit().confirm(),
    "under_review": lambda one: one.under_review(),
    "to_correct": lambda one: one.under_review().judge("INS.01").ask_corrections(),
    "referenced": lambda one: one.referenced(),
    "suspended": lambda one: one.referenced().suspend(),
    "refused": lambda one: one.under_review().propose(Decision.REFUSE).decide(Decision.REFUSE),
    "abandoned": lambda one: one.ready().submit().abandon(),
    "lapsed": _lapsed,
    "withdrawn": lambda one: one.referenced().propose(Decision.WITHDRAW, at=AFTER).decide(Decision.WITHDRAW, at=AFTER),
    "replaced": lambda one: one.replaced(),
}


def case_in(state: str) -> Case:
    """A dossier in this state, reached by the acts that lead to it."""
    return STATES[state](case())
