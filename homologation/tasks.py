"""Thin handlers of the schedule."""

from __future__ import annotations

from celery import shared_task

from homologation.services import breach_reminders, steps, validity_reminders, verify
from homologation.services.cases import remind_late_details
from homologation.services.inspect import forget_openings
from homologation.services.missing import tell_missing
from homologation.services.open import learn_all
from homologation.services.reviews import examine_all
from homologation.services.supervise import compute_past_months, forget_detail
from portal.common import clock
from portal.common.clock import paris_date


@shared_task
def supervise() -> int:
    """Each night the months past: new or corrected reports, what is late, and what was kept long enough."""
    now = clock.business_now()
    written = compute_past_months(now)
    tell_missing(now)
    remind_late_details(paris_date(now))
    forget_detail(now)
    forget_openings()
    return written


@shared_task
def remind_breaches() -> int:
    """Recall the 72 hours of each breach to notify."""
    return breach_reminders.remind_breaches()


@shared_task
def remind_expiries() -> int:
    """Recall the certificates about to expire."""
    return steps.remind_expiries()


@shared_task
def follow_decisions() -> int:
    """Give drafts the software ordered since; read each decision again where a date alone changes what is known, and
    recall its end."""
    learn_all()
    opened = examine_all()
    return opened + validity_reminders.remind_ends()


@shared_task
def verify_proofs() -> int:
    """Each night, compute every hash again; how many no longer hold."""
    return len(verify.verify_proofs())
