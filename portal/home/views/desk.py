"""Around the dossiers: messages, change of organisation, the demonstration's clock."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from orders.services.deadlines import apply_deadlines
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.middleware import SESSION_KEY, PortalRequest
from portal.common.refusals import Refused
from portal.demo.clock import advance_to, demo_running, morning_of
from portal.demo.services.activity import ask_for_activity
from portal.home.forms import AdvanceForm
from portal.outbox.selectors import inbox
from portal.outbox.services.notices import mark_read
from portal.workflow.views import actor_of


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The messages received for the current organisation; looking at them marks them read."""
    actor = actor_of(request)
    page = Paginator(inbox(actor), 30).get_page(request.GET.get("page"))
    rows = list(page)
    if actor.user_id and actor.organisation_id:
        mark_read(actor.user_id, actor.organisation_id)
    return render(request, "home/notices.html", {"page": page, "rows": rows})


def switch(request: HttpRequest) -> HttpResponse:
    """Choose for which organisation to act."""
    known = cast(PortalRequest, request).memberships
    if request.method == "POST":
        chosen = request.POST.get("membership", "")
        if chosen not in {str(m.pk) for m in known}:
            raise Http404
        request.session[SESSION_KEY] = int(chosen)
        return redirect("home")
    memberships = [{"membership": m, "role": Role(m.role).label} for m in known]
    return render(request, "home/switch.html", {"memberships": memberships})


def advance(request: HttpRequest) -> HttpResponse:
    """Move the demonstration's date forward; what falls due is carried out at once."""
    actor = actor_of(request)
    if not demo_running() or actor.role not in ADMINISTRATION:
        raise Http404
    form = AdvanceForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            now = advance_to(morning_of(form.cleaned_data["day"]))
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            moved = apply_deadlines()
            ask_for_activity(now)
            messages.success(request, f"Nous sommes le {now:%d/%m/%Y}. Échéances appliquées : {moved} dossier(s).")
            return redirect("home")
    return render(request, "home/advance.html", {"form": form})
