"""The supplier's acts on its dossier, each a page that works without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.views.generic.base import View

from portal.accounts.actors import Actor
from portal.common.refusals import refuse
from portal.referencing import presentation
from portal.referencing.forms.supplier import (
    AbandonForm,
    AnnounceForm,
    CharterForm,
    ContentForm,
    ObsoleteForm,
    ProofForm,
    ReasonForm,
    ReplyForm,
    SuccessorForm,
)
from portal.referencing.models import ReferencingDossier
from portal.referencing.selectors.dossiers import get_dossier, get_proof, kin_of, obsolete_of
from portal.referencing.services import decide, prepare, proofs, submit
from portal.referencing.services.facts import Reading
from portal.referencing.services.machine import REFERENCINGS
from portal.referencing.views.dossiers import content_of
from portal.ui.forms import PortalForm
from portal.workflow.views import ActView


class DossierAct(ActView):
    """An act on a dossier that the actor may see."""

    machine = REFERENCINGS

    def find(self, actor: Actor, pk: UUID) -> ReferencingDossier:
        """The dossier, or 404."""
        return get_dossier(actor, pk)


class Edit(DossierAct):
    verb, title = "edit", "Profils et numéros"
    intro = "Les profils décident des exigences qui s’appliquent à votre logiciel."
    submit_label, done = "Enregistrer", "Profils et numéros enregistrés."

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        initial = {"profiles": obj.profiles, "nie": obj.nie, "nil": obj.nil}
        return ContentForm(data, listed=obj.requirement_set.listed, initial=initial)

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        content = content_of(data)
        prepare.edit_dossier(dossier_id=obj.pk, actor=actor, content=content)


class AcceptCharter(DossierAct):
    verb, title, form_class = "accept_charter", "Accepter la charte", CharterForm
    template_name = "referencing/charter.html"
    submit_label, done = "Accepter la charte", "Charte acceptée."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        prepare.accept_charter(dossier_id=obj.pk, actor=actor, accepted=data["accepted"])


class Deposit(DossierAct):
    """The proofs of one chapter: what is expected, what is there, and a file to add."""

    verb, title, template_name = "deposit", "Déposer une preuve", "referencing/chapter.html"
    submit_label, done = "Déposer ce fichier", "Preuve déposée."

    def find(self, actor: Actor, pk: UUID) -> ReferencingDossier:
        """The dossier, or 404; also 404 for a chapter that does not apply to it."""
        dossier = super().find(actor, pk)
        if proofs.chapter_of(dossier, self.kwargs["chapter"]) is None:
            raise Http404
        return dossier

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        chapter = proofs.chapter_of(obj, self.kwargs["chapter"])
        assert chapter is not None  # noqa: S101  (find has looked)
        return ProofForm(data, self.request.FILES if data is not None else None, chapter=chapter)

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        upload = proofs.Upload(data["file"], tuple(data["covers"]))
        proofs.deposit_proof(dossier_id=obj.pk, chapter=self.kwargs["chapter"], actor=actor, upload=upload)

    def page_context(self, obj: ReferencingDossier, actor: Actor) -> dict[str, Any]:
        """The chapter with what is deposited."""
        found = next(c for c in presentation.chapters(Reading(obj)) if c["chapter"].code == self.kwargs["chapter"])
        return {"item": found, "listed": obj.requirement_set.listed}


class Retract(DossierAct):
    verb, title, form_class = "retract", "Retirer une preuve", ReasonForm
    intro = "Le fichier est conservé avec votre motif, mais ne compte plus."
    submit_label, done = "Retirer cette preuve", "Preuve retirée."

    def find(self, actor: Actor, pk: UUID) -> ReferencingDossier:
        """The dossier, or 404; also 404 for a file of another one."""
        dossier = super().find(actor, pk)
        get_proof(dossier, self.kwargs["proof"])
        return dossier

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        proofs.retract_proof(dossier_id=obj.pk, proof_id=self.kwargs["proof"], actor=actor, reason=data["reason"])


class Announce(DossierAct):
    verb, title, form_class = "announce", "Annoncer une date de référencement", AnnounceForm
    intro = (
        "Cette date est publique : vos clients s’en servent pour s’organiser. Les dates déjà annoncées restent "
        "lisibles."
    )
    submit_label, done = "Publier cette date", "Date annoncée."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        prepare.announce_date(dossier_id=obj.pk, actor=actor, day=data["day"], note=data["note"])


class DeclareObsolete(DossierAct):
    verb, title, form_class = "declare_obsolete", "Déclarer une version obsolète", ObsoleteForm
    intro = (
        "Seul le rattrapage depuis une version déclarée obsolète peut être facturé au pharmacien. Cette liste est "
        "publique."
    )
    submit_label, done = "Déclarer obsolète", "Version déclarée obsolète."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        prepare.declare_obsolete(dossier_id=obj.pk, actor=actor, label=data["label"], note=data["note"])


class RestoreVersion(DossierAct):
    verb, title, form_class = "restore_version", "Reprendre une déclaration d’obsolescence", ReasonForm
    submit_label, done = "Reprendre la déclaration", "Déclaration reprise."

    def find(self, actor: Actor, pk: UUID) -> ReferencingDossier:
        """The dossier, or 404; also 404 for a declaration of another one, or already taken back."""
        dossier = super().find(actor, pk)
        if not obsolete_of(dossier).filter(pk=self.kwargs["obsolete"]).exists():
            raise Http404
        return dossier

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        prepare.restore_version(
            dossier_id=obj.pk, obsolete_id=self.kwargs["obsolete"], actor=actor, reason=data["reason"]
        )


class Submit(DossierAct):
    verb, title = "submit", "Déposer le dossier"
    intro = "Vos preuves ne changeront plus, sauf si l’administration demande des compléments."
    submit_label, done = "Déposer le dossier", "Dossier déposé. L’administration vérifie qu’il est complet."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        submit.submit_dossier(dossier_id=obj.pk, actor=actor)


class Answer(DossierAct):
    verb, title, form_class = "answer", "Renvoyer le dossier complété", ReplyForm
    submit_label, done = "Renvoyer le dossier", "Dossier renvoyé."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        submit.answer_dossier(dossier_id=obj.pk, actor=actor, reply=data["reply"])


class Correct(DossierAct):
    verb, title, form_class = "correct", "Renvoyer les corrections", ReplyForm
    submit_label, done = "Renvoyer les corrections", "Corrections renvoyées."

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        submit.correct_dossier(dossier_id=obj.pk, actor=actor, reply=data["reply"])


class Abandon(DossierAct):
    verb, title, danger = "abandon", "Abandonner le dossier", True
    intro = "Le dossier sera clos et les commandes conditionnelles de cette version ne pourront plus être affermies."
    submit_label, done = "Abandonner le dossier", "Dossier abandonné."

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        return AbandonForm(data, expected=str(obj.software_version))

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        submit.abandon_dossier(dossier_id=obj.pk, actor=actor, typed=data["typed"], reason=data["reason"])


class NameSuccessor(DossierAct):
    verb, title = "name_successor", "Demander le remplacement"
    intro = (
        "L’administration constatera le remplacement une fois l’autre version référencée. Les commandes gardent leur "
        "version."
    )
    submit_label, done = "Demander le remplacement", "Demande enregistrée."

    def build_form(self, obj: ReferencingDossier, data: Any = None) -> PortalForm:
        return SuccessorForm(data, kin=list(kin_of(obj)))

    def perform(self, obj: ReferencingDossier, actor: Actor, data: dict[str, Any]) -> None:
        try:
            successor = UUID(data["successor"])
        except ValueError:
            raise refuse("successor", "Choisissez la version dans la liste.", "successor") from None
        decide.name_successor(dossier_id=obj.pk, actor=actor, successor_id=successor)


ACTS: dict[str, tuple[str, type[View]]] = {
    "edit": ("profils", Edit),
    "accept_charter": ("charte", AcceptCharter),
    "announce": ("annonce", Announce),
    "declare_obsolete": ("obsolete", DeclareObsolete),
    "submit": ("deposer", Submit),
    "answer": ("completer", Answer),
    "correct": ("corriger", Correct),
    "abandon": ("abandonner", Abandon),
    "name_successor": ("remplacement", NameSuccessor),
}
"""By action: the last part of the address and the view."""
