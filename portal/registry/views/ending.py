"""The page by which an administrator ends a person's role in a pharmacy or at a supplier."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.clock import last_day_before, paris_date
from portal.common.refusals import Refused
from portal.registry.forms import EndRoleForm
from portal.registry.selectors import role_to_end
from portal.registry.services.ending import Ending, end_membership, leaves_nobody
from portal.workflow.views import administrator


def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Who, in which role and where; the last day and the reason."""
    actor, now = administrator(request), clock.business_now()
    membership = role_to_end(pk, now)
    if membership is None:
        raise Http404
    form = EndRoleForm(
        request.POST or None, initial={"last_day": paris_date(now)}, last_titulaire=leaves_nobody(membership, now)
    )
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        ending = Ending(data["last_day"], data["reason"], data.get("nobody_left", False))
        try:
            ended = end_membership(membership_id=pk, actor=actor, ending=ending)
        except Refused as refused:
            form.absorb(refused.refusals)
        else:
            messages.success(request, _done(ended))
            return redirect(_place(membership)[1])
    context = {"membership": membership, "role": Role(membership.role).label, "form": form, "place": _place(membership)}
    return render(request, "registry/end_role.html", context)


def _place(membership: Membership) -> tuple[str, str]:
    """The organisation and its page."""
    organisation = membership.organisation
    if hasattr(organisation, "pharmacy"):
        return organisation.name, reverse("registry:people", args=[organisation.pharmacy.pk])
    return organisation.name, reverse("registry:supplier", args=[organisation.supplier.pk])


def _done(ended: Membership) -> str:
    until = ended.until
    if until is None or until <= clock.business_now():
        return f"C’est fait : {ended.user.full_name} n’agit plus pour {ended.organisation.name}, et en est prévenu."
    return f"C’est noté : dernier jour le {last_day_before(until):%d/%m/%Y}. {ended.user.full_name} en est prévenu."
