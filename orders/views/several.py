"""Several orders at one go: ticked in a list, the identity confirmed once for them all, then signed one by one."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View
from django.views.decorators.http import require_safe

from orders.domain.consent import CONSENT_VERSION
from orders.forms.several import AgreeForm, ChooseForm, read_lines
from orders.services.several import Named, Outcome, Waiting, sign_each, titulaire_actors, waiting_orders
from portal.accounts.actors import Actor
from portal.accounts.middleware import PortalRequest
from portal.accounts.psc.refusals import PscRefused
from portal.accounts.psc.step_up import begin_step_up
from portal.accounts.psc.views import refusal_page
from portal.accounts.selectors import national_id_of
from portal.accounts.services.step_up import confirmed_among
from portal.documents.responses import pdf_response
from portal.documents.stepping import BACK_AT, IDENTIFY

LIST = "liste"
"""In the address: the whole list, also where some of it is confirmed."""
RESULTS, NAMED = "signed_several", "several_named"
"""In the session: what became of the last orders, and the names of those confirmed last."""


def _actors(request: HttpRequest) -> list[Actor]:
    """The person as titulaire of each of their pharmacies. Raises Http404 for anybody else."""
    told = cast(PortalRequest, request)
    actors = titulaire_actors(told.memberships, told.actor)
    if not actors:
        raise Http404
    return actors


class SignSeveral(View):
    """The list, then the consent to what was confirmed; what was not in the list cannot be signed here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """What waits, and what is confirmed already."""
        return self._show(waiting_orders(_actors(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Off to confirm one's identity for the orders ticked, or the signatures."""
        waiting = waiting_orders(_actors(request))
        if IDENTIFY in request.POST:
            return self._identify(waiting)
        confirmed, lines = self._confirmed(waiting), read_lines(request.POST.getlist("line"))
        agree = AgreeForm(confirmed, request.POST)
        named = {UUID(key): Named(*told) for key, told in request.session.get(NAMED, {}).items()}
        still = {one.order.pk for one in waiting}
        if not lines or (not confirmed and any(one.order_id in still for one in lines)):
            return self._show(waiting, missed=True)
        if not agree.is_valid():
            return self._show(waiting, agree=agree)
        outcomes = sign_each(lines, waiting, named, request.user.pk or 0)
        request.session[RESULTS] = [_told(one) for one in outcomes]
        return redirect("orders:signed_several")

    def _identify(self, waiting: list[Waiting]) -> HttpResponse:
        choose = ChooseForm(waiting, self.request.POST)
        if not self._may_confirm() or not choose.is_valid():
            return self._show(waiting, choose=choose)
        chosen: list[Waiting] = choose.cleaned_data["order"]
        self.request.session[NAMED] = {str(one.order.pk): (one.order.number, one.order.client_name) for one in chosen}
        try:
            return begin_step_up(
                self.request,
                documents=[one.sha256 for one in chosen],
                consent=CONSENT_VERSION,
                next_url=f"{self.request.path}#{BACK_AT}",
            )
        except PscRefused as refused:
            return refusal_page(self.request, refused, "step_up")

    def _may_confirm(self) -> bool:
        return settings.PSC is not None and bool(national_id_of(self.request.user.pk or 0))

    def _confirmed(self, waiting: list[Waiting]) -> list[Waiting]:
        hashes = [one.sha256 for one in waiting if one.sha256 and not one.refusals]
        fresh = confirmed_among(self.request.user.pk or 0, hashes)
        return [one for one in waiting if one.sha256 in fresh and not one.refusals]

    def _show(
        self,
        waiting: list[Waiting],
        choose: ChooseForm | None = None,
        agree: AgreeForm | None = None,
        *,
        missed: bool = False,
    ) -> HttpResponse:
        listed = choose is not None or missed or LIST in self.request.GET
        confirmed = [] if listed else self._confirmed(waiting)
        context = {
            "waiting": waiting,
            "choose": choose,
            "chosen": self.request.POST.getlist("order"),
            "confirmed": confirmed,
            "agree": agree or AgreeForm(confirmed),
            "missed": missed,
            "may_confirm": self._may_confirm(),
            "psc_demo": settings.PSC is not None and settings.PSC.demo,
            "identify": IDENTIFY,
        }
        return render(self.request, "orders/sign_several.html", context)


@require_safe
def signed_several(request: HttpRequest) -> HttpResponse:
    """What became of each order just signed."""
    _actors(request)
    results = request.session.get(RESULTS)
    if not results:
        return redirect("orders:sign_several")
    signed = sum(not one["refusals"] for one in results)
    return render(request, "orders/signed_several.html", {"results": results, "signed": signed})


@require_safe
def waiting_document(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The document of one order of the list, whichever of the person's pharmacies it is for."""
    found = next((one for one in waiting_orders(_actors(request)) if one.order.pk == pk), None)
    if found is None or found.document is None:
        raise Http404
    return pdf_response(found.document)


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "number": outcome.number,
        "pharmacy": outcome.pharmacy,
        "refusals": [refusal.message for refusal in outcome.refusals],
    }
