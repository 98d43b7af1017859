"""Sending: one message a day to an organisation, each deadline told once however many of its reminders were missed.

One transaction an organisation, behind its lock; the message leaves by the outbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from orders.domain.deadlines import PHARMACY, Kind
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, Organisation
from portal.accounts.models.people import OrganisationKind
from portal.common import clock
from portal.common.clock import paris_date
from portal.outbox.services.publish import publish
from portal.reminders.domain.digest import SHOWN, Line, Message, message
from portal.reminders.models import Digest, Outcome, Reminder, TrackedDeadline
from portal.reminders.services.plan import plan_reminders

TOPIC = "reminders.digest"
RECIPIENTS = frozenset({Role.SUPPLIER, Role.DISTRIBUTOR, Role.TITULAIRE})
"""Who is written to: those who may act for their organisation."""


def remind() -> int:
    """Plan, then write what is due; return how many messages were made. A second run makes none."""
    plan_reminders()
    return send_digests()


def send_digests() -> int:
    """Write the message of the day to every organisation that has something due and somebody to read it."""
    now = clock.business_now()
    return sum(_digest_of(organisation, now) for organisation in _waiting(now))


def _due(now: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(outcome="", retired_at=None, remind_at__lte=now)


def _waiting(now: datetime) -> list[UUID]:
    """Organisations with something due, a reader, and no message yet today."""
    readers = Membership.objects.valid_at(now).filter(
        organisation=OuterRef("pk"), role__in=[role.value for role in RECIPIENTS], user__is_active=True
    )
    today = Digest.objects.filter(organisation=OuterRef("pk"), day=paris_date(now))
    waiting = Organisation.objects.filter(
        Exists(readers), ~Exists(today), Exists(_due(now).filter(organisation=OuterRef("pk")))
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _digest_of(organisation_id: UUID, now: datetime) -> int:
    """Write one organisation's message; 0 when another worker has, or nothing is due any more."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    day = paris_date(now)
    if Digest.objects.filter(organisation=organisation, day=day).exists():
        return 0
    rows = list(_due(now).filter(organisation=organisation).select_for_update().order_by("deadline", "offset", "pk"))
    if not rows:
        return 0
    told: dict[UUID, Reminder] = {}
    for row in rows:
        told.setdefault(row.deadline_id, row)  # the smallest offset: the most urgent that is still true
    digest = _write(organisation, day, list(told.values()), now)
    sent = {row.pk for row in told.values()}
    _settle(sent, Outcome.SENT, digest, now)
    _settle({row.pk for row in rows} - sent, Outcome.COVERED, digest, now)
    publish(TOPIC, {"id": digest.pk}, dedup=f"{TOPIC}:{digest.pk}")
    return 1


def _settle(keys: set[int], outcome: Outcome, digest: Digest, now: datetime) -> None:
    Reminder.objects.filter(pk__in=keys).update(outcome=outcome, settled_at=now, digest=digest)


def _write(organisation: Organisation, day: date, told: Sequence[Reminder], now: datetime) -> Digest:
    kinds = dict(
        TrackedDeadline.objects.filter(pk__in=[row.deadline_id for row in told]).order_by().values_list("pk", "kind")
    )
    counts = Counter(Kind(kinds[row.deadline_id]) for row in told)
    urgent = sorted(told, key=lambda row: (row.due_at, str(row.deadline_id)))[:SHOWN]
    written = _message(organisation, counts, [row.deadline_id for row in urgent], now)
    return Digest.objects.create(
        organisation=organisation,
        day=day,
        made_at=now,
        total=len(told),
        subject=written.subject[:200],
        body=written.body,
    )


def _message(organisation: Organisation, counts: Counter[Kind], urgent: Sequence[UUID], now: datetime) -> Message:
    related = ("order__pharmacy", "order__supplier", "supplier")
    rows = TrackedDeadline.objects.filter(pk__in=urgent).select_related(*related).order_by("due_at", "pk")
    to_pharmacy = organisation.kind == OrganisationKind.PHARMACY
    lines = [_line(row, to_pharmacy) for row in rows]
    return message(counts, lines, now, f"{settings.PORTAL_BASE_URL}{reverse('reminders:deadlines')}")


def _line(row: TrackedDeadline, to_pharmacy: bool) -> Line:
    if row.order is None:
        about, path = "toutes vos commandes concernées", reverse("reminders:deadlines")
    else:
        other = row.order.supplier.name if to_pharmacy else f"{row.order.pharmacy.name}, {row.order.pharmacy.city}"
        about, path = f"bon n° {row.order.number}, {other}", row.order.get_absolute_url()
    mine = (row.owner == PHARMACY) == to_pharmacy
    return Line(Kind(row.kind), row.due_at, row.owner, mine, about, f"{settings.PORTAL_BASE_URL}{path}")
