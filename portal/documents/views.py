"""The public page of verification: by the code on the paper, by the hash of the file, by the file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_POST, require_safe

from portal.documents import sealing
from portal.documents.domain.codes import printed, typed
from portal.documents.domain.evidence import TITLE
from portal.documents.forms import CodeForm, FileForm
from portal.documents.models import Document
from portal.documents.selectors import document_of_code, document_of_hash, evidence_of_hash, public_facts
from portal.documents.services.verify_file import Verdict, verify_file
from portal.ui.throttle import throttled

SCRIPT = Path(__file__).with_name("alone.py")
ALONE = (
    "portal/common/canonical.py",
    "portal/common/merkle.py",
    "portal/audit/domain/anchors.py",
    "portal/audit/domain/proof.py",
    "portal/accounts/domain/intents.py",
    "portal/documents/domain/evidence.py",
    "portal/documents/domain/methods.py",
    "portal/documents/personal.py",
    "portal/documents/reader.py",
    "portal/documents/verify.py",
)
"""The pure modules that the script imports, published beside it."""


@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """The two ways to check a document; with ``?code=`` in the address, the document of that code."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("documents:by_code", code=form.cleaned_data["code"])
    return _page(request, code_form=form, status=400 if form.is_bound else 200)


@login_not_required
@require_safe
@throttled("verify", a_minute=60)
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """What the register says of the document of a code: enough to compare with the paper, nobody's personal data."""
    clean = typed(code)
    document = document_of_code(clean) if clean else None
    if document is None:
        return _page(request, code_form=CodeForm({"code": code}), unknown=code, status=404)
    if clean != code:
        return redirect("documents:by_code", code=clean)
    return _found(request, document)


@login_not_required
@require_POST
@throttled("verify-file", a_minute=20)
def verify_upload(request: HttpRequest) -> HttpResponse:
    """The whole check of a file sent: seals, expected signatures, register. Nothing is kept of it."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file_form=form, status=400)
    return _told(request, verify_file(form.cleaned_data["file"].content))


@login_not_required
@require_safe
@throttled("verify", a_minute=60)
def fingerprint(request: HttpRequest, sha256: str) -> JsonResponse:
    """Whether a file of this hash is registered: asked by the page, which hashes the file in the browser."""
    document, evidence = document_of_hash(sha256.lower()), evidence_of_hash(sha256.lower())
    if evidence is not None:
        return JsonResponse({"known": True, "title": TITLE, "number": evidence.signature.document.number})
    if document is None:
        return JsonResponse({"known": False})
    return JsonResponse({"known": True, "title": document.title, "number": document.number})


@login_not_required
@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """The certificates of the portal, the lists of revoked ones, and the script that checks without the portal.

    Beside them the roots of people's own certificates that are accepted."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as content:
        content.write(SCRIPT, "verify.py")
        for name in ALONE:
            content.write(settings.BASE_DIR / name, name)
        for path in sealing.published_files():
            content.write(path, f"certificats/{path.name}")
        for name, path in sealing.published_signatories():
            content.write(path, f"certificats-personnels/{name}")
    response = HttpResponse(archive.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="verifier-sans-le-portail.zip"'
    patch_cache_control(response, public=True, max_age=300)
    return response


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"code_form": CodeForm(), "file_form": FileForm(), "sealing": sealing.enabled(), **context}
    return render(request, "documents/verify.html", shown, status=status)


def _found(request: HttpRequest, document: Document) -> HttpResponse:
    facts = public_facts(document)
    return render(request, "documents/verify_found.html", {"facts": facts, "code": printed(document.code or "")})


def _told(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    facts = public_facts(verdict.document) if verdict.document else None
    return render(request, "documents/verify_told.html", {"verdict": verdict, "facts": facts})
