"""Self-homologation dossiers, brought to a state by the services alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from homologation.domain.answers import Status
from homologation.domain.consent import CONSENT_VERSION
from homologation.domain.decision import NewReserve
from homologation.models import AnswerRevision, InsiDossier, QuestionnaireVersion
from homologation.services import decide
from homologation.services.answer import Saved, Statement, confirm_answers, save_answers
from homologation.services.open import open_dossier
from homologation.services.supervise import compute_month
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.demo.services.step_up import confirm_identity
from portal.documents.models import Document
from portal.documents.services.render import render_document
from portal.registry.models import Pharmacy
from tests.factories import breaches, people, supervision
from tests.unit.homologation.forms import values


@dataclass(frozen=True)
class Case:
    """A dossier with the people of its pharmacy."""

    pk: UUID
    place: Pharmacy
    titulaire: Actor
    adjoint: Actor

    @property
    def dossier(self) -> InsiDossier:
        return InsiDossier.objects.get(pk=self.pk)

    def say(self, key: str, value: Any = None, *, by: Actor | None = None, **more: Any) -> Saved:
        """Answer one question over its current version."""
        last = self.last(key)
        given = {"seen": last.number if last else 0, "status": Status.MODIFIED, "value": value} | more
        statement = Statement(key, **given)
        return save_answers(dossier_id=self.pk, actor=by or self.titulaire, statements=[statement])

    def fill(self, **changes: Any) -> Case:
        """Answer every question at once, and confirm what was proposed."""
        seen = {key: last.number for key in values(**changes) if (last := self.last(key))}
        said = [Statement(k, Status.MODIFIED, v, seen=seen.get(k, 0)) for k, v in values(**changes).items()]
        assert save_answers(dossier_id=self.pk, actor=self.titulaire, statements=said).refusals == ()
        current = AnswerRevision.objects.filter(dossier=self.pk, current__isnull=False)
        if proposed := list(current.filter(status="proposed").values_list("key", flat=True)):
            confirm_answers(dossier_id=self.pk, actor=self.titulaire, keys=proposed)
        return self

    def last(self, key: str) -> AnswerRevision | None:
        return AnswerRevision.objects.filter(dossier=self.pk, key=key).order_by("-number").first()

    def submit(self) -> Case:
        decide.submit_dossier(dossier_id=self.pk, actor=self.adjoint)
        return self

    def approve(self, *, months: int = 12, reserves: tuple[NewReserve, ...] = (), actor: Actor | None = None) -> Case:
        """Decide, one's identity confirmed for the snapshot."""
        who = actor or self.titulaire
        sha256 = self.dossier.snapshot_sha256
        confirm_identity(who.user_id or 0, sha256, CONSENT_VERSION)
        decision = decide.Decision(months, reserves, consent=True, shown_sha256=sha256)
        decide.approve_dossier(dossier_id=self.pk, actor=who, decision=decision)
        return self

    def again(self) -> Case:
        """The renewal."""
        renewed = open_dossier(programme=people.PROGRAMME, actor=self.titulaire)
        return Case(renewed.pk, self.place, self.titulaire, self.adjoint)


def case() -> Case:
    """A dossier just opened, without any software known."""
    place = people.pharmacy()
    titulaire, adjoint = people.attach(place, Role.TITULAIRE), people.attach(place, Role.ADJOINT)
    dossier = open_dossier(programme=people.PROGRAMME, actor=titulaire)
    return Case(dossier.pk, place, titulaire, adjoint)


def case_in(state: str) -> Case:
    """A dossier in a state of its lifecycle."""
    one, why = case(), "Motif d’essai"
    if state == "abandoned":
        decide.abandon_dossier(dossier_id=one.pk, actor=one.titulaire, reason=why)
    if state in ("draft", "abandoned"):
        return one
    one.fill().submit()
    if state == "refused":
        decide.refuse_dossier(dossier_id=one.pk, actor=one.titulaire, reason=why)
    if state in ("approved", "withdrawn", "replaced"):
        one.approve()
    if state == "withdrawn":
        decide.withdraw_dossier(dossier_id=one.pk, actor=one.titulaire, reason=why)
    if state == "replaced":
        one.again().fill().submit().approve()
    return one


def paper() -> Document:
    """The sealed dossier of a decision with a reserve, about a pharmacy with a month of supervision and a breach."""
    one = case()
    supervision.counted(one.place, people.supplier(), {"u1": (90, 40), "u2": (30, 40)})
    compute_month(supervision.MONTH, [one.place.pk])
    breaches.again(one.place, one.titulaire, one.adjoint).describe().confirm().to_notify().notify()
    reserve = NewReserve("Écrire la procédure", "Le titulaire", date(2023, 3, 1))
    one.fill(s5__q4=False).submit().approve(months=6, reserves=(reserve,))
    return render_document(Document.objects.get(subject_id=str(one.pk)).pk)


def questionnaire() -> QuestionnaireVersion:
    """The one of the programme."""
    return QuestionnaireVersion.objects.get(programme=people.PROGRAMME)
