"""Opening the early reviews of a decision, each once, and settling them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from homologation.catalogue import reviews
from homologation.domain.decision import check_reason
from homologation.domain.lifecycle import APPROVED
from homologation.domain.review_lifecycle import EARLY_REVIEW, OPEN
from homologation.domain.reviews import Cause, causes
from homologation.domain.validity import is_valid
from homologation.models import EarlyReview, InsiDossier
from homologation.services.machine import HOMOLOGATIONS, dossier_parties
from homologation.services.review_facts import decision_facts
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal
from portal.outbox.services.publish import publish
from portal.workflow.execute import Act, Machine, create, lock, run

OPENED = "insi_review.opened"


def review_parties(review: EarlyReview, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays towards its dossier."""
    return dossier_parties(review.dossier, actor, at)


REVIEWS: Machine[EarlyReview, None] = Machine(
    model=EarlyReview,
    lifecycle=EARLY_REVIEW,
    parties=review_parties,
    facts=lambda review, actor, now: None,
    thread=lambda review: str(review.dossier_id),
    related=("dossier__pharmacy",),
    audited=("rule", "cause", "object", "opened_at", "ended_at"),
)


@transaction.atomic
def examine(dossier_id: UUID) -> int:
    """Open a review for each cause that has none yet, while the decision holds; how many. Safe to repeat."""
    dossier, now = lock(HOMOLOGATIONS, dossier_id), clock.business_now()
    if dossier.state != APPROVED or dossier.decided_at is None or not _holds(dossier, now):
        return 0
    found = causes(decision_facts(dossier, dossier.decided_at, now), reviews(dossier.programme_id))
    known = set(EarlyReview.objects.filter(dossier=dossier).values_list("cause", "object"))
    new = [cause for cause in found if (cause.cause, cause.object) not in known]
    if new:
        keys = [_open(dossier, cause, now) for cause in new]
        publish(OPENED, {"dossier": str(dossier.pk), "reviews": keys}, dedup=f"{OPENED}:{keys[0]}")
    return len(new)


def _holds(dossier: InsiDossier, now: datetime) -> bool:
    """A decision whose time is over is to be renewed anyway."""
    if dossier.valid_from is None or dossier.valid_until is None:
        return False
    return is_valid(paris_date(now), dossier.valid_from, dossier.valid_until)


def _open(dossier: InsiDossier, cause: Cause, now: datetime) -> str:
    review = EarlyReview(
        dossier=dossier, rule=cause.rule, cause=cause.cause, object=cause.object, fact=cause.fact, opened_at=now
    )
    return str(create(REVIEWS, review, Actor.system()).pk)


def examine_all(dossiers: Iterable[UUID] | None = None) -> int:
    """Examine these approved dossiers, or every one, each in its own transaction; how many reviews were opened."""
    wanted = approved().order_by("pk").values_list("pk", flat=True) if dossiers is None else dossiers
    return sum(examine(pk) for pk in list(wanted))


def approved() -> QuerySet[InsiDossier]:
    """Every dossier that is approved, whatever its dates."""
    return InsiDossier.objects.filter(state=APPROVED)


def keep_decision(*, review_id: UUID, actor: Actor, reason: str) -> EarlyReview:
    """The titulaire has read the decision again: nothing changes, and why. Raises ``Refused``."""
    words = reason.strip()

    def check(facts: None) -> list[Refusal]:
        return check_reason(words)

    return run(REVIEWS, review_id, actor, Act("keep", {"reason": words}, check=check))


def settle_by_renewal(dossier: InsiDossier, successor: InsiDossier) -> None:
    """A new dossier takes the place of the reviewed one, in the caller's transaction."""
    for pk in _open_of(dossier):
        run(REVIEWS, pk, Actor.system(), Act("renew", {"successor": successor.pk}))


def settle_by_withdrawal(dossier: InsiDossier) -> None:
    """The reviewed decision is taken back, in the caller's transaction."""
    for pk in _open_of(dossier):
        run(REVIEWS, pk, Actor.system(), Act("withdraw"))


def _open_of(dossier: InsiDossier) -> list[UUID]:
    """The open reviews of a dossier, locked: nobody settles them meanwhile."""
    rows = EarlyReview.objects.select_for_update().filter(dossier=dossier.pk, state=OPEN)
    return list(rows.order_by("pk").values_list("pk", flat=True))
