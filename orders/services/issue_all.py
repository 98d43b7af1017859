"""A supplier issues all its drafts: one resumable job, each order by the very service of the page, each once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orders.selectors import drafts, issued_by
from orders.services.issue import issue_order
from portal.accounts.actors import Actor
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.refusals import Refused, refuse
from portal.outbox.models import Job
from portal.outbox.services.jobs import Progress, enqueue

ISSUE_ALL = "orders.issue_all"
SHOWN = 200
"""How many refused drafts the result names: the others are told by their number alone."""


@transaction.atomic
def request_issue_all(actor: Actor) -> Job:
    """Ask for the drafts that the actor has now to be issued; the job that is at work already, where there is one.

    Raises ``Refused`` where there is no draft.
    """
    waiting = all_jobs(actor).filter(finished_at=None).first()
    if waiting is not None:
        return waiting
    if not drafts(actor).exists():
        raise refuse("no_draft", "Aucun brouillon n’est à émettre.")
    membership = Membership.objects.valid_at(clock.business_now()).get(
        user=actor.user_id, organisation=actor.organisation_id, role=actor.role.value
    )
    params = {"organisation": str(actor.organisation_id), "membership": membership.pk, "request": actor.request_id}
    params["until"] = clock.business_now().isoformat()
    before = all_jobs(actor).count()  # two clicks at once ask for the same one
    dedup = f"{ISSUE_ALL}:{actor.organisation_id}:{before}"
    return enqueue(ISSUE_ALL, params, dedup=dedup, requested_by=actor.user_id)


def all_jobs(actor: Actor) -> QuerySet[Job]:
    """The jobs of this kind of the actor's organisation, the last one first."""
    return Job.objects.filter(kind=ISSUE_ALL, params__organisation=str(actor.organisation_id)).order_by("-created_at")


def issue_all(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The work of the job: issue what is still a draft of those that were there when it was asked for.

    Killed and taken up again it goes on: an issued order is no draft any more. A refused one stays a draft, with why.
    """
    membership = Membership.objects.select_related("user", "organisation").get(pk=params["membership"])
    actor = Actor.of(membership, params["request"])
    there = drafts(actor).filter(created_at__lte=datetime.fromisoformat(params["until"]))
    left = list(there.order_by("created_at", "pk").values_list("pk", "number"))
    progress.expect(len(left))
    refused: list[dict[str, Any]] = []
    for key, number in left:
        try:
            issue_order(order_id=key, actor=actor, job=str(progress.job_id))
        except Refused as refusal:
            why = [one.message for one in refusal.refusals]
            refused.append({"order": str(key), "number": number, "why": why[0], "more": len(why) - 1})
        progress.step()
    return {"issued": issued_by(str(progress.job_id)), "refused": refused[:SHOWN], "kept": len(refused)}
