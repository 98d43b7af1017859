"""The published roots of the journal, for anybody: a list, and a file for each."""

from __future__ import annotations

import hashlib
import io

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from portal.audit import files
from portal.audit.publishing import seal_of, statement_of
from portal.audit.selectors import published_roots, root_of
from portal.ui.throttle import throttled

PAGE_SIZE = 60
_FILE_SECONDS = 86_400
_TYPES = {
    "json": "application/json",
    "p7s": "application/pkcs7-signature",
    "tst": "application/vnd.etsi.timestamp-token",
}
_A_MINUTE = 60


@login_not_required
@require_safe
@throttled("journal", a_minute=_A_MINUTE)
def roots(request: HttpRequest) -> HttpResponse:
    """The roots published, the last one first."""
    page = Paginator(published_roots(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "audit/roots.html", {"page": page})


def _etag(request: HttpRequest, day: str) -> str | None:
    root = root_of(day)
    seal = seal_of(root) if root else None
    sealed = hashlib.sha256((seal.signature or b"") + (seal.token or b"")).hexdigest()[:16] if seal else ""
    return f'"{root.hash}-{sealed}"' if root else None


@login_not_required
@require_safe
@throttled("journal-file", a_minute=_A_MINUTE)
@condition(etag_func=_etag)
def root_file(request: HttpRequest, day: str) -> HttpResponseBase:
    """The public file of one day, compressed: the statement, its seal and the hashes of the leaves."""
    root = root_of(day)
    try:
        content = files.public_path(root.day).read_bytes() if root else b""
    except FileNotFoundError:
        content = b""
    if not content:
        raise Http404
    name = f"empreinte-journal-{day}.json.gz"
    response = FileResponse(io.BytesIO(content), filename=name, as_attachment=True)
    response["Content-Type"] = "application/gzip"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=_FILE_SECONDS)
    return response


@login_not_required
@require_safe
@throttled("journal-file", a_minute=_A_MINUTE)
def root_part(request: HttpRequest, day: str, ending: str) -> HttpResponse:
    """The statement of one day as it was sealed (``json``), its signature (``p7s``) or its time-stamp (``tst``)."""
    root = root_of(day)
    if root is None:
        raise Http404
    content = {"json": statement_of(root).content(), **files.seal_parts(seal_of(root))}.get(ending)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="empreinte-journal-{day}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=_FILE_SECONDS)
    return response
