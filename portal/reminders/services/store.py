"""Writing a plan: what is new, what has moved, what is over, in a few bulk writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from orders.domain.deadlines import Deadline
from portal.reminders.domain.cadence import Wanted
from portal.reminders.models import Reminder, Retirement, TrackedDeadline


@dataclass(frozen=True)
class Planned:
    """A deadline to track, with the reminders to have for it; of an order, or of a supplier."""

    id: UUID
    deadline: Deadline
    order_id: UUID | None
    supplier_id: UUID | None
    rows: tuple[Wanted, ...]
    plan: str


@dataclass(frozen=True)
class Counts:
    """What a run changed."""

    tracked: int = 0
    moved: int = 0
    ended: int = 0
    planned: int = 0
    retired: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


def store(planned: Sequence[Planned], known: QuerySet[TrackedDeadline], now: datetime) -> Counts:
    """Bring the rows of the deadlines ``known`` and ``planned`` in step. The caller holds the planner's lock."""
    wanted = {item.id: item for item in planned}
    before = {row.pk: row for row in known}
    new = [item for item in planned if item.id not in before]
    changed = [item for key, item in wanted.items() if key in before and _differs(before[key], item)]
    over = [row for key, row in before.items() if row.ended_at is None and key not in wanted]
    TrackedDeadline.objects.bulk_create([_tracked(item, now) for item in new], batch_size=2_000)
    moves = _update(before, changed, now)
    TrackedDeadline.objects.filter(pk__in=[row.pk for row in over]).update(
        ended_at=now, moved_at=now, sequence=F("sequence") + 1
    )
    retired = _retire_over([row.pk for row in over], now)
    more, fewer = _reconcile([*new, *changed], {item.id for item in new}, now)
    return Counts(len(new), moves, len(over), more, retired + fewer)


def _differs(row: TrackedDeadline, item: Planned) -> bool:
    return row.plan != item.plan or row.ended_at is not None or row.due_at != item.deadline.due_at


def _tracked(item: Planned, now: datetime) -> TrackedDeadline:
    return TrackedDeadline(
        id=item.id,
        kind=item.deadline.kind.value,
        subject=item.deadline.subject,
        order_id=item.order_id,
        supplier_id=item.supplier_id,
        due_at=item.deadline.due_at,
        owner=item.deadline.owner,
        tracked_at=now,
        moved_at=now,
        plan=item.plan,
    )


def _update(before: dict[UUID, TrackedDeadline], changed: Sequence[Planned], now: datetime) -> int:
    """Write what changed; the sequence rises where the date moved or the deadline came back."""
    moves, rows = 0, []
    for item in changed:
        row = before[item.id]
        if row.due_at != item.deadline.due_at or row.ended_at is not None:
            moves += 1
            row.sequence += 1
            row.moved_at = max(now, row.moved_at)
        row.due_at, row.ended_at, row.plan = item.deadline.due_at, None, item.plan
        row.owner = item.deadline.owner
        rows.append(row)
    TrackedDeadline.objects.bulk_update(
        rows, ["due_at", "owner", "ended_at", "plan", "sequence", "moved_at"], batch_size=1_000
    )
    return moves


def _retire_over(keys: Sequence[UUID], now: datetime) -> int:
    current = Reminder.objects.filter(deadline__in=keys, retired_at=None)
    return current.update(retired_at=now, retired_because=Retirement.OVER)


def _reconcile(items: Sequence[Planned], new: set[UUID], now: datetime) -> tuple[int, int]:
    """Retire the rows that are no longer wanted, add those that are missing; return how many of each."""
    current: dict[UUID, dict[tuple[int, UUID], Reminder]] = defaultdict(dict)
    for row in Reminder.objects.filter(deadline__in=[i.id for i in items if i.id not in new], retired_at=None):
        current[row.deadline_id][row.offset, row.organisation_id] = row
    stale: dict[Retirement, list[int]] = {Retirement.MOVED: [], Retirement.RECAST: []}
    missing: list[Reminder] = []
    for item in items:
        kept = _keep(item, current[item.id], stale)
        missing += _missing(item, kept, now)
    for because, keys in stale.items():
        Reminder.objects.filter(pk__in=keys).update(retired_at=now, retired_because=because)
    Reminder.objects.bulk_create(missing, batch_size=5_000)
    return len(missing), sum(map(len, stale.values()))


def _keep(
    item: Planned, current: dict[tuple[int, UUID], Reminder], stale: dict[Retirement, list[int]]
) -> set[tuple[int, UUID]]:
    wanted = {(row.offset, row.organisation): row.remind_at for row in item.rows}
    kept = set()
    for identity, row in current.items():
        if row.due_at != item.deadline.due_at:
            stale[Retirement.MOVED].append(row.pk)
        elif identity not in wanted:
            stale[Retirement.RECAST].append(row.pk)
        else:
            kept.add(identity)
    return kept


def _missing(item: Planned, kept: Iterable[tuple[int, UUID]], now: datetime) -> list[Reminder]:
    have = set(kept)
    return [
        Reminder(
            deadline_id=item.id,
            offset=row.offset,
            organisation_id=row.organisation,
            due_at=item.deadline.due_at,
            remind_at=row.remind_at,
            planned_at=now,
        )
        for row in item.rows
        if (row.offset, row.organisation) not in have
    ]
