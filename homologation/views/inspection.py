"""The titulaire's links to a dossier and who opened them; and what an inspector reads by one, without an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.generic.base import View

from homologation.catalogue import terms
from homologation.domain.inspection import Opened
from homologation.dossier.documents import frozen_content
from homologation.dossier.pieces import paper_of
from homologation.forms.inspection import LinkForm
from homologation.models import InsiDossier, InspectionLink
from homologation.selectors import get_dossier, links_of
from homologation.services.inspect import close_link, make_link, open_link
from homologation.services.machine import HOMOLOGATIONS
from homologation.views.exports import archive_response
from portal.accounts.domain.roles import Role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refused
from portal.documents import storage
from portal.documents.domain.incoming import PDF
from portal.documents.responses import attached, pdf_response
from portal.ui.throttle import client_address, throttled
from portal.workflow.views import actor_of

_ONCE = "inspection_link"
_PIECE = re.compile(r"PJ?[0-9]{1,6}")
Public = Callable[..., HttpResponseBase]


def _dossier(request: HttpRequest, pk: UUID) -> InsiDossier:
    """The dossier, for its titulaire alone. Raises Http404."""
    actor = actor_of(request)
    dossier = get_dossier(actor, pk)
    if actor.role is not Role.TITULAIRE:
        raise Http404
    return dossier


@method_decorator(never_cache, name="dispatch")
class Links(View):
    """The links to a dossier, each with its openings; a new one, whose address is shown this once."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        dossier = _dossier(request, pk)
        return self._page(request, dossier, LinkForm(terms=terms(dossier.programme_id).link))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        dossier = _dossier(request, pk)
        form = LinkForm(request.POST, terms=terms(dossier.programme_id).link)
        if not form.is_valid():
            return self._page(request, dossier, form)
        try:
            link, token = make_link(dossier_id=dossier.pk, actor=actor_of(request), **form.cleaned_data)
        except Refused as refused:
            form.absorb(refused.refusals)
            return self._page(request, dossier, form)
        request.session[_ONCE] = [link.pk, token]
        return redirect("homologation:links", pk=dossier.pk)

    def _page(self, request: HttpRequest, dossier: InsiDossier, form: LinkForm) -> HttpResponse:
        links, now = links_of(dossier), clock.machine_now()
        made, token = request.session.get(_ONCE) or (0, "")
        url = ""
        if any(link.pk == made for link in links):
            del request.session[_ONCE]
            url = f"{settings.PORTAL_BASE_URL}{reverse('homologation:inspection', args=[token])}"
        context = {
            "dossier": dossier,
            "form": form,
            "url": url,
            "decided": paper_of(dossier) is not None,
            "lines": [{"link": link, "open": link.opens_at(now), "openings": link.openings.all()} for link in links],
        }
        return render(request, "homologation/links.html", context)


@require_POST
def close(request: HttpRequest, pk: UUID, link: int) -> HttpResponse:
    """Close one link of the dossier."""
    dossier = _dossier(request, pk)
    found = get_object_or_404(InspectionLink, pk=link, dossier=dossier)
    if close_link(link_id=found.pk, actor=actor_of(request)):
        messages.success(request, "Lien fermé : il n’ouvre plus rien.")
    else:
        messages.info(request, "Ce lien était déjà fermé.")
    return redirect("homologation:links", pk=dossier.pk)


def _unlisted(view: Public) -> Public:
    """Nothing keeps, indexes or tells on the address of such a page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "private, no-store"
        return response

    return answered


def _opened(request: HttpRequest, token: str, what: Opened, piece: str = "") -> InspectionLink | None:
    return open_link(token, what, client_address(request), piece=piece)


def _over(request: HttpRequest) -> HttpResponse:
    """The same words for a wrong address, a link that is over or closed: nobody learns which links exist."""
    return render(request, "homologation/inspection_over.html", status=404)


@login_not_required
@require_safe
@_unlisted
@throttled("inspection", a_minute=60)
def inspection(request: HttpRequest, token: str) -> HttpResponseBase:
    """The dossier as it was decided, and where it stands today."""
    link = _opened(request, token, Opened.PAGE)
    if link is None:
        return _over(request)
    dossier, now = link.dossier, clock.business_now()
    paper = paper_of(dossier)
    validity = dossier.validity(paris_date(now))
    context = {
        "link": link,
        "token": token,
        "dossier": dossier,
        "doc": frozen_content(dossier, now),
        "code": paper.code if paper else "",
        "state": HOMOLOGATIONS.lifecycle.labels[str(dossier.state)],
        "validity": validity.label if validity else "",
        "stands": dossier.state == "approved",
    }
    return render(request, "homologation/inspection.html", context)


@login_not_required
@require_safe
@_unlisted
@throttled("inspection", a_minute=60)
def inspection_pdf(request: HttpRequest, token: str) -> HttpResponseBase:
    """The sealed PDF of the dossier."""
    link = _opened(request, token, Opened.PDF)
    paper = paper_of(link.dossier) if link else None
    return pdf_response(paper) if paper is not None else _over(request)


@login_not_required
@require_safe
@_unlisted
@throttled("inspection", a_minute=60)
def inspection_zip(request: HttpRequest, token: str) -> HttpResponseBase:
    """The archive of the dossier."""
    link = _opened(request, token, Opened.ZIP)
    return archive_response(link.dossier) if link else _over(request)


@login_not_required
@require_safe
@_unlisted
@throttled("inspection", a_minute=60)
def inspection_piece(request: HttpRequest, token: str, ref: str) -> HttpResponseBase:
    """One piece of the dossier as it was decided, by its number."""
    link = _opened(request, token, Opened.PIECE, ref) if _PIECE.fullmatch(ref) else None
    pieces = frozen_content(link.dossier, clock.business_now())["pieces"] if link else []
    found = next((one for one in pieces if one["ref"] == ref and one["sha256"]), None)
    if found is None:
        return _over(request)
    # a dossier frozen before pieces were joined lists PDFs alone
    return attached(storage.read(found["sha256"]), found.get("media_type", PDF), f"{ref}-{found['file']}")
