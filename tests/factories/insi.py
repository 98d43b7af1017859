"""Self-homologation dossiers, brought to a state by the services alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from homologation.domain.answers import Status
from homologation.domain.consent import CONSENT_VERSION
from homologation.domain.decision import NewReserve
from homologation.models import AnswerRevision, InsiDossier, QuestionnaireVersion
from homologation.services import decide
from homologation.services.answer import Saved, Statement, confirm_answers, save_answers
from homologation.services.open import open_dossier
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.demo.services.step_up import confirm_identity
from portal.registry.models import Pharmacy
from tests.factories import people
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


def questionnaire() -> QuestionnaireVersion:
    """The one of the programme."""
    return QuestionnaireVersion.objects.get(programme=people.PROGRAMME)
