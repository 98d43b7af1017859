"""Reading drafts (the administration's) and published rules (everybody's)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.outbox.models import Job
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import all_versions, published
from portal.rulemaking.models import Amendment
from portal.rulemaking.services.approve import job_key

_RELATED = ("programme", "base", "published", "created_by", "edited_by", "submitted_by", "published_by")


def amendments_for(actor: Actor) -> QuerySet[Amendment]:
    """Every draft, the latest first; nothing for whoever is not of the administration."""
    found = Amendment.objects.select_related(*_RELATED)
    return found if actor.role in ADMINISTRATION else found.none()


def get_amendment(actor: Actor, pk: UUID) -> Amendment:
    """One draft. Raises Http404 for a stranger."""
    found = amendments_for(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def bases() -> QuerySet[RuleSetVersion]:
    """The versions from which a draft may start, without their content."""
    return all_versions().defer("content")


def history_of(programme: str) -> QuerySet[RuleSetVersion]:
    """The published versions of a programme, newest first."""
    return published(programme)


def job_of(amendment: Amendment) -> Job | None:
    """The job that applies a published amendment."""
    return Job.objects.filter(dedup=job_key(amendment)).first()
