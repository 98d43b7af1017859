"""Reading back what the cast and the portal did under a programme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attestations.models import Attestation
from orders.domain.reasons import END_REASONS
from orders.models import Installation, Order
from portal.accounts.domain.roles import Role
from portal.audit.models import AuditEvent
from portal.demo.domain.happenings import (
    ATTESTATION,
    INSTALLATION,
    ORDER,
    REFERENCING,
    Happening,
    cause_of,
    in_order,
)
from portal.programmes.selectors import version_for
from portal.registry.models import ReferencingEvent


def happenings(programme: str) -> list[Happening]:
    """Everything that happened under a programme, in order. Raises LookupError for an object without a name."""
    return in_order([*_acts(programme), *_statuses(programme)])


def _acts(programme: str) -> Iterator[Happening]:
    orders = {str(o.pk): o for o in Order.objects.filter(programme=programme)}
    names = _names(orders)
    for event in AuditEvent.objects.filter(thread__in=orders).order_by("id"):
        try:
            kind, name = names[event.object_type, event.object_id]
        except KeyError:
            raise LookupError(f"no name is known for the objects of {event.object_type}") from None
        rule, because = "", ""
        if event.role == Role.SYSTEM:
            rule, because = _cause(kind, event)
        yield Happening(
            at=event.at,
            kind=kind,
            object=name,
            verb=event.verb,
            from_state=event.from_state,
            to_state=event.to_state,
            rule=rule,
            because=because,
            rule_set=event.rule_set,
            place=event.seq,
        )


def _names(orders: dict[str, Order]) -> dict[tuple[str, str], tuple[str, str]]:
    """The kind and name of every journaled object: those of an installation and a VA say which order's they are."""
    names = {(Order._meta.db_table, pk): (ORDER, order.number) for pk, order in orders.items()}
    for installation in Installation.objects.filter(order__in=orders.values()).select_related("order"):
        name = f"INST-{installation.order.number}"
        names[Installation._meta.db_table, str(installation.pk)] = (INSTALLATION, name)
    for attestation in Attestation.objects.filter(order__in=orders.values()):
        names[Attestation._meta.db_table, str(attestation.pk)] = (ATTESTATION, attestation.number)
    return names


def _cause(kind: str, event: AuditEvent) -> tuple[str, str]:
    """Code and French words of what made the portal act by itself: what it recorded, else what the verb follows."""
    code, words = cause_of(kind, event.verb)
    recorded: dict[str, str] = event.data
    rule = recorded.get("rule") or code
    if rule in END_REASONS:
        words = f"{END_REASONS[rule][:1].lower()}{END_REASONS[rule][1:]}"
    return rule, " : ".join(part for part in (words, recorded.get("source", "")) if part)


def _statuses(programme: str) -> Iterator[Happening]:
    """The statuses of référencements, which people of the ANS record."""
    before: dict[Any, str] = {}
    recorded = ReferencingEvent.objects.filter(referencing__programme=programme)
    for place, event in enumerate(
        recorded.select_related("referencing__version__software").order_by("effective_at", "recorded_at", "id")
    ):
        yield Happening(
            at=event.effective_at,
            kind=REFERENCING,
            object=str(event.referencing.version),
            verb="record_status",
            from_state=before.get(event.referencing_id, ""),
            to_state=event.status,
            rule="",
            because="",
            rule_set=str(version_for(programme, event.effective_at, event.recorded_at)),
            place=place,
        )
        before[event.referencing_id] = event.status
