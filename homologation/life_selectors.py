"""Reading the life of a decision: its early reviews, the dossier that renews it, what it changed from the last one."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from homologation.domain.lifecycle import OPEN as STILL_OPEN
from homologation.domain.review_lifecycle import OPEN
from homologation.models import EarlyReview, InsiDossier
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE


def reviews_of(dossier: InsiDossier) -> list[EarlyReview]:
    """Every review of a dossier, those to do first, then the newest."""
    found = EarlyReview.objects.filter(dossier=dossier).select_related("ended_by", "successor", "dossier")
    return sorted(found.order_by("-opened_at", "rule", "object"), key=lambda one: one.state != OPEN)


def get_review(actor: Actor, pk: UUID) -> EarlyReview:
    """One review of a decision of the actor's pharmacy. Raises Http404 for a stranger."""
    found = EarlyReview.objects.select_related("dossier__pharmacy", "ended_by", "successor")
    review = found.filter(pk=pk, dossier__pharmacy__organisation=actor.tenant).first()
    if review is None or actor.role not in PHARMACY_SIDE:
        raise Http404
    return review


def to_review(dossiers: Iterable[InsiDossier]) -> set[UUID]:
    """Which of these dossiers have a review to do."""
    found = EarlyReview.objects.filter(dossier__in=list(dossiers), state=OPEN).order_by("dossier")
    return set(found.values_list("dossier", flat=True))


def renewal_of(dossier: InsiDossier) -> InsiDossier | None:
    """The dossier being filled in or decided that would replace this one."""
    found: QuerySet[InsiDossier] = InsiDossier.objects.filter(previous=dossier, state__in=STILL_OPEN)
    return found.defer("snapshot").first()


def previous_of(dossier: InsiDossier) -> InsiDossier:
    """The dossier that this one renews. Raises Http404 where it is the first one."""
    if dossier.previous_id is None:
        raise Http404
    related = ("pharmacy", "questionnaire", "software_version__software")
    return InsiDossier.objects.select_related(*related).get(pk=dossier.previous_id)
