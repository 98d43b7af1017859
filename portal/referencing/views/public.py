"""The public registry, for anybody: page, history, CSV, JSON, Atom."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import condition, require_safe

from portal.common import clock
from portal.common.text import plain_cell
from portal.referencing.forms.public import RegistryForm
from portal.referencing.selectors import public
from portal.referencing.selectors.public import Entry, PublicRow
from portal.referencing.views.dossiers import PROGRAMME
from portal.registry.selectors import all_suppliers
from portal.ui import formats

COLUMNS = ("numero_unique", "logiciel", "version", "editeur", "siret", "statut", "depuis_le", "annonce_pour", "vu_le")
_FRESH_SECONDS = 300


def _etag(request: HttpRequest, *args: Any, **kwargs: Any) -> str:
    return f'W/"{public.stamp(PROGRAMME, clock.business_now())[:32]}"'


def _cached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=_FRESH_SECONDS)
    return response


def _filtered(request: HttpRequest) -> tuple[RegistryForm, list[PublicRow]]:
    form = RegistryForm(request.GET, suppliers=list(all_suppliers()))
    return form, public.public_rows(PROGRAMME, clock.business_now(), form.filters())


@login_not_required
@require_safe
def registry(request: HttpRequest) -> HttpResponse:
    """Every software whose référencement is known or announced."""
    form, rows = _filtered(request)
    filters = form.filters()
    context = {
        "form": form,
        "rows": [{"row": row, "tone": tone(row)} for row in rows],
        "filtered": bool(filters.text or filters.status or filters.supplier),
        "seen_on": clock.business_now(),
        "query": request.GET.urlencode(),
    }
    return render(request, "referencing/public_registry.html", context)


@login_not_required
@require_safe
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version: its status, its whole history, its obsolete versions."""
    now = clock.business_now()
    row = next((row for row in public.public_rows(PROGRAMME, now) if row.key == pk), None)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "tone": tone(row),
        "entries": public.public_history(PROGRAMME, now, pk),
        "days": public.announced_days(PROGRAMME, pk),
        "seen_on": now,
    }
    return render(request, "referencing/public_version.html", context)


@login_not_required
@require_safe
@condition(etag_func=_etag)
def registry_csv(request: HttpRequest) -> HttpResponse:
    """The registry under the same filters, for a spreadsheet: UTF-8 with its mark, semicolons."""
    _, rows = _filtered(request)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([plain_cell(value) for value in _values(row).values()])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="logiciels-references.csv"'
    return _cached(response)


@login_not_required
@require_safe
@condition(etag_func=_etag)
def registry_json(request: HttpRequest) -> HttpResponse:
    """The registry under the same filters, for programs; an unknown value is null."""
    _, rows = _filtered(request)
    versions: list[dict[str, Any]] = [
        {
            **{key: value or None for key, value in _values(row).items() if key != "vu_le"},
            "identifiant": str(row.key),
            "statut_code": row.status.value,
            "versions_obsoletes": list(row.obsolete),
        }
        for row in rows
    ]
    content = {"programme": PROGRAMME, "vu_le": _today(), "versions": versions}
    return _cached(JsonResponse(content, json_dumps_params={"ensure_ascii": False}))


class StatusFeed(Feed):  # type: ignore[type-arg]  # not generic at run time
    """The last changes of status, as Atom."""

    feed_type = Atom1Feed
    title = "Logiciels d’officine : changements de référencement"
    subtitle = "Statuts de référencement Ségur enregistrés dans le portail"

    def link(self) -> str:
        """The page of the registry."""
        return reverse("referencing:public")

    def items(self) -> list[Entry]:
        """The last changes recorded, newest first."""
        return public.public_history(PROGRAMME, clock.business_now())

    def item_title(self, item: Entry) -> str:
        """« Officia LGO 5.2 : Référencé »."""
        return f"{item.name} : {item.label}"

    def item_description(self, item: Entry) -> str:
        """Since when, and since when it is known."""
        effect, known = formats.day(item.effective_at), formats.instant(item.recorded_at)
        return f"{item.label} à compter du {effect}, connu depuis le {known}."

    def item_link(self, item: Entry) -> str:
        """The page of the version."""
        return reverse("referencing:public_version", args=[item.version])

    def item_guid(self, item: Entry) -> str:
        """One name for one change, whatever the host."""
        return f"urn:portail-segur-officine:referencement:{item.key}"

    def item_updateddate(self, item: Entry) -> datetime:
        """When it was recorded."""
        return item.recorded_at


_feed = StatusFeed()


@login_not_required
@require_safe
@condition(etag_func=_etag)
def feed(request: HttpRequest) -> HttpResponse:
    """The Atom feed."""
    return _cached(_feed(request))


def tone(row: PublicRow) -> str:
    """The colour of a public status."""
    if row.status == "referenced":
        return "success"
    return {"suspended": "warning", "withdrawn": "error", "refused": "error"}.get(row.status.value, "neutral")


def _values(row: PublicRow) -> dict[str, str]:
    values = (
        row.number,
        row.software,
        row.version,
        row.supplier,
        row.siret,
        row.label,
        clock.paris_date(row.since).isoformat() if row.since else "",
        row.announced.isoformat() if row.announced else "",
        _today(),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _today() -> str:
    return clock.paris_date(clock.business_now()).isoformat()
