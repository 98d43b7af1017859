"""Everybody who might act on the INSi dossier of a pharmacy, and what they act on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from homologation.domain.consent import CONSENT_VERSION
from homologation.domain.decision import NewReserve
from homologation.models import PracticeReminder
from homologation.services import cases, decide, quorum
from homologation.services import help as helping
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.demo.services.step_up import confirm_identity
from tests.factories import breaches, people
from tests.factories.evidence_pieces import joined
from tests.factories.supervision import alerted, brought_to
from tests.integration.homologation.test_duties import preparateur
from tests.integration.homologation.test_prefill import Scene


class Cast:
    """A pharmacy that signed for a supplier's version, and everybody who might act."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.case = self.scene.case
        self.place = self.case.place
        supplier, company = self.scene.supplier, self.scene.order.company
        self.people: dict[str, Actor] = {
            "T": self.case.titulaire,
            "A": self.case.adjoint,
            "P": preparateur(self.place),
            "F": supplier,
            "D": people.member(people.distributor_for(company).organisation, Role.DISTRIBUTOR),
            "I": Actor(Role.TITULAIRE, people.person("Ines", "Pection").pk, self.place.organisation_id),
            "V": people.administrator(Role.VALIDATOR),
            "S": Actor.system(),
        }

    def submitted(self, *, quorum_set: bool = False, **answers: Any) -> None:
        if quorum_set:
            people.attach(self.place, Role.TITULAIRE)
            quorum.set_quorum(actor=self.case.titulaire, everyone=True)
        self.case.fill(**answers).submit()
        for user in filter(None, (actor.user_id for actor in self.people.values())):
            confirm_identity(user, self.case.dossier.snapshot_sha256, CONSENT_VERSION)

    def decision(self, months: int = 12, reserves: tuple[NewReserve, ...] = ()) -> decide.Decision:
        return decide.Decision(months, reserves, consent=True, shown_sha256=self.case.dossier.snapshot_sha256)

    @cached_property
    def breach(self) -> breaches.Case:
        return breaches.again(self.place, self.case.titulaire, self.case.adjoint)

    @cached_property
    def alert(self) -> Any:
        return alerted(self.place, self.scene.order.company)

    def alert_in(self, state: str) -> None:
        brought_to(self.alert, state, self.case.titulaire, misuse=False)

    def reminded(self) -> None:
        """A reminder on the alert to the préparateur."""
        self.alert_in("analysed")
        cases.engage(
            case_id=self.alert.pk,
            actor=self.case.titulaire,
            actions=["reminder"],
            action="Vu.",
            recipients=["Léa Renard"],
        )

    @cached_property
    def reminder(self) -> int:
        return PracticeReminder.objects.get(case=self.alert).pk

    @cached_property
    def piece(self) -> Any:
        return joined(self.case)

    @cached_property
    def help(self) -> Any:
        asked = {"section": 1, "key": "", "text": "Comment ?"}
        return helping.ask_help(dossier_id=self.case.pk, actor=self.case.adjoint, **asked)  # type: ignore[arg-type]
