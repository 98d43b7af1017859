"""Stacks of papers signed by hand: to send, to complete by hand, and the images of their pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.common.refusals import Refused
from portal.documents import storage
from portal.documents.forms import AttachForm, StackForm
from portal.documents.intake.scans import picture
from portal.documents.models import Document
from portal.documents.papers import papers, scans_to_confirm
from portal.documents.scan_models import ScannedPage, ScanStack
from portal.documents.selectors import Scan, scanned_page, stacks_of
from portal.documents.services.scans import SENDERS, attach_by_hand, deposit_stack
from portal.workflow.views import actor_of

LAST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def scans(request: HttpRequest) -> HttpResponse:
    """The stacks sent by the actor's organisation, and the form to send one."""
    actor = _sender(request)
    form = StackForm(request.POST, request.FILES) if request.method == "POST" else StackForm()
    if form.is_bound and form.is_valid():
        try:
            stack = deposit_stack(stack=form.cleaned_data["file"], actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            return redirect("documents:scan_stack", pk=stack.pk)
    return render(request, "documents/scans.html", {"form": form, "stacks": stacks_of(actor.tenant)[:LAST]})


@require_http_methods(["GET", "HEAD", "POST"])
def scan_stack(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What became of each page of a stack; an unread one is attached by hand."""
    actor = _sender(request)
    stack = _stack(actor, pk)
    pages = list(stack.pages.all())
    choices = _waiting(actor) if any(page.is_waiting for page in pages) else []
    form = AttachForm(request.POST, documents=choices) if request.method == "POST" else None
    if form is not None and form.is_valid():
        key = UUID(form.cleaned_data["document"])
        try:
            attach_by_hand(page_id=_page(pages, form).pk, document_id=key, actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, "La page est rattachée à ce document.")
            return redirect("documents:scan_stack", pk=pk)
    context = {
        "stack": stack,
        "rows": _rows(pages, choices, form),
        "to_confirm": _to_confirm(actor, pages),
        "lacking": _lacking(pages),
    }
    return render(request, "documents/scan_stack.html", context)


@require_safe
def scan_image(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A page of a stack of the actor's organisation, as an image."""
    stack = _stack(_sender(request), pk)
    return _image(next((page for page in stack.pages.all() if page.number == number), None))


@require_safe
def paper_scan(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """A page of the last scan of a document, as an image, for the titulaire whose signature it awaits."""
    actor = actor_of(request)
    if actor.role is not Role.TITULAIRE:
        raise Http404
    document = next((d for one in papers() for d in one.documents(actor).filter(pk=pk)), None)
    return _image(scanned_page(document, number))


def _sender(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.role not in SENDERS:
        raise Http404
    return actor


def _stack(actor: Actor, pk: UUID) -> ScanStack:
    stack = stacks_of(actor.tenant).filter(pk=pk).first()
    if stack is None:
        raise Http404
    return stack


def _waiting(actor: Actor) -> list[Document]:
    return [document for one in papers() for document in one.documents(actor)]


def _page(pages: list[ScannedPage], form: AttachForm) -> ScannedPage:
    found = next((page for page in pages if page.number == form.cleaned_data["page"]), None)
    if found is None:
        raise Http404
    return found


def _to_confirm(actor: Actor, pages: list[ScannedPage]) -> list[tuple[Document, str]]:
    """The documents of a stack that the actor confirms as their signatory, each with the name of the page for it."""
    keys = {page.document_id for page in pages}
    return [(document, page) for document, page in scans_to_confirm(actor) if document.pk in keys]


def _lacking(pages: list[ScannedPage]) -> list[Scan]:
    """The documents that this stack does not hold whole, unless an unread page may be theirs."""
    if any(page.is_waiting for page in pages):
        return []
    by_document: dict[Document, list[ScannedPage]] = {}
    for page in pages:
        if page.document is not None:
            by_document.setdefault(page.document, []).append(page)
    return [scan for d, of in by_document.items() if (scan := Scan(d, tuple(of))).problem]


def _rows(
    pages: list[ScannedPage], choices: list[Document], form: AttachForm | None
) -> list[tuple[ScannedPage, AttachForm | None]]:
    """Each page, with the form that attaches it where it waits; the one sent, with its errors, in its own place."""
    sent = form.data.get("page") if form is not None else None
    return [(page, _form(page, form if sent == str(page.number) else None, choices)) for page in pages]


def _form(page: ScannedPage, sent: AttachForm | None, choices: list[Document]) -> AttachForm | None:
    if not page.is_waiting:
        return None
    return sent or AttachForm(documents=choices, initial={"page": page.number}, auto_id=f"id_%s_{page.number}")


def _image(page: ScannedPage | None) -> HttpResponse:
    if page is None or not page.sha256:
        raise Http404
    response = HttpResponse(picture(storage.read(page.sha256)), content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=600"
    return response
