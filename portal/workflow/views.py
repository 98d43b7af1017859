"""One view for every act: parse → permission → one service → back to the dossier."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.accounts.middleware import PortalRequest
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.ui.forms import PortalForm
from portal.workflow.execute import Machine, check
from portal.workflow.models import Stateful


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a logged-in request. Raises Http404 for a person without any membership."""
    actor = cast(PortalRequest, request).actor
    if not actor:
        raise Http404
    return actor


def administrator(request: HttpRequest) -> Actor:
    """The actor, if of the administration and still so. Raises Http404 otherwise."""
    actor = actor_of(request)
    if actor.role not in ADMINISTRATION:
        raise Http404
    return actor


class ActView(View):
    """Shows the form of an act, or why it is refused; carries it out on POST.

    Sub-classes name the machine and the verb and say how to find the object (404 for a stranger), which service to
    call, and where the dossier is. A refusal never loses what was typed.
    """

    machine: ClassVar[Machine[Any, Any]]
    verb: ClassVar[str]
    title: ClassVar[str]
    intro: ClassVar[str] = ""
    submit_label: ClassVar[str] = "Confirmer"
    done: ClassVar[str] = "C’est fait."
    danger: ClassVar[bool] = False
    form_class: ClassVar[type[PortalForm]] = PortalForm
    template_name: ClassVar[str] = "workflow/act.html"

    def find(self, actor: Actor, pk: UUID) -> Stateful:
        """The object, if the actor may see it. Raises Http404 otherwise."""
        raise NotImplementedError

    def perform(self, obj: Any, actor: Actor, data: dict[str, Any]) -> None:
        """Call the one service of this act."""
        raise NotImplementedError

    def dossier_url(self, obj: Any) -> str:
        """Where to go afterwards."""
        return str(obj.get_absolute_url())

    def refusals(self, obj: Any, actor: Actor) -> list[Refusal]:
        """Why the act is not possible now."""
        return check(self.machine, obj, actor, self.verb, clock.business_now())

    def already_done(self, obj: Any, actor: Actor) -> str:
        """What to say to the person who did this very act and asks again (a second click); empty for all others."""
        return ""

    def build_form(self, obj: Any, data: Any = None) -> PortalForm:
        """The form, bound when ``data`` is given."""
        return self.form_class(data)

    def page_context(self, obj: Any, actor: Actor) -> dict[str, Any]:
        """More context for the template."""
        return {}

    def get(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        """The form of the act, or the reasons why there is none (409)."""
        actor = actor_of(request)
        obj = self.find(actor, pk)
        if refusals := self.refusals(obj, actor):
            return self.refused(obj, actor, refusals)
        return self.show(obj, actor, self.build_form(obj))

    def post(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        """Carry the act out, or show the form again with every refusal and everything typed."""
        actor = actor_of(request)
        obj = self.find(actor, pk)
        if refusals := self.refusals(obj, actor):
            return self.refused(obj, actor, refusals)
        form = self.build_form(obj, request.POST)
        if not form.is_valid():
            return self.show(obj, actor, form)
        try:
            self.perform(obj, actor, form.cleaned_data)
        except Refused as refused:
            obj = self.find(actor, pk)
            if any(not r.field for r in refused.refusals) and self.refusals(obj, actor):
                return self.refused(obj, actor, list(refused.refusals))
            form.absorb(refused.refusals)
            return self.show(obj, actor, form)
        messages.success(request, self.done)
        return redirect(self.dossier_url(obj))

    def refused(self, obj: Any, actor: Actor, refusals: list[Refusal]) -> HttpResponse:
        """The reasons (409); back to the dossier where the person has already done it."""
        if done := self.already_done(obj, actor):
            messages.info(self.request, done)
            return redirect(self.dossier_url(obj))
        return self.show(obj, actor, None, refusals, status=409)

    def show(
        self,
        obj: Any,
        actor: Actor,
        form: PortalForm | None,
        refusals: list[Refusal] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The page of the act: its form, or the reasons why there is none."""
        context = {
            "object": obj,
            "form": form,
            "refusals": refusals or [],
            "title": self.title,
            "intro": self.intro,
            "submit_label": self.submit_label,
            "danger": self.danger,
            "dossier_url": self.dossier_url(obj),
            **self.page_context(obj, actor),
        }
        return render(self.request, self.template_name, context, status=status)
