"""Contesting a replacement: the supplier objects, the administration settles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orders.forms.objection import ObjectionForm, SettlementForm
from orders.models import Order
from orders.selectors import get_order, objection_to, raised_objections
from orders.services.machines import ORDERS
from orders.services.replace import object_to, refusals_to_object, refusals_to_settle, settle_objection
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION
from portal.common.refusals import Refusal
from portal.workflow.views import ActView, actor_of


class ObjectionAct(ActView):
    """A page about the right to object to the replacement of an order; ``pk`` is the replaced order's."""

    machine = ORDERS

    def find(self, actor: Actor, pk: UUID) -> Order:
        """The replaced order, or 404."""
        return get_order(actor, pk)

    def page_context(self, obj: Order, actor: Actor) -> dict[str, Any]:
        """The right, its limit and what was said."""
        return {"objection": objection_to(obj)}


class Contest(ObjectionAct):
    """The supplier says why the replacement should not stand."""

    title, template_name, form_class = "Contester le remplacement", "orders/objection.html", ObjectionForm
    submit_label, done = "Envoyer la contestation", "Contestation envoyée : l’administration va l’examiner."

    def refusals(self, obj: Order, actor: Actor) -> list[Refusal]:
        """The right exists only where works had begun, and ends with its limit."""
        return refusals_to_object(objection_to(obj), actor)

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        object_to(order_id=obj.pk, actor=actor, ground=data["ground"])


class Settle(ObjectionAct):
    """A validator decides: the replacement stands, or the replaced order is restored."""

    title, template_name, form_class = "Trancher la contestation", "orders/settle.html", SettlementForm
    submit_label, done = "Enregistrer la décision", "Décision enregistrée : les parties sont prévenues."

    def refusals(self, obj: Order, actor: Actor) -> list[Refusal]:
        """A validator, once."""
        return refusals_to_settle(objection_to(obj), actor)

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        settle_objection(order_id=obj.pk, actor=actor, outcome=data["outcome"], answer=data["answer"])


@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """The administration's list: what waits for a decision first."""
    actor = actor_of(request)
    if actor.role not in ADMINISTRATION:
        raise Http404
    page = Paginator(raised_objections(actor), 50).get_page(request.GET.get("page"))
    return render(request, "orders/objections.html", {"page": page, "rows": list(page)})
