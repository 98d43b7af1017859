"""« Qui remplit quelles parties »: the mandates of a pharmacy; a titulaire gives them and takes them back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic.base import View

from homologation.breach_selectors import pharmacy_of
from homologation.forms.decision import ReasonForm
from homologation.forms.mandates import MandateForm
from homologation.mandate_selectors import adjoints_of, mandates_seen_by, sections_now
from homologation.models import SectionMandate
from homologation.services.mandates import give_mandate, revoke_mandate
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.registry.models import Pharmacy
from portal.workflow.views import actor_of


class Mandates(View):
    """Every mandate that concerns the reader; a titulaire gives more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        place = pharmacy_of(actor)
        today = paris_date(clock.business_now())
        return self._page(request, place, self._form(place, initial={"starts_on": today}))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        place = pharmacy_of(actor)
        form = self._form(place, request.POST)
        if form.is_valid():
            try:
                give_mandate(actor=actor, membership_id=form.cleaned_data["person"], given=form.given())
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, "Mandat donné : la personne est prévenue.")
                return redirect("homologation:mandates")
        return self._page(request, place, form)

    def _form(self, place: Pharmacy, *args: Any, **kwargs: Any) -> MandateForm:
        now = clock.business_now()
        staff = adjoints_of(place.organisation_id, now) if place.organisation_id else []
        return MandateForm(*args, adjoints=staff, parts=sections_now(now), **kwargs)

    def _page(self, request: HttpRequest, place: Pharmacy, form: MandateForm) -> HttpResponse:
        actor = actor_of(request)
        gives = actor.role is Role.TITULAIRE
        context = {
            "form": form,
            "lines": mandate_lines(actor, place),
            "gives": gives,
            "nobody": gives and not form.fields["person"].choices,  # type: ignore[attr-defined]
        }
        return render(request, "homologation/mandates.html", context)


class Revoke(View):
    """Taking one mandate back, with its reason."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, _running(actor_of(request), pk), ReasonForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = actor_of(request)
        mandate = _running(actor, pk)
        form = ReasonForm(request.POST)
        if form.is_valid():
            try:
                revoke_mandate(actor=actor, mandate_id=mandate.pk, reason=form.cleaned_data["reason"])
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, "Mandat retiré : la personne est prévenue.")
                return redirect("homologation:mandates")
        return self._page(request, mandate, form)

    def _page(self, request: HttpRequest, mandate: SectionMandate, form: ReasonForm) -> HttpResponse:
        return render(request, "homologation/mandate_revoke.html", {"mandate": mandate, "form": form})


def _running(actor: Actor, pk: int) -> SectionMandate:
    """One mandate of the pharmacy, for its titulaires alone. Raises Http404."""
    place = pharmacy_of(actor)
    found = mandates_seen_by(actor, place.organisation_id).filter(pk=pk).first() if place.organisation_id else None
    if found is None or actor.role is not Role.TITULAIRE:
        raise Http404
    return found


def mandate_lines(actor: Actor, place: Pharmacy) -> list[dict[str, Any]]:
    """Each mandate with where it stands today, in a word and its tone."""
    today = paris_date(clock.business_now())
    rows = mandates_seen_by(actor, place.organisation_id) if place.organisation_id else SectionMandate.objects.none()
    return [{"mandate": row, "said": row.said, "badge": _badge(row, today)} for row in rows]


def _badge(row: SectionMandate, today: Any) -> tuple[str, str]:
    said = row.said
    if said.revoked_on is not None:
        return "Retiré", "neutral"
    if said.runs(today):
        return "En cours", "success"
    return ("À venir", "info") if said.starts_on > today else ("Terminé", "neutral")
