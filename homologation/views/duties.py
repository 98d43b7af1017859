"""« Consignes INSi »: what a préparateur reads of his own and acknowledges; to a pharmacist, who has read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.generic.base import View

from homologation import presentation
from homologation.catalogue import duties
from homologation.duty_selectors import (
    Entitlement,
    entitlement_of,
    readers_of,
    reading_of,
    registration_of,
    reminders_to,
    workplace_of,
)
from homologation.selectors import programme_now
from homologation.services.duties import duties_sha256, read_duties, read_reminder
from homologation.supervision_selectors import PEOPLE
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.workflow.views import actor_of


class Duties(View):
    """One page: a préparateur's own duties, with what waits for his acknowledgement."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        place, now = workplace_of(actor), clock.business_now()
        programme = programme_now(now)
        sha256 = duties_sha256(programme)
        mine = actor.role is Role.PREPARATEUR
        context: dict[str, Any] = {"place": place, "duties": duties(programme), "mine": mine}
        if mine:
            entitlement = entitlement_of(place, actor.name, now)
            context |= {
                "entitlement": entitlement,
                "rows": _rows(entitlement),
                "reading": reading_of(place, actor.user_id, sha256),
                "reminders": reminders_to(place, actor.name),
                "registration": registration_of(place, programme),
            }
        else:
            context |= {"readers": readers_of(place, sha256, now), "answers": actor.role is Role.TITULAIRE}
        return render(request, "homologation/duties.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        workplace_of(actor)
        if actor.role is not Role.PREPARATEUR:
            raise Http404
        try:
            _acknowledge(actor, request.POST.get("rappel", ""))
        except Refused as refused:
            for refusal in refused.refusals:
                messages.warning(request, refusal.message)
        else:
            messages.success(request, "C’est noté. Merci.")
        return redirect("homologation:duties")


def _acknowledge(actor: Actor, reminder: str) -> None:
    """A reminder by its number, or the duties themselves."""
    if reminder:
        number = int(reminder) if reminder.isdecimal() and len(reminder) < 10 else 0
        read_reminder(reminder_id=number, actor=actor)
    else:
        read_duties(actor=actor)


def _rows(entitlement: Entitlement | None) -> list[list[tuple[str, str]]]:
    """Each row that names the person: column and value in words."""
    if entitlement is None:
        return []
    columns = entitlement.form.by_key[PEOPLE].columns
    return [
        [(column.label, presentation.in_words(column, row[column.key])) for column in columns if row.get(column.key)]
        for row in entitlement.rows
    ]
