"""The calendar link: its page, and the file that phones and computers read without any log-in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE
from portal.common import clock
from portal.reminders.ical import calendar_of, entries_for, etag_of
from portal.reminders.selectors import feed_of, feed_of_token, reader_of
from portal.reminders.services.feeds import renew_feed, revoke_feed
from portal.workflow.views import actor_of

_ONCE = "calendar_token"
NAME = "Échéances Ségur"


def _reader(request: HttpRequest) -> Actor:
    """The actor, if of a supplier, a distributor or a pharmacy. Raises Http404 otherwise."""
    actor = actor_of(request)
    if actor.role not in SUPPLIER_SIDE | PHARMACY_SIDE:
        raise Http404
    return actor


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Whether there is a link, how to use it; a new link is shown this once."""
    actor = _reader(request)
    token = request.session.pop(_ONCE, "")
    context: dict[str, Any] = {"feed": feed_of(actor), "url": "", "subscribe_url": ""}
    if token:
        context["url"] = f"{settings.PORTAL_BASE_URL}{reverse('reminders:feed', args=[token])}"
        context["subscribe_url"] = f"webcal://{context['url'].partition('://')[2]}"
    return render(request, "reminders/calendar.html", context)


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Make a link, or a new one in place of the former."""
    request.session[_ONCE] = renew_feed(actor=_reader(request))
    return redirect("reminders:calendar")


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Close the link."""
    if revoke_feed(actor=_reader(request)):
        messages.success(request, "Lien fermé : les agendas abonnés ne recevront plus rien.")
    else:
        messages.info(request, "Aucun lien n’était ouvert.")
    return redirect("reminders:calendar")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The file of a link; 404 for a wrong or revoked one, 304 when nothing has changed."""
    found = feed_of_token(token)
    if found is None:
        raise Http404
    entries = entries_for(reader_of(found), clock.business_now(), settings.PORTAL_BASE_URL)
    etag = etag_of(entries, NAME)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(calendar_of(entries, NAME), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="echeances-segur.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=900"
    response["X-Robots-Tag"] = "noindex"
    return response
