"""Asking to act for a pharmacy after a log-in by Pro Santé Connect, and the answers to it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from portal.accounts.actors import Actor
from portal.accounts.domain.professionals import Activity, askable, likely_role
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.models import User
from portal.accounts.psc.session import activities_of
from portal.accounts.selectors import national_id_of
from portal.common import clock
from portal.common.refusals import Refused
from portal.registry.forms import DecisionForm, EnrolForm
from portal.registry.models import AttachmentRequest
from portal.registry.selectors import (
    known_as,
    people_of,
    pharmacies_by_finess,
    requests_of,
    requests_to,
)
from portal.registry.services.enrolments import Wish, ask_attachment, grant_attachment, refuse_attachment
from portal.workflow.views import actor_of

_ASKABLE = (Role.TITULAIRE, Role.ADJOINT, Role.PREPARATEUR)
_ADMINISTRATION = "L’administration du programme"
_WHO = {**dict.fromkeys((role.value for role in _ASKABLE), _ADMINISTRATION), "preparateur": "Un titulaire"}
"""By role, who answers."""


def ask(request: HttpRequest) -> HttpResponse:
    """Choose one's pharmacy among the activities that Pro Santé Connect declares, or name it by its FINESS."""
    user = cast(User, request.user)
    if not national_id_of(user.pk):
        raise Http404
    activities = {activity.finess: activity for activity in activities_of(request) if activity.finess}
    places = pharmacies_by_finess(activities.keys())
    choices = [(finess, f"{place.name}, {place.postal_code} {place.city}") for finess, place in places.items()]
    roles = [role for role in _ASKABLE if not activities or any(askable(role, one) for one in activities.values())]
    form = EnrolForm(request.POST or None, places=choices, with_email=not user.email, roles=roles)
    if form.is_bound and form.is_valid():
        try:
            ask_attachment(user_id=user.pk, wish=_wish(form, activities))
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, f"Demande envoyée. {_WHO[form.cleaned_data['role']]} va la vérifier.")
            return redirect("registry:enrol")
    asked = [{"request": row, "role": Role(row.role).label} for row in requests_of(user.pk)]
    return render(request, "registry/enrol.html", {"form": form, "asked": asked, "with_places": bool(choices)})


def _wish(form: EnrolForm, activities: dict[str, Activity]) -> Wish:
    data = form.cleaned_data
    chosen = data.get("place") or data["finess"]
    return Wish(
        finess=chosen,
        role=Role(data["role"]),
        contact_email=data.get("contact_email", ""),
        declared=activities.get(chosen),
    )


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """The requests that wait for an answer."""
    actor = _judge(request)
    rows = [{"request": row, "role": Role(row.role).label} for row in requests_to(actor).filter(decision="")]
    return render(request, "registry/enrolments.html", {"rows": rows, "own": actor.role is Role.TITULAIRE})


def _judge(request: HttpRequest) -> Actor:
    """Who answers requests. Raises Http404 for anybody else."""
    actor = actor_of(request)
    if actor.role not in ADMINISTRATION | {Role.TITULAIRE}:
        raise Http404
    return actor


def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One request: what is asked, what Pro Santé Connect declared, and the answer."""
    actor = _judge(request)
    asked = get_object_or_404(requests_to(actor), pk=pk)
    own = actor.role is Role.TITULAIRE
    members = list(people_of(asked.pharmacy, clock.business_now()))
    same = [(str(m.user_id), f"{m.user.full_name}, {Role(m.role).label} ({m.user.email})") for m in members]
    free = {str(m.user_id) for m in members if not known_as(m.user) and not own}
    accounts = [choice for choice in dict(same).items() if choice[0] in free]
    answered = bool({"grant", "refuse"}.intersection(request.POST))
    form = DecisionForm(request.POST if answered else None, accounts=accounts, refusing="refuse" in request.POST)
    if form.is_bound and form.is_valid():
        try:
            done = _answer(asked, actor, form, refusing="refuse" in request.POST)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, done)
            return redirect("registry:enrolments")
    context = {
        "asked": asked,
        "form": form,
        "role": Role(asked.role).label,
        "national_id": known_as(asked.user),
        "members": [{"membership": m, "role": Role(m.role).label} for m in members],
        "suggested": _suggested(asked),
        "own": own,
    }
    return render(request, "registry/enrolment.html", context)


def _answer(asked: AttachmentRequest, actor: Actor, form: DecisionForm, *, refusing: bool) -> str:
    if refusing:
        refuse_attachment(request_id=asked.pk, actor=actor, reason=form.cleaned_data["reason"])
        return "Demande refusée. La personne lira votre motif."
    account = form.cleaned_data.get("account")
    grant_attachment(request_id=asked.pk, actor=actor, account_id=int(account) if account else None)
    return "Rattachement accordé. Il vaut dès maintenant."


def _suggested(asked: AttachmentRequest) -> str:
    """The role that the declared section suggests; empty where it says nothing or the FINESS was typed."""
    role = likely_role(Activity(**asked.declared)) if asked.declared else None
    return role.label if role else ""
