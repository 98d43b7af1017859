"""The acts on a breach, each one form and one service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from homologation.breach_selectors import get_breach, notifications_of
from homologation.domain.breaches import CONTENTS
from homologation.forms import breaches as forms
from homologation.models import Breach
from homologation.presentation_breach import contents_lines
from homologation.services import breach_answer, breach_declare
from homologation.services.breach_machine import BREACHES
from homologation.services.feedback import risks_of
from portal.accounts.actors import Actor
from portal.common.refusals import Refusal
from portal.ui.forms import PortalForm
from portal.workflow.views import ActView

_STALE = Refusal(
    "stale",
    "Une autre personne vient de modifier cette fiche. Comparez avec ce qui est enregistré, affiché plus haut, puis "
    "enregistrez de nouveau : votre saisie est conservée ci-dessous.",
)


class BreachAct(ActView):
    """An act on a breach of one's pharmacy."""

    machine = BREACHES

    def find(self, actor: Actor, pk: UUID) -> Breach:
        """The breach, or 404."""
        return get_breach(actor, pk)


class Describe(BreachAct):
    verb, title, form_class = "describe", "Décrire la violation", forms.DescribeForm
    intro = "Écrivez ce que vous savez. Cochez « encore inconnu » pour le reste : vous compléterez plus tard."
    submit_label, done = "Enregistrer la description", "Description enregistrée."
    template_name = "homologation/breach_describe.html"

    def build_form(self, obj: Breach, data: Any = None) -> PortalForm:
        """With what is said so far."""
        said: dict[str, Any] = {
            name: getattr(obj, name)
            for name in (
                *("kinds", "occurred_from", "occurred_to", "cause", "systems"),
                *("processor_aware_at", "processor_informed_at", "certificate_exposed"),
            )
        }
        for key in CONTENTS:
            said[key] = obj.contents.get(key) or ""
            said[f"{key}-unknown"] = key in obj.contents and obj.contents[key] is None
        return forms.DescribeForm(data, initial={**said, "version": obj.version})

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_declare.describe_breach(breach_id=obj.pk, actor=actor, said=data["said"], seen=data["version"])

    def page_context(self, obj: Breach, actor: Actor) -> dict[str, Any]:
        """What is stored, to be compared when somebody else has just described it."""
        return {"stored": contents_lines(obj.contents)}

    def show(
        self,
        obj: Breach,
        actor: Actor,
        form: PortalForm | None,
        refusals: list[Refusal] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """After « stale » what was typed answers to what is stored now, and a second save replaces it."""
        if form is None or not form.has_error("__all__", "stale"):
            return super().show(obj, actor, form, refusals, status)
        typed = self.request.POST.copy()
        typed["version"] = str(obj.version)
        again = forms.DescribeForm(typed)
        again.absorb([_STALE])
        return super().show(obj, actor, again, refusals, 409)


class Note(BreachAct):
    verb, title, form_class = "note", "Ajouter une note au journal", forms.NoteForm
    submit_label, done = "Ajouter la note", "Note ajoutée au journal."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_declare.add_note(breach_id=obj.pk, actor=actor, text=data["text"])


class Dismiss(BreachAct):
    verb, title, form_class = "dismiss", "Écarter la suspicion", forms.WhyForm
    intro = "Ce n’est pas une violation : dites pourquoi. La suspicion reste dans le registre."
    submit_label, done = "Écarter la suspicion", "Suspicion écartée, et gardée dans le registre."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_declare.dismiss_breach(breach_id=obj.pk, actor=actor, reason=data["reason"])


class Confirm(BreachAct):
    verb, title, form_class = "confirm", "Confirmer la violation", forms.AwareForm
    intro = "À partir de cette heure, vous avez 72 heures pour notifier la CNIL, sauf absence de risque."
    submit_label, done = "Confirmer la violation", "Violation confirmée : la fiche dit quoi faire maintenant."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_declare.confirm_breach(breach_id=obj.pk, actor=actor, aware_at=data["aware_at"], note=data["note"])


class CorrectAwareness(BreachAct):
    verb, title, form_class = "correct_awareness", "Corriger l’heure de la prise de connaissance", forms.CorrectForm
    intro = "L’échéance suivra la nouvelle heure. L’ancienne heure et son échéance restent visibles."
    submit_label, done = "Corriger l’heure", "Heure corrigée : l’ancienne reste dans le journal."

    def build_form(self, obj: Breach, data: Any = None) -> PortalForm:
        return forms.CorrectForm(data, initial={"aware_at": obj.aware_at})

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_declare.correct_awareness(
            breach_id=obj.pk, actor=actor, aware_at=data["aware_at"], reason=data["note"], delay=data["delay"]
        )


class NoRisk(BreachAct):
    verb, title, form_class = "document_no_risk", "Justifier l’absence de risque", forms.WhyForm
    intro = "La CNIL n’est pas à notifier si la violation ne présente pas de risque pour les personnes. Dites pourquoi."
    submit_label, done = "Enregistrer cette justification", "Absence de risque justifiée : il reste à clore."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.document_no_risk(breach_id=obj.pk, actor=actor, reason=data["reason"])


class DecideToNotify(BreachAct):
    verb, title = "decide_to_notify", "Décider de notifier la CNIL"
    intro = "Vous pourrez notifier en plusieurs fois, et encore justifier une absence de risque avant l’envoi."
    submit_label, done = "Décider de notifier", "C’est décidé : notifiez la CNIL, puis enregistrez l’envoi."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.decide_to_notify(breach_id=obj.pk, actor=actor)


class Notify(BreachAct):
    verb, title, form_class = "notify", "Enregistrer la notification initiale", forms.NotifyForm
    intro = "La description telle qu’elle est maintenant est gardée comme ce que vous avez envoyé."
    submit_label, done = "Enregistrer la notification", "Notification enregistrée."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.notify_breach(breach_id=obj.pk, actor=actor, sending=data["sending"], delay=data["delay"])


class Complement(BreachAct):
    verb, title, form_class = "complement", "Enregistrer une notification complémentaire", forms.SendForm
    intro = Notify.intro
    submit_label, done = "Enregistrer la notification", "Notification complémentaire enregistrée."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.complement_breach(breach_id=obj.pk, actor=actor, sending=data["sending"])


class Complete(BreachAct):
    verb, title = "complete", "Déclarer la notification complète"
    intro = "Tout ce que la CNIL demande a été envoyé. Vous pourrez encore envoyer un complément."
    submit_label, done = "Déclarer complète", "Notification complète : il reste à clore."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.complete_breach(breach_id=obj.pk, actor=actor)


class FileReceipt(BreachAct):
    verb, title, template_name = (
        "file_receipt",
        "Joindre l’accusé de réception de la CNIL",
        "homologation/import.html",
    )
    intro = "Il prouve l’envoi et sa date. Son empreinte figure ensuite sur la fiche et dans le registre."
    submit_label, done = "Joindre", "Accusé de réception joint."

    def build_form(self, obj: Breach, data: Any = None) -> PortalForm:
        files = self.request.FILES if data is not None else None
        return forms.ReceiptForm(data, files, sent=notifications_of(obj))

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.keep_receipt(
            breach_id=obj.pk, actor=actor, notification_id=data["notification"], file=data["file"]
        )


class SettlePersons(BreachAct):
    verb, title, form_class = "settle_persons", "Décider de l’information des personnes", forms.PersonsForm
    intro = "Si le risque est élevé pour les personnes concernées, elles doivent être informées sans retard."
    submit_label, done = "Enregistrer la décision", "Décision enregistrée."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        said = {"persons": data["persons"], "reason": data["reason"]}
        breach_answer.settle_persons(breach_id=obj.pk, actor=actor, **said)


class InformPersons(BreachAct):
    verb, title, form_class = "inform_persons", "Enregistrer l’information des personnes", forms.InformForm
    submit_label, done = "Enregistrer", "Information des personnes enregistrée."

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        said = {"informed_at": data["informed_at"], "how": data["how"]}
        breach_answer.inform_persons(breach_id=obj.pk, actor=actor, **said)


class Close(BreachAct):
    verb, title, form_class = "close", "Clore la violation", forms.CloseForm
    intro = "Ces réponses sont obligatoires, même sans notification. Elles ne pourront plus changer."
    submit_label, done = "Clore la violation", "Violation close : elle reste dans le registre."

    def build_form(self, obj: Breach, data: Any = None) -> PortalForm:
        """A breach that an alert of supervision revealed is of INSi, until the titulaire says otherwise."""
        initial = {"in_scope": "oui" if obj.source == "alert" else None}
        return forms.CloseForm(data, initial=initial, risks=() if obj.drill else risks_of(obj.pharmacy_id))

    def perform(self, obj: Breach, actor: Actor, data: dict[str, Any]) -> None:
        breach_answer.close_breach(breach_id=obj.pk, actor=actor, closure=breach_answer.Closure(**data))


BREACH_ACTS: dict[str, tuple[str, type[BreachAct]]] = {
    "describe": ("decrire", Describe),
    "note": ("note", Note),
    "dismiss": ("ecarter", Dismiss),
    "confirm": ("confirmer", Confirm),
    "correct_awareness": ("corriger-l-heure", CorrectAwareness),
    "document_no_risk": ("sans-risque", NoRisk),
    "decide_to_notify": ("decider-de-notifier", DecideToNotify),
    "notify": ("notifier", Notify),
    "complement": ("completer", Complement),
    "complete": ("notification-complete", Complete),
    "settle_persons": ("personnes", SettlePersons),
    "inform_persons": ("personnes-informees", InformPersons),
    "file_receipt": ("accuse", FileReceipt),
    "close": ("clore", Close),
}
"""By verb: the last part of the address and the view."""
