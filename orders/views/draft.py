"""Drafting: find the pharmacy, fill the form, save or issue, preview."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from orders.documents import ORDER_KINDS, order_parts
from orders.domain.lifecycle import DRAFT
from orders.domain.snapshot import order_snapshot
from orders.forms.draft import SECTIONS, DraftForm, PharmacySearchForm, initial_of
from orders.models import Order
from orders.selectors import get_order, has_rival
from orders.services.draft import DraftRequest, client_defaults, draft_order, edit_order
from orders.services.facts import current_rules
from orders.services.issue import issue_order
from orders.services.prestation import rules_for_client
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import SUPPLIER_SIDE
from portal.common import clock
from portal.common.identifiers import normalise, warn_finess
from portal.common.refusals import Refused
from portal.documents.render import draft_pdf
from portal.programmes.domain.ruleset import RuleSet
from portal.programmes.selectors import default_rules, open_rules
from portal.registry.models import Pharmacy, SoftwareVersion
from portal.registry.selectors import search_pharmacies, suppliers_served, versions_of
from portal.workflow.views import actor_of


def asked_rules(request: HttpRequest, now: datetime) -> RuleSet:
    """The rules of the open programme named in the address; without one, of the default. Raises Http404 otherwise."""
    code = request.GET.get("programme")
    if code is None:
        return default_rules(now)
    found = next((rules for rules in open_rules(now) if rules.programme == code), None)
    if found is None:
        raise Http404
    return found


def supplier_actor(request: HttpRequest) -> Actor:
    """The actor, if a supplier or distributor. Raises Http404 otherwise."""
    actor = actor_of(request)
    if actor.role not in SUPPLIER_SIDE:
        raise Http404
    return actor


class ChoosePharmacy(View):
    """Step 1: the client, by FINESS or by name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        supplier_actor(request)
        form = PharmacySearchForm(request.GET or None)
        found: list[Pharmacy] = []
        text = ""
        if form.is_bound and form.is_valid():
            text = form.cleaned_data["q"]
            found = list(search_pharmacies(text))
        programmes = open_rules(clock.business_now())
        context = {
            "form": form,
            "found": found,
            "text": text,
            "warnings": warn_finess(normalise(text)),
            "programmes": programmes if len(programmes) > 1 else [],
        }
        return render(request, "orders/choose_pharmacy.html", context)


class DraftView(View):
    """The form of an order, new or taken up again: « save » keeps a draft, « issue » checks it and sends it."""

    def form_for(self, actor: Actor, data: Any, initial: dict[str, Any]) -> DraftForm:
        """The form over the software that the actor may sell."""
        versions = versions_of(suppliers_served(actor, clock.business_now()))
        return DraftForm(data, versions=versions, initial=initial)

    def invalid(self, form: DraftForm, pharmacy: Pharmacy, order: Order | None = None) -> HttpResponse:
        """The form with its errors; who wanted to issue is told all that is missing at once."""
        if "issue" in self.request.POST:
            now = clock.business_now()
            form.absorb(form.missing(self.rules_for(pharmacy, order, now), now))
        return self.page(form, pharmacy, order)

    def rules_for(self, pharmacy: Pharmacy, order: Order | None, now: datetime) -> RuleSet:
        """The rules by which the order would be issued now."""
        if order is not None:
            return current_rules(order, now)
        return rules_for_client(asked_rules(self.request, now), pharmacy, now)

    def page(self, form: DraftForm, pharmacy: Pharmacy, order: Order | None = None, status: int = 200) -> HttpResponse:
        """The form in its sections, with what the rules say beside it."""
        rules = self.rules_for(pharmacy, order, clock.business_now())
        context = {
            "form": form,
            "pharmacy": pharmacy,
            "order": order,
            "sections": [(title, [form[name] for name in names]) for title, names in SECTIONS],
            "rules": rules,
            "rival": has_rival(pharmacy, rules.programme, order),
            "warnings": warn_finess(pharmacy.finess),
        }
        return render(self.request, "orders/draft.html", context, status=status)


class NewDraft(DraftView):
    """Step 2: the order of one pharmacy."""

    def get(self, request: HttpRequest, pharmacy: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        client = get_object_or_404(Pharmacy, pk=pharmacy)
        now = clock.business_now()
        rate = asked_rules(request, now).money.vat_for(client.department)
        initial = {**client_defaults(client), "vat_percent": rate}
        return self.page(self.form_for(actor, None, initial), client)

    def post(self, request: HttpRequest, pharmacy: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        client = get_object_or_404(Pharmacy, pk=pharmacy)
        form = self.form_for(actor, request.POST, {})
        if not form.is_valid():
            return self.invalid(form, client)
        version: SoftwareVersion = form.cleaned_data["version"]
        programme = asked_rules(request, clock.business_now()).programme
        wanted = DraftRequest(programme, client.pk, version.pk, form.content())
        try:
            with transaction.atomic():
                order = draft_order(request=wanted, actor=actor)
                if "issue" in request.POST:
                    issue_order(order_id=order.pk, actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
            return self.page(form, client)
        return saved(request, order)


class EditDraft(DraftView):
    """A draft taken up again."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        order = draft_of(actor, pk)
        return self.page(self.form_for(actor, None, initial_of(order)), order.pharmacy, order)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        order = draft_of(actor, pk)
        form = self.form_for(actor, request.POST, {})
        if not form.is_valid():
            return self.invalid(form, order.pharmacy, order)
        try:
            with transaction.atomic():
                edit_order(
                    order_id=pk,
                    actor=actor,
                    content=form.content(),
                    version_id=form.cleaned_data["version"].pk,
                    expected_version=form.cleaned_data["version_seen"],
                )
                if "issue" in request.POST:
                    issue_order(order_id=pk, actor=actor)
        except Refused as refused:
            form.absorb(refused.refusals)
            return self.page(form, order.pharmacy, order)
        return saved(request, order)


class Preview(View):
    """The draft as PDF, marked « BROUILLON – sans valeur », never stored."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        order = draft_of(supplier_actor(request), pk)
        snapshot = order_snapshot(order_parts(order), current_rules(order, clock.business_now()))
        response = HttpResponse(draft_pdf(ORDER_KINDS[0].template_name, snapshot), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="brouillon-{order.number}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


def draft_of(actor: Actor, pk: UUID) -> Order:
    """A visible order that is still a draft. Raises Http404 otherwise."""
    order = get_order(actor, pk)
    if order.state != DRAFT:
        raise Http404
    return order


def saved(request: HttpRequest, order: Order) -> HttpResponse:
    """Back to the dossier with what was done."""
    if "issue" in request.POST:
        messages.success(request, "Commande émise : le titulaire est prévenu.")
    else:
        messages.success(request, "Brouillon enregistré. Rien n’est encore envoyé à la pharmacie.")
    return redirect(order)
