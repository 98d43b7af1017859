"""What the interface of deposit answers: results as the contract writes them, problems as RFC 9457 does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from indicators.domain.codes import FILE_CODES
from indicators.domain.problems import PROBLEMS
from indicators.models import Upload
from indicators.models.deposits import DepositState
from indicators.services.foreground import as_json
from portal.common.refusals import Refusal

VERSION = "1.0.0"
_REFUSED_FILE = 422
_REASONS = {460: "Checksum Mismatch"}


def problem(code: str, headers: Mapping[str, str] | None = None, errors: Sequence[Refusal] = ()) -> HttpResponse:
    """A refusal by its code, with its words and the page that explains it; ``errors``: what is wrong, one by one."""
    status = PROBLEMS[code].status if code in PROBLEMS else _REFUSED_FILE
    body: dict[str, Any] = {"status": status, "code": code, **_explained(code)}
    if errors:
        body["errors"] = [{"code": one.code, "field": one.field, "detail": one.message} for one in errors]
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response.reason_phrase = _REASONS.get(status, response.reason_phrase)
    return _with(response, headers or {})


def settled(
    body: dict[str, Any] | None, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """An answer that is no refusal; without a body where there is nothing to say."""
    response = HttpResponse(status=status) if body is None else JsonResponse(body, status=status)
    return _with(response, headers or {})


def result(upload: Upload) -> dict[str, Any]:
    """Where an upload stands, and the contract's object once its file is read."""
    deposit = upload.deposit
    told: dict[str, Any] = {"id": str(upload.pk), "size": upload.size, "received": upload.received}
    if deposit is None:
        return {**told, "state": "dropped" if upload.dropped_at else "receiving"}
    if deposit.state == DepositState.RECEIVED:
        return {**told, "state": "reading", "read_lines": deposit.read_lines, "read_bad": deposit.read_bad}
    told |= {"state": deposit.state, "result": as_json(deposit, name=upload.name, again=upload.again)}
    if deposit.refusal:
        told["problem"] = {"code": deposit.refusal, **_explained(deposit.refusal)}
    if deposit.rejected:
        told["rejects"] = reverse("indicators:api_rejects", args=[upload.pk])
    return told


def _explained(code: str) -> dict[str, str]:
    fault = PROBLEMS.get(code) or FILE_CODES[code]
    page = f"{settings.PORTAL_BASE_URL}{reverse('indicators:codes')}#{code}"
    return {"type": page, "title": fault.wrong, "detail": f"Attendu : {fault.expected} {fault.todo}"}


def _with(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response[name] = value
    return response
