"""Reading dossiers: a pharmacy sees its own, nobody else any."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from homologation.models import DecisionReserve, InsiDossier, InspectionLink
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE
from portal.programmes.selectors import default_book

_RELATED = ("pharmacy", "questionnaire", "software_version__software", "decided_by", "submitted_by", "previous")


def visible_to(actor: Actor) -> QuerySet[InsiDossier]:
    """The dossiers of the actor's pharmacy, newest first."""
    dossiers = InsiDossier.objects.select_related(*_RELATED).defer("snapshot", "previous__snapshot").order_by("-number")
    if actor.role not in PHARMACY_SIDE:
        return dossiers.none()
    return dossiers.filter(pharmacy__organisation=actor.tenant)


def get_dossier(actor: Actor, pk: UUID) -> InsiDossier:
    """One visible dossier, with what was submitted. Raises Http404 for a stranger."""
    dossier = visible_to(actor).defer(None).defer("previous__snapshot").filter(pk=pk).first()
    if dossier is None:
        raise Http404
    return dossier


def programme_now(now: datetime) -> str:
    """The code of the programme whose questionnaire is filled in."""
    return default_book(now).at(now).programme


def reserves_of(dossier: InsiDossier) -> list[DecisionReserve]:
    """The reserves of its decision."""
    return list(DecisionReserve.objects.filter(dossier=dossier).order_by("position"))


def links_of(dossier: InsiDossier) -> list[InspectionLink]:
    """The links made to a dossier, the last one first, each with its openings."""
    found = InspectionLink.objects.filter(dossier=dossier).select_related("created_by", "revoked_by")
    return list(found.prefetch_related("openings").order_by("-created_at", "-pk"))
