"""The acts on a dossier: submission, decision, and what ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from homologation import presentation
from homologation.catalogue import terms
from homologation.domain.consent import CONSENT_VERSION
from homologation.forms.decision import DecisionForm, ImportForm, ReasonForm
from homologation.models import InsiDossier
from homologation.selectors import get_dossier
from homologation.services import decide
from homologation.services.exchange import import_answers
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal
from portal.documents.stepping import SigningView
from portal.ui.formats import instant
from portal.ui.forms import PortalForm
from portal.workflow.execute import check
from portal.workflow.views import ActView


class DossierAct(ActView):
    """An act on a dossier of one's pharmacy."""

    machine = HOMOLOGATIONS

    def find(self, actor: Actor, pk: UUID) -> InsiDossier:
        """The dossier, or 404."""
        return get_dossier(actor, pk)


class Submit(DossierAct):
    verb, title = "submit", "Soumettre le dossier à la décision"
    intro = (
        "Les réponses sont figées telles qu’elles sont : le titulaire décidera sur elles. Il pourra vous rendre le "
        "dossier s’il faut les revoir."
    )
    submit_label, done = "Soumettre à la décision", "Dossier soumis : le titulaire peut décider."

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.submit_dossier(dossier_id=obj.pk, actor=actor)


@dataclass(frozen=True)
class Frozen:
    """The snapshot, as what a person confirms their identity for."""

    sha256: str


class Approve(SigningView, DossierAct):
    """What was submitted, in short; the identity confirmed for this very snapshot; duration, reserves, consent."""

    verb, title, template_name = (
        "approve_with_reserves",
        "Homologuer l’usage du téléservice INSi",
        "homologation/decide.html",
    )
    form_class = DecisionForm
    submit_label, done = "Homologuer", "C’est décidé : l’usage du téléservice INSi est homologué."
    consent_version = CONSENT_VERSION

    def document_shown(self, obj: InsiDossier) -> Frozen:
        """The snapshot that was submitted."""
        return Frozen(obj.snapshot_sha256)

    def already_done(self, obj: InsiDossier, actor: Actor) -> str:
        """To whom decided."""
        if obj.decided_at is None or obj.decided_by_id != actor.user_id:
            return ""
        return f"C’est déjà décidé, depuis le {instant(obj.decided_at)}."

    def refusals(self, obj: InsiDossier, actor: Actor) -> list[Refusal]:
        """By the guard that suffers reserves; without any, the service asks for more."""
        now = clock.business_now()
        self.reading = Reading(obj, now)
        return check(HOMOLOGATIONS, obj, actor, self.verb, now, self.reading.facts(actor))

    def build_form(self, obj: InsiDossier, data: Any = None) -> PortalForm:
        agreed = next(iter(self.reading.agreements), None)
        shown, decision = {"shown": obj.snapshot_sha256}, terms(obj.programme_id).decision
        return DecisionForm(data, initial=shown, terms=decision, agreed=agreed)

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.approve_dossier(dossier_id=obj.pk, actor=actor, decision=self.decision(data))

    def decision(self, data: dict[str, Any]) -> decide.Decision:
        """What was decided on the page."""
        return decide.Decision(data["months"], data["reserves"], data["consent"], data["shown"])

    def page_context(self, obj: InsiDossier, actor: Actor) -> dict[str, Any]:
        """What is decided on."""
        reading = self.reading
        return {
            "sections": presentation.section_lines(reading.form, reading.answers, reading.assessment),
            "warnings": presentation.finding_lines(reading.form, reading.assessment.warnings),
            "risks": presentation.risk_map(reading.form, reading.answers),
            "matrix": reading.form.matrix,
            "agreements": presentation.agreement_lines(reading.agreements),
            "awaited": [user.full_name for user in reading.awaited],
            **self.signing_context(obj, actor),
        }


class Agree(Approve):
    """The same page where each titulaire decides and another one is awaited."""

    verb, title = "agree", "Donner votre accord à l’homologation"
    submit_label = "Donner mon accord"
    done = "Votre accord est enregistré. Le dossier sera homologué quand chaque titulaire aura donné le sien."

    def already_done(self, obj: InsiDossier, actor: Actor) -> str:
        """To whom agreed."""
        mine = next((one for one in self.reading.agreements if one.by_id == actor.user_id), None)
        return f"Vous avez donné votre accord le {instant(mine.at)}." if mine else ""

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.agree_dossier(dossier_id=obj.pk, actor=actor, decision=self.decision(data))


class WithReason(DossierAct):
    """An act that says why."""

    form_class = ReasonForm


class SendBack(WithReason):
    verb, title = "send_back", "Rendre le dossier à remplir"
    intro = "Les réponses pourront être modifiées, puis soumises de nouveau."
    submit_label, done = "Rendre à remplir", "Dossier rendu : il peut être modifié."

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.send_back(dossier_id=obj.pk, actor=actor, reason=data["reason"])


class Refuse(WithReason):
    verb, title, danger = "refuse", "Refuser l’homologation", True
    intro = "Ce refus est définitif et conservé. Un autre dossier pourra être ouvert."
    submit_label, done = "Refuser l’homologation", "Homologation refusée."

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.refuse_dossier(dossier_id=obj.pk, actor=actor, reason=data["reason"])


class Withdraw(WithReason):
    verb, title, danger = "withdraw", "Retirer l’homologation", True
    intro = "L’usage du téléservice INSi ne sera plus homologué. Le dossier est conservé."
    submit_label, done = "Retirer l’homologation", "Homologation retirée."

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.withdraw_dossier(dossier_id=obj.pk, actor=actor, reason=data["reason"])


class Abandon(WithReason):
    verb, title, danger = "abandon", "Abandonner le dossier", True
    intro = "Le dossier est conservé, mais ne sera pas décidé. Vous pourrez en ouvrir un autre."
    submit_label, done = "Abandonner le dossier", "Dossier abandonné."

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.abandon_dossier(dossier_id=obj.pk, actor=actor, reason=data["reason"])


class Import(DossierAct):
    """Take the answers of an export, of this pharmacy, into the dossier being filled in."""

    verb, title, form_class, template_name = "answer", "Reprendre un export", ImportForm, "homologation/import.html"
    intro = "Les réponses de l’export remplacent celles du dossier ; toutes les précédentes restent dans l’historique."
    submit_label, done = "Reprendre ces réponses", "Réponses reprises."

    def build_form(self, obj: InsiDossier, data: Any = None) -> PortalForm:
        return ImportForm(data, self.request.FILES if data is not None else None)

    def perform(self, obj: InsiDossier, actor: Actor, data: dict[str, Any]) -> None:
        import_answers(dossier_id=obj.pk, actor=actor, content=data["file"])


ACTS: dict[str, tuple[str, type[DossierAct]]] = {
    "answer": ("reprendre", Import),
    "submit": ("soumettre", Submit),
    "approve": ("homologuer", Approve),
    "agree": ("accord", Agree),
    "send_back": ("rendre", SendBack),
    "refuse": ("refuser", Refuse),
    "withdraw": ("retirer", Withdraw),
    "abandon": ("abandonner", Abandon),
}
"""By verb: the last part of the address and the view. ``approve`` serves ``approve_with_reserves`` too; people answer
on the pages of the parts, ``answer`` here takes a whole export."""
