"""What a draft would do to each order: totals, bars, rows, and the same as files."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orders.domain.lifecycle import ORDER
from orders.services.impact import Impact, ImpactRow
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.text import plain_cell
from portal.rulemaking.domain.lifecycle import DRAFT, SUBMITTED
from portal.rulemaking.models import Amendment
from portal.rulemaking.selectors import get_amendment
from portal.rulemaking.services.scene import Scene
from portal.ui.charts import funnel_bars
from portal.workflow.views import actor_of

PAGE_SIZE = 50
COLUMNS = (
    ("number", "Bon de commande"),
    ("supplier_name", "Fournisseur"),
    ("pharmacy_name", "Pharmacie"),
    ("finess", "FINESS"),
    ("from_state", "État actuel"),
    ("to_state", "État après publication"),
    ("reason", "Motif"),
    ("amount", "Montant TTC"),
    ("revived", "Rétablie"),
)


@require_safe
def effects(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The effects of a draft on their own page."""
    scene = _found(actor_of(request), pk)
    context = {"amendment": scene.amendment, **effects_context(scene, request.GET.get("page"))}
    return render(request, "rulemaking/effects.html", context)


def effects_context(scene: Scene, page: str | None = None) -> dict[str, Any]:
    """Totals, bars and one page of rows, as every page that shows the effects needs them."""
    impact = scene.impact
    totals = impact.totals
    counts = [
        ("Rétablies", totals.revived, totals.euros_revived),
        ("Prennent fin", totals.ended, totals.euros_ended),
        ("Délai déplacé", totals.redated, None),
        ("Autres changements", totals.other, None),
        ("Restent closes", totals.staying, None),
    ]
    shown = Paginator(impact.rows, PAGE_SIZE).get_page(page)
    return {
        "counts": counts,
        "bars": funnel_bars([(label, number) for label, number, _ in counts]),
        "totals": totals,
        "staying": _staying(impact),
        "page": shown,
        "effects": [_said(row) for row in shown],
        "seen": scene.seen,
    }


def _staying(impact: Impact) -> list[tuple[str, int]]:
    """How many orders stay ended for each cause, each order's own date apart; the most frequent first."""
    causes = Counter(row.reason.partition(" (")[0].rstrip(".") for row in impact.rows if not row.verb)
    return causes.most_common()


def _said(row: ImpactRow) -> dict[str, Any]:
    return {"row": row, "from": ORDER.labels[row.from_state], "to": ORDER.labels[row.to_state]}


@require_safe
def as_csv(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every row, for a spreadsheet (semicolons, UTF-8 with its mark)."""
    scene = _found(actor_of(request), pk)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([label for _, label in COLUMNS])
    for row in scene.impact.rows:
        writer.writerow([_cell(name, getattr(row, name)) for name, _ in COLUMNS])
    return _file(
        HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8"), scene.amendment, "csv"
    )


@require_safe
def as_json(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every row and the totals, for a program."""
    scene = _found(actor_of(request), pk)
    amendment, impact = scene.amendment, scene.impact
    rows = [{**asdict(row), "order_id": str(row.order_id), "amount": str(row.amount)} for row in impact.rows]
    totals = {name: str(value) if name.startswith("euros") else value for name, value in asdict(impact.totals).items()}
    body = {"amendment": str(amendment.pk), "effects_sha256": impact.sha256, "totals": totals, "rows": rows}
    return _file(JsonResponse(body, json_dumps_params={"ensure_ascii": False}), amendment, "json")


def _cell(name: str, value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if name in ("from_state", "to_state"):
        return ORDER.labels[value]
    if name == "revived":
        return "oui" if value else "non"
    if name == "amount":
        return f"{value:.2f}".replace(".", ",")
    return plain_cell(str(value))


def _file(response: HttpResponse, amendment: Amendment, extension: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="effets-{amendment.pk}.{extension}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _found(actor: Actor, pk: UUID) -> Scene:
    """An open draft that can be read. Raises Http404 otherwise."""
    scene = Scene(get_amendment(actor, pk), clock.business_now())
    if scene.amendment.state not in (DRAFT, SUBMITTED) or scene.after is None:
        raise Http404
    return scene
