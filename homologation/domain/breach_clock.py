"""The legal clock of a personal data breach (compliance facts §2; RGPD art. 33).

Hours are elapsed hours, counted in UTC: across a change of hour, 72 hours are not three calendar days. Weekends count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal.common.refusals import Refusal

NOTIFY_WITHIN = timedelta(hours=72)
COMPLEMENT_WITHIN = timedelta(hours=72)
"""The CNIL asks the complement within 72 h of the initial notification, where possible."""
QUALIFY_WITHIN = timedelta(hours=24)
"""Internal target to qualify a suspicion, « à confirmer »."""
REMIND_AT_HOURS = (1, 24, 48, 60, 68, 71, 72)
REMIND_EVERY = timedelta(hours=24)
"""From then on, until it is notified."""

ARTICLE_33 = "RGPD, article 33"


@dataclass(frozen=True)
class Due:
    """A reminder: which one, and when it is due."""

    number: int
    at: datetime


def elapsed(start: datetime, span: timedelta) -> datetime:
    """``start`` plus elapsed time, in UTC. Raises ValueError for a naive instant: it would be a wall clock's."""
    if start.tzinfo is None:
        raise ValueError("an aware instant is expected")
    return start.astimezone(UTC) + span


def notification_deadline(aware_at: datetime) -> datetime:
    """Until when the CNIL is to be told, that instant included, once one is reasonably certain (EDPB 9/2022)."""
    return elapsed(aware_at, NOTIFY_WITHIN)


def is_late(aware_at: datetime, sent_at: datetime) -> bool:
    """Whether a first notification came after the 72 hours."""
    return sent_at.astimezone(UTC) > notification_deadline(aware_at)


def check_notification(aware_at: datetime, sent_at: datetime, delay_reason: str) -> list[Refusal]:
    """A notification is not before one knew; a late one says why (art. 33(1))."""
    if sent_at < aware_at:
        return [
            Refusal(
                "before_awareness",
                "La notification ne peut pas précéder la prise de connaissance : vérifiez les deux dates.",
                "sent_at",
            )
        ]
    if is_late(aware_at, sent_at) and not delay_reason.strip():
        return [
            Refusal(
                "missing_reason",
                "La notification part après les 72 heures : indiquez les motifs du retard, la CNIL les demande.",
                "delay_reason",
                ARTICLE_33,
            )
        ]
    return []


def reminders(aware_at: datetime, now: datetime) -> list[Due]:
    """Every reminder due by ``now``, oldest first, those after the deadline included."""
    instants = [elapsed(aware_at, timedelta(hours=hours)) for hours in REMIND_AT_HOURS]
    while instants[-1] + REMIND_EVERY <= now:
        instants.append(instants[-1] + REMIND_EVERY)
    return [Due(number, at) for number, at in enumerate(instants, start=1) if at <= now]


def reminder_to_send(aware_at: datetime, now: datetime, sent: Sequence[int]) -> Due | None:
    """The one reminder to send now: after a stop of the worker the last due one, not each that was missed."""
    due = reminders(aware_at, now)
    return due[-1] if due and due[-1].number not in sent else None
