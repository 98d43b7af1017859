"""The boards: one row an order, its stage and next due date computed by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Coalesce

from attestations.models import Attestation, Reserve, Statement
from attestations.selectors import current_attestation
from orders.models import InstallationReserve, Objection, Order
from orders.selectors import visible_to
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.identifiers import normalise
from portal.common.text import fold
from portal.home.domain.stages import ENDED, NOBODY, STAGES, owned_by
from portal.programmes.domain.ruleset import RuleSet
from portal.registry.domain.referencing import OVER, Status
from portal.registry.models import ReferencingEvent

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SORTS = {
    "pharmacie": "pharmacy__sort_key",
    "numero": "number",
    "etape": "stage",
    "echeance": "due_at",
}


class Staged(TypedDict):
    """What the board's query adds to an order."""

    stage: str
    due_at: datetime | None


if TYPE_CHECKING:
    StagedOrder = WithAnnotations[Order, Staged]


@dataclass(frozen=True)
class Filters:
    """What a board is narrowed to; empty means all. ``sort`` is a key of ``SORTS``, with ``-`` for descending."""

    text: str = ""
    stage: str = ""
    owner: str = ""
    software: str = ""
    sort: str = ""


def dossiers(actor: Actor | None, rules: RuleSet) -> QuerySet[StagedOrder]:
    """Every order the actor may see, with ``stage`` and ``due_at`` (business time, None when nothing is due)."""
    return with_stage(visible_to(actor), rules)


def with_stage(orders: QuerySet[Order], rules: RuleSet) -> QuerySet[StagedOrder]:
    """Annotate orders with their stage and the next due date under ``rules``."""
    objection = Objection.objects.filter(order=OuterRef("pk"), settled_at=None)
    open_right = objection.filter(raised_at=None, until__gt=clock.business_now())
    va_reserves = Reserve.objects.filter(statement__attestation__order=OuterRef("pk"), closed_at=None)
    annotated = orders.annotate(
        has_reserve=Exists(InstallationReserve.objects.filter(installation__order=OuterRef("pk"), lifted_at=None)),
        has_va_reserve=Exists(va_reserves.filter(lifted_at=None)),
        complete_at=Coalesce(_first(Status.COMPLETE), _first(Status.REFERENCED)),
        contestable_until=Subquery(open_right.values("until")[:1]),
        contested=Exists(objection.filter(raised_at__isnull=False)),
    )
    return annotated.annotate(stage=_stage_case()).annotate(due_at=_due_case(rules))


def _first(status: Status) -> Subquery:
    """When the dossier that runs first had a status (``registry.domain.referencing.dossier_complete_at`` in SQL)."""
    known = ReferencingEvent.objects.filter(recorded_at__lte=clock.business_now())
    ended = known.filter(
        Q(effective_at__gt=OuterRef("effective_at"))
        | Q(effective_at=OuterRef("effective_at"), recorded_at__gt=OuterRef("recorded_at")),
        referencing=OuterRef("referencing"),
        status__in=[status.value for status in OVER],
    )
    reached = known.filter(
        ~Exists(ended),
        referencing__programme=OuterRef("programme"),
        referencing__version=OuterRef("software_version"),
        status=status.value,
    )
    return Subquery(reached.order_by().values("referencing").annotate(first=Min("effective_at")).values("first"))


def _stage_case() -> Case:
    live, firm = (
        Q(state__in=["signed_conditional", "signed_firm", "affirmed"]),
        Q(state__in=["signed_firm", "affirmed"]),
    )
    table: list[tuple[Q, str]] = [
        (Q(state="replaced", contested=True), "replaced_contested"),
        (Q(state="replaced", contestable_until__isnull=False), "replaced_contestable"),
        *((Q(state=code), code) for code in ("draft", "realised", *ENDED)),
        (Q(state="issued", origin_kind="transfer"), "take_over"),
        (Q(state="issued"), "to_sign"),
        (live & Q(cancel_asked_by="pharmacy"), "cancel_supplier"),
        (live & Q(cancel_asked_by="supplier"), "cancel_pharmacy"),
        (Q(state="signed_conditional", complete_at__lt=F("conditional_until")), "conditional_complete"),
        (Q(state="signed_conditional", complete_at__isnull=False), "conditional_late"),
        (Q(state="signed_conditional"), "conditional"),
        *((firm & Q(installation__state=code), code) for code in ("to_plan", "planned", "in_progress", "failed")),
        (firm & Q(installation__va_state="to_sign"), "va_to_sign"),
        (firm & Q(installation__va_state="signed_with_reserves", has_va_reserve=True), "va_reserve"),
        (firm & Q(installation__va_state="signed_with_reserves"), "va_lifted"),
        (firm & Q(has_reserve=True), "reserve"),
    ]
    whens = [When(condition, then=Value(code)) for condition, code in table]
    return Case(*whens, default=Value("va_to_prepare"), output_field=CharField())


def _due_case(rules: RuleSet) -> Case:
    installation, va = rules.closes("installation"), rules.closes("va")
    whens = [
        When(stage__in=["to_sign", "take_over"], then=F("expires_at")),
        When(stage__in=["conditional", "conditional_late"], then=F("conditional_until")),
        When(stage="replaced_contestable", then=F("contestable_until")),
        When(stage__in=["planned", "in_progress"], then=F("installation__planned_for")),
        When(stage__in=["to_plan", "failed"], then=Value(installation, output_field=DateTimeField())),
        When(
            stage__in=["reserve", "va_to_prepare", "va_to_sign", "va_reserve", "va_lifted"],
            then=Value(va, output_field=DateTimeField()),
        ),
    ]
    return Case(*whens, default=None, output_field=DateTimeField())


def narrowed(orders: QuerySet[StagedOrder], filters: Filters) -> QuerySet[StagedOrder]:
    """The board under its filters, in a total order."""
    if filters.stage in STAGES:
        orders = orders.filter(stage=filters.stage)
    if filters.owner:
        orders = orders.filter(stage__in=owned_by(filters.owner))
    if filters.software:
        orders = orders.filter(software_version=UUID(filters.software))
    if filters.text.strip():
        orders = orders.filter(_search(filters.text))
    descending, key = filters.sort.startswith("-"), filters.sort.lstrip("-")
    if key not in SORTS:
        return orders.order_by("-created_at", "number")
    column = F(SORTS[key])
    first = column.desc(nulls_last=True) if descending else column.asc(nulls_last=True)
    return orders.order_by(first, "number")


def _search(text: str) -> Q:
    """By FINESS, SIRET, order number, or words of the pharmacy's name and town."""
    identifier = normalise(text)
    exact = Q(pharmacy__finess=identifier) | Q(supplier__siret=identifier) | Q(number__iexact=identifier)
    words = Q()
    for word in fold(text).split():
        words &= Q(pharmacy__search_key__contains=word)
    return exact | words if words else exact


def funnel(orders: QuerySet[StagedOrder]) -> dict[str, int]:
    """How many dossiers stand in each stage, in the order of the journey, zeros included."""
    counted = dict(orders.order_by().values_list("stage").annotate(n=Count("pk")))
    return {code: counted.get(code, 0) for code in STAGES}


def late(orders: QuerySet[StagedOrder], now: datetime) -> QuerySet[StagedOrder]:
    """Dossiers whose next due date has passed, the latest first."""
    waiting = [code for code, stage in STAGES.items() if stage.owner != NOBODY]
    return orders.filter(due_at__lt=now, stage__in=waiting).order_by("due_at", "number")


def va_with_statements(order: Order) -> tuple[Attestation | None, list[Statement]]:
    """The last VA of an order that has an installation, with its boxes: by one query where there are any."""
    last = Attestation.objects.filter(order=order.pk).order_by("-prepared_at", "-number").values("pk")[:1]
    boxes = Statement.objects.filter(attestation=Subquery(last)).select_related("attestation__signed_by")
    statements = list(boxes.order_by("position"))
    if statements or not order.installation.va_state:
        return (statements[0].attestation if statements else None), statements
    return current_attestation(order), []
