"""The administration's acts on a dossier: completeness, instruction, decisions by two people."""

from __future__ import annotations

from typing import Any

from django.views.generic.base import View

from portal.accounts.actors import Actor
from portal.common.refusals import Refusal
from portal.referencing import presentation
from portal.referencing.domain.decisions import DECISION_LABELS, DECISIONS_IN, Decision
from portal.referencing.forms.administration import (
    AnswerForm,
    DueForm,
    ExtendForm,
    JudgeForm,
    PiecesForm,
    ProposeForm,
    SuspendForm,
)
from portal.referencing.models import Proposal, ReferencingDossier
from portal.referencing.services import decide, instruct
from portal.referencing.services.facts import Reading, dossier_facts
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.views.supplier import DossierAct
from portal.ui.forms import PortalForm
from portal.workflow.execute import check


class AskPieces(DossierAct):
    verb, title = "ask_pieces", "Demander des compléments"
    intro = (
        "Le dossier n’est pas complet tant que ces pièces manquent : le délai de 120 jours des commandes continue de "
        "courir."
    )
    submit_label, done = "Demander ces compléments", "Compléments demandés : le fournisseur est prévenu."

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        return PiecesForm(data, requirements=obj.requirement_set.listed.applicable(obj.profiles))

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        instruct.ask_pieces(
            dossier_id=obj.pk, actor=actor, points=data["points"], due_on=data["due_on"], note=data["note"]
        )


class ConfirmComplete(DossierAct):
    verb, title, template_name = "confirm_complete", "Constater le dossier complet", "referencing/confirm_complete.html"
    submit_label, done = "Constater complet", "Dossier constaté complet : le fournisseur est prévenu."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        instruct.confirm_complete(dossier_id=obj.pk, actor=actor)

    def page_context(self, obj: ReferencingDossier, actor: Actor) -> dict[str, Any]:
        """Since when it would be complete."""
        return {"complete_at": Reading(obj).complete_instant()}


class StartReview(DossierAct):
    verb, title = "start_review", "Ouvrir l’instruction"
    intro = "Chaque exigence pourra recevoir un avis."
    submit_label, done = "Ouvrir l’instruction", "Instruction ouverte."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        instruct.start_review(dossier_id=obj.pk, actor=actor)


class Judge(DossierAct):
    """Every requirement with its proofs on one page, and a verdict for each."""

    verb, title, template_name = "judge", "Instruire les exigences", "referencing/judge.html"
    submit_label, done = "Enregistrer les avis", "Avis enregistrés."
    read: Reading | None = None

    def _read(self, obj: ReferencingDossier) -> Reading:
        if self.read is None or self.read.dossier is not obj:
            self.read = Reading(obj)
        return self.read

    def refusals(self, obj: ReferencingDossier, actor: Actor) -> list[Refusal]:
        """By what the page reads anyway."""
        read = self._read(obj)
        return check(REFERENCINGS, obj, actor, self.verb, read.now, dossier_facts(obj, actor, read.now, read))

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        read = self._read(obj)
        requirements = read.listed.applicable(obj.profiles)
        return JudgeForm(
            data, requirements=requirements, last=read.last_verdicts, initial={"version_seen": obj.version}
        )

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        form = JudgeForm(requirements=self._read(obj).listed.applicable(obj.profiles), last={})
        form.cleaned_data = data
        instruct.judge(
            dossier_id=obj.pk, actor=actor, judgements=form.judgements(), expected_version=data["version_seen"]
        )

    def show(
        self,
        obj: ReferencingDossier,
        actor: Actor,
        form: PortalForm | None,
        refusals: list[Refusal] | None = None,
        status: int = 200,
    ) -> Any:
        """Each requirement beside its two fields."""
        self.chapters = presentation.chapters(self._read(obj)) if form is not None else []
        for chapter in self.chapters:
            for item in chapter["requirements"]:
                code = item["requirement"].code
                item["fields"] = [form[f"outcome_{code}"], form[f"comment_{code}"]] if form is not None else []
        return super().show(obj, actor, form, refusals, status)

    def page_context(self, obj: ReferencingDossier, actor: Actor) -> dict[str, Any]:
        """What is judged so far."""
        read = self._read(obj)
        return {"chapters": self.chapters, "verdicts": presentation.verdict_counts(read), "listed": read.listed}


class AskCorrections(DossierAct):
    verb, title, form_class = "ask_corrections", "Demander des corrections", DueForm
    template_name = "referencing/ask_corrections.html"
    submit_label, done = "Demander ces corrections", "Corrections demandées : le fournisseur est prévenu."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        instruct.ask_corrections(dossier_id=obj.pk, actor=actor, due_on=data["due_on"], note=data["note"])

    def page_context(self, obj: ReferencingDossier, actor: Actor) -> dict[str, Any]:
        """The verdicts that the supplier will read."""
        wrong = [v for v in Reading(obj).last_verdicts.values() if v.outcome == "to_correct"]
        return {"wrong": sorted(wrong, key=lambda verdict: verdict.requirement)}


class Extend(DossierAct):
    verb, title, form_class = "extend", "Prolonger le délai de réponse", ExtendForm
    submit_label, done = "Prolonger", "Délai prolongé : le fournisseur est prévenu."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        instruct.extend(dossier_id=obj.pk, actor=actor, due_on=data["due_on"], reason=data["reason"])


class Propose(DossierAct):
    verb, title = "propose", "Proposer une décision"
    intro = "Une autre personne, valideur, prendra la décision ou vous la renverra."
    submit_label, done = "Proposer au valideur", "Décision proposée : les valideurs sont prévenus."

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        return ProposeForm(data, decisions=DECISIONS_IN.get(str(obj.state), ()))

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        draft = decide.Draft(
            decision=Decision(data["decision"]),
            number=data.get("number", ""),
            effective_at=data["effective_at"],
            reason=data["reason"],
            ground=data.get("ground", ""),
            retroactive=data.get("retroactive", False),
        )
        decide.propose(dossier_id=obj.pk, actor=actor, draft=draft)


class Decide(DossierAct):
    """The validator takes the decision that was proposed."""

    template_name = "referencing/decide.html"

    def page_context(self, obj: ReferencingDossier, actor: Actor) -> dict[str, Any]:
        """The proposal to read."""
        proposal: Proposal | None = Reading(obj).proposal
        return {
            "proposal": proposal,
            "label": DECISION_LABELS[Decision(proposal.decision)] if proposal else "",
            "ground": proposal.get_ground_display() if proposal else "",
        }


class SendBack(Decide):
    verb, title, form_class = "send_back", "Renvoyer la proposition", AnswerForm
    submit_label, done = "Renvoyer à l’instructeur", "Proposition renvoyée."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.send_back(dossier_id=obj.pk, actor=actor, answer=data["answer"])


class Reference(Decide):
    verb, title = "reference", "Référencer"
    submit_label, done = "Référencer", "Version référencée : elle figure au registre public."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.reference(dossier_id=obj.pk, actor=actor)


class Refuse(Decide):
    verb, title, danger = "refuse", "Refuser le référencement", True
    submit_label, done = "Refuser le référencement", "Référencement refusé : le fournisseur est prévenu."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.refuse_dossier(dossier_id=obj.pk, actor=actor)


class Withdraw(Decide):
    verb, title, danger = "withdraw", "Retirer le référencement", True
    submit_label, done = "Retirer le référencement", "Référencement retiré : le fournisseur est prévenu."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.withdraw(dossier_id=obj.pk, actor=actor)


class Suspend(DossierAct):
    verb, title, form_class, danger = "suspend", "Suspendre le référencement", SuspendForm, True
    intro = "Aucune nouvelle commande ne pourra être signée pour cette version pendant la suspension."
    submit_label, done = "Suspendre", "Référencement suspendu : le fournisseur est prévenu."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.suspend(dossier_id=obj.pk, actor=actor, reason=data["reason"], until=data["until"])


class Resume(DossierAct):
    verb, title = "resume", "Lever la suspension"
    intro = "La version est de nouveau référencée à compter d’aujourd’hui."
    submit_label, done = "Lever la suspension", "Suspension levée."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.resume(dossier_id=obj.pk, actor=actor)


class Replace(DossierAct):
    verb, title = "replace", "Constater le remplacement"
    intro = "La version désignée par le fournisseur prend la suite de celle-ci. Les commandes gardent leur version."
    submit_label, done = "Constater le remplacement", "Version remplacée."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        decide.replace_version(dossier_id=obj.pk, actor=actor)


ACTS: dict[str, tuple[str, type[View]]] = {
    "ask_pieces": ("complements", AskPieces),
    "confirm_complete": ("complet", ConfirmComplete),
    "start_review": ("ouvrir-instruction", StartReview),
    "judge": ("instruction", Judge),
    "ask_corrections": ("corrections", AskCorrections),
    "extend": ("prolonger", Extend),
    "propose": ("proposer", Propose),
    "send_back": ("renvoyer", SendBack),
    "reference": ("referencer", Reference),
    "refuse": ("refuser", Refuse),
    "suspend": ("suspendre", Suspend),
    "resume": ("lever", Resume),
    "withdraw": ("retirer", Withdraw),
    "replace": ("remplacer", Replace),
}
"""By action: the last part of the address and the view."""
