"""Who decides in a pharmacy: one titulaire, or each of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic.base import View

from homologation.breach_selectors import pharmacy_of
from homologation.forms.decision import QuorumForm
from homologation.services.quorum import quorum_of, set_quorum
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.registry.selectors import titulaires_of
from portal.workflow.views import actor_of


class Quorum(View):
    """What holds, since when; a titulaire may choose otherwise."""

    def get(self, request: HttpRequest) -> HttpResponse:
        setting = quorum_of(pharmacy_of(actor_of(request)).pk)
        return self._page(request, QuorumForm(initial={"everyone": "oui" if setting and setting.everyone else "non"}))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        pharmacy_of(actor)
        form = QuorumForm(request.POST)
        if form.is_valid():
            try:
                set_quorum(actor=actor, everyone=form.cleaned_data["everyone"])
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, "C’est noté. Les autres titulaires sont prévenus.")
                return redirect("homologation:quorum")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: QuorumForm) -> HttpResponse:
        actor = actor_of(request)
        place = pharmacy_of(actor)
        context = {
            "form": form,
            "setting": quorum_of(place.pk),
            "titulaires": [one.user.full_name for one in titulaires_of(place, clock.business_now())],
            "may_choose": actor.role is Role.TITULAIRE,
        }
        return render(request, "homologation/quorum.html", context)
