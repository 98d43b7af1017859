"""Deposit of monthly totals and detailed reports by a supplier's machine: the same path as the page (docs/API.md)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from homologation.services.monthly import Depositor
from homologation.services.take_monthly import Taken, take_monthly
from indicators.models import ActivityToken
from indicators.services.tokens import actor_of_token
from indicators.views.api_answers import problem
from indicators.views.api_door import endpoint
from portal.common.refusals import Refused
from portal.documents.domain.incoming import CSV, LISTS, MAX_BYTES, Incoming
from portal.documents.intake.receive import received


@endpoint
def monthly(request: HttpRequest, token: ActivityToken) -> HttpResponse:
    """POST takes one file, its body; ``motif`` in the query says why it corrects months sent already."""
    if request.method != "POST":
        return problem("bad_method", {"Allow": "POST"})
    if request.content_type != CSV:
        return problem("bad_content_type")
    content = request.read(MAX_BYTES + 1)
    if len(content) < min(_announced(request), MAX_BYTES + 1):
        return problem("cut")
    actor = actor_of_token(token, str(getattr(request, "request_id", "")))
    by = Depositor(actor, request.GET.get("motif", "").replace("\0", "").strip(), token)
    try:
        file = received(content, request.GET.get("fichier", ""), LISTS)
        taken = take_monthly(file=file, by=by)
    except Refused as refused:
        return problem("lines_refused", errors=refused.refusals)
    return JsonResponse(_told(file, taken), headers={"Cache-Control": "no-store"})


def _announced(request: HttpRequest) -> int:
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0


def _told(file: Incoming, taken: Taken) -> dict[str, Any]:
    return {
        "file": file.label,
        "sha256": file.sha256,
        "kind": taken.kind,
        "outcome": "accepted" if taken.places else "unchanged",
        "changed": [{"finess": finess, "month": f"{month:%Y-%m}"} for finess, month in taken.places],
    }
