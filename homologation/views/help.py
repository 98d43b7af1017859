"""Requests for help: the list and one request, the same for the pharmacy and its supplier, and the acts of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation.catalogue import help_terms
from homologation.domain.help_lifecycle import CLOSED, HELP, WAITING
from homologation.forms.help import PART, AskForm, MessageForm
from homologation.help_selectors import get_help, helps_visible_to, messages_of
from homologation.models import HelpRequest, InsiDossier
from homologation.presentation import short
from homologation.selectors import get_dossier
from homologation.services import help as helping
from homologation.services.help import HELPS
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.workflow.execute import allowed_actions
from portal.workflow.views import ActView, actor_of

TONES = {"asked": "warning", "taken": "info", "answered": "success", CLOSED: "neutral"}
_PAGE = 30


def help_lines(found: Iterable[HelpRequest]) -> list[dict[str, Any]]:
    """Requests with their subject, the word and the tone of their state, and whether an answer is late."""
    today = paris_date(clock.business_now())
    return [
        {
            "help": one,
            "subject": _subject(one),
            "label": HELP.labels[str(one.state)],
            "tone": TONES[str(one.state)],
            "waits": one.state in WAITING,
            "late": one.state in WAITING and one.due_on < today,
        }
        for one in found
    ]


def _subject(request: HelpRequest) -> str:
    form = request.dossier.questionnaire.form
    part = form.section(request.section)
    question = form.by_key.get(request.key)
    return f"{part.number}. {part.title} : {short(question)}" if question else f"{part.number}. {part.title}"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every request that the actor may see: those to answer, then the others."""
    actor = actor_of(request)
    if actor.role not in PHARMACY_SIDE | {Role.SUPPLIER}:
        raise Http404
    found = helps_visible_to(actor)
    page = Paginator(found.exclude(state__in=WAITING).order_by("-asked_at", "pk"), _PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "waiting": help_lines(found.filter(state__in=WAITING)),
        "page": page,
        "others": help_lines(page),
        "of_supplier": actor.role is Role.SUPPLIER,
    }
    return render(request, "homologation/helps.html", context)


@require_safe
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request with what was written, who takes care of it and by when."""
    actor = actor_of(request)
    found = get_help(actor, pk)
    of_supplier = actor.role is Role.SUPPLIER
    verbs = allowed_actions(HELPS, found, actor, parties=frozenset({actor.role}))
    context = {
        **help_lines([found])[0],
        "messages_written": [(one, Role(one.role).label) for one in messages_of(found)],
        "terms": help_terms(found.dossier.programme_id),
        "of_supplier": of_supplier,
        "section_url": reverse("homologation:section", args=[found.dossier_id, found.section]),
        "actions": [(t.label, reverse(f"homologation:help_{t.verb}", args=[pk])) for t in verbs],
    }
    return render(request, "homologation/help.html", context)


class Ask(View):
    """A pharmacist asks, on a part or a question of the dossier (``?sur=`` its key)."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        dossier = get_dossier(actor_of(request), pk)
        about = request.GET.get("sur", "")
        numbers = {f"{PART}{part.number}" for part in dossier.questionnaire.form.sections}
        known = about in dossier.questionnaire.form.by_key or about in numbers
        form = AskForm(initial={"key": about if known else ""}, questionnaire=dossier.questionnaire.form)
        return self._page(request, dossier, form)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = actor_of(request)
        dossier = get_dossier(actor, pk)
        form = AskForm(request.POST, questionnaire=dossier.questionnaire.form)
        if not form.is_valid():
            return self._page(request, dossier, form)
        section, key = form.subject()
        try:
            asked = helping.ask_help(
                dossier_id=pk, actor=actor, section=section, key=key, text=form.cleaned_data["text"]
            )
        except Refused as refused:
            form.absorb(refused.refusals)
            return self._page(request, dossier, form)
        messages.success(request, f"Demande envoyée à {asked.supplier.name}.")
        return redirect(asked)

    def _page(self, request: HttpRequest, dossier: InsiDossier, form: AskForm) -> HttpResponse:
        supplier = dossier.software_version.software.supplier if dossier.software_version else None
        context = {"dossier": dossier, "form": form, "supplier": supplier, "terms": help_terms(dossier.programme_id)}
        return render(request, "homologation/help_ask.html", context)


class HelpAct(ActView):
    """An act on a request that the actor may see."""

    machine = HELPS

    def find(self, actor: Actor, pk: UUID) -> HelpRequest:
        """The request, or 404."""
        return get_help(actor, pk)


class Take(HelpAct):
    verb, title = "take", "Prendre en charge cette demande"
    intro = "La pharmacie saura que vous vous en occupez."
    submit_label, done = "Prendre en charge", "C’est noté : vous vous en occupez."

    def perform(self, obj: HelpRequest, actor: Actor, data: dict[str, Any]) -> None:
        helping.take_help(request_id=obj.pk, actor=actor)


class Write(HelpAct):
    verb, title, form_class = "write", "Ajouter un message", MessageForm
    submit_label, done = "Envoyer", "Message envoyé."

    def perform(self, obj: HelpRequest, actor: Actor, data: dict[str, Any]) -> None:
        helping.write_help(request_id=obj.pk, actor=actor, text=data["text"])


class Answer(HelpAct):
    verb, title, form_class = "answer", "Répondre à la pharmacie", MessageForm
    submit_label, done = "Répondre", "Réponse envoyée à la pharmacie."

    def perform(self, obj: HelpRequest, actor: Actor, data: dict[str, Any]) -> None:
        helping.answer_help(request_id=obj.pk, actor=actor, text=data["text"])


class AskAgain(HelpAct):
    verb, title, form_class = "ask_again", "Demander une précision", MessageForm
    submit_label, done = "Demander", "Demande envoyée à votre éditeur."

    def perform(self, obj: HelpRequest, actor: Actor, data: dict[str, Any]) -> None:
        helping.ask_help_again(request_id=obj.pk, actor=actor, text=data["text"])


class Close(HelpAct):
    verb, title = "close", "Clore la demande"
    intro = "La demande est conservée. Vous pourrez en faire une autre."
    submit_label, done = "Clore", "La demande est close."

    def perform(self, obj: HelpRequest, actor: Actor, data: dict[str, Any]) -> None:
        helping.close_help(request_id=obj.pk, actor=actor)


HELP_ACTS: dict[str, tuple[str, type[HelpAct]]] = {
    "take": ("prendre", Take),
    "write": ("ecrire", Write),
    "answer": ("repondre", Answer),
    "ask_again": ("redemander", AskAgain),
    "close": ("clore", Close),
}
"""By verb: the last part of the address and the view."""
