"""The INSi dossiers of the pharmacies that a supplier equips: its own proposals alone, and the form handed over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation import presentation
from homologation.client_selectors import (
    client_lines,
    clients_of,
    fates,
    get_client,
    handover_history,
    supplier_company,
)
from homologation.forms.suppliers import HandoverForm
from homologation.help_selectors import waiting_helps
from homologation.services.handovers import hand_over_form
from homologation.services.prefill import latest_pack
from portal.common.refusals import Refused
from portal.registry.models import Pharmacy
from portal.workflow.views import actor_of

_PAGE = 50


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every pharmacy equipped today: how far its dossier is, the form handed over, the help it waits for."""
    actor = actor_of(request)
    supplier = supplier_company(actor)
    page = Paginator(clients_of(supplier), _PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": client_lines(supplier, page.object_list), "waiting": waiting_helps(actor)}
    return render(request, "homologation/clients.html", context)


@require_safe
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One pharmacy: what became of each of our proposals; no answer of the pharmacy's own."""
    supplier = supplier_company(actor_of(request))
    place = get_client(supplier, pk)
    line = client_lines(supplier, [place])[0]
    pack = latest_pack(line.dossier) if line.dossier else None
    context = {
        "line": line,
        "pack": pack,
        "fates": _fate_lines(line.dossier, pack),
        "history": handover_history(supplier, place),
    }
    return render(request, "homologation/client.html", context)


def _fate_lines(dossier: Any, pack: Any) -> list[dict[str, Any]]:
    if dossier is None:
        return []
    by_key = dossier.questionnaire.form.by_key
    return [
        {
            "label": presentation.short(by_key[one.key]),
            "lines": presentation.lines(by_key[one.key], one.value),
            "words": one.words,
            "tone": one.tone,
        }
        for one in fates(dossier, pack)
    ]


class HandOver(View):
    """« Remettre le formulaire »: the act of the supplier when the certificate is installed."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        place = get_client(supplier_company(actor_of(request)), pk)
        return self._page(request, place, HandoverForm())

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = actor_of(request)
        place = get_client(supplier_company(actor), pk)
        form = HandoverForm(request.POST)
        if form.is_valid():
            try:
                hand_over_form(pharmacy_id=place.pk, actor=actor, **form.cleaned_data)
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, "C’est noté. La pharmacie le voit aussi.")
                return redirect("homologation:client", pk=pk)
        return self._page(request, place, form)

    def _page(self, request: HttpRequest, place: Pharmacy, form: HandoverForm) -> HttpResponse:
        return render(request, "homologation/handover.html", {"place": place, "form": form})
