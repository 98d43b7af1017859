"""Reading requests for help: the pharmacy that asked and the supplier that is asked, nobody else any."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from homologation.domain.help_lifecycle import WAITING
from homologation.models import HelpMessage, HelpRequest, InsiDossier
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, Role

_RELATED = ("dossier__pharmacy", "dossier__questionnaire", "supplier", "asked_by", "taken_by", "closed_by")


def helps_visible_to(actor: Actor) -> QuerySet[HelpRequest]:
    """The requests of the actor's pharmacy, or those asked of the actor's company; those that wait first."""
    found = (
        HelpRequest.objects.select_related(*_RELATED).defer("dossier__snapshot").order_by("due_on", "asked_at", "pk")
    )
    if actor.role is Role.SUPPLIER:
        return found.filter(supplier__organisation=actor.tenant)
    return found.filter(dossier__pharmacy__organisation=actor.tenant) if actor.role in PHARMACY_SIDE else found.none()


def get_help(actor: Actor, pk: UUID) -> HelpRequest:
    """One visible request. Raises Http404 for a stranger."""
    found = helps_visible_to(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def helps_on(dossier: InsiDossier) -> list[HelpRequest]:
    """The requests on a dossier, the last asked first."""
    found = list(HelpRequest.objects.filter(dossier=dossier).order_by("-asked_at", "pk"))
    for one in found:
        one.dossier = dossier  # read already
    return found


def waiting_helps(actor: Actor) -> int:
    """How many requests wait for an answer of the actor's company."""
    if actor.role is not Role.SUPPLIER:
        return 0
    return HelpRequest.objects.filter(supplier__organisation=actor.tenant, state__in=WAITING).count()


def messages_of(request: HelpRequest) -> list[HelpMessage]:
    """What was written, in order."""
    return list(HelpMessage.objects.filter(request=request).select_related("by").order_by("number"))
