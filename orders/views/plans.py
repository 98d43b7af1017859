"""The pages of a plan that a supplier and a pharmacy make together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django.views.decorators.http import require_safe

from orders.domain.plans import AGREEMENT, PROPOSAL, SIDES
from orders.forms.plans import AgreeForm, AskForm, DatesForm, OpenPlanForm, WordsForm
from orders.models import Plan
from orders.selectors import get_plan, orders_of_plan, plan_line, plan_lines, plans_visible_to, revisions_of
from orders.services import plans as making
from orders.views.draft import supplier_actor
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE, Role
from portal.common import clock
from portal.common.refusals import Refused
from portal.programmes.selectors import default_rules
from portal.referencing.selectors.public import announced_day
from portal.registry.models import Pharmacy
from portal.registry.selectors import software_board, status_board, suppliers_served, versions_of
from portal.ui.forms import PortalForm
from portal.workflow.views import actor_of


def _programme() -> str:
    """The programme that the plans of today speak of."""
    return default_rules(clock.business_now()).programme


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """Every plan that the actor may read, the last opened first."""
    actor = actor_of(request)
    page = Paginator(plans_visible_to(actor), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(line, SIDES.get(line.standing.waits_for, "–")) for line in plan_lines(page)],
        "is_supplier": actor.role in SUPPLIER_SIDE,
        "may_ask": actor.role is Role.TITULAIRE,
    }
    return render(request, "orders/plans.html", context)


class Ask(View):
    """A titulaire asks a supplier."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self._titulaire(request)
        return self._page(self._form(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = self._titulaire(request)
        form = self._form(request.POST)
        if form.is_valid():
            version, words = UUID(form.cleaned_data["version"]), form.cleaned_data["words"]
            try:
                plan = making.ask_supplier(programme=_programme(), version_id=version, actor=actor, words=words)
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, "Question envoyée : le fournisseur est prévenu.")
                return redirect(plan)
        return self._page(form)

    def _titulaire(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        if actor.role not in PHARMACY_SIDE:
            raise Http404
        return actor

    def _form(self, data: Any) -> AskForm:
        rows = software_board(_programme(), clock.business_now())
        choices = [(str(r.version.pk), f"{r.version} – {r.version.software.supplier.name} ({r.label})") for r in rows]
        initial = {
            "words": "Votre solution sera-t-elle référencée Ségur, et quand ? Quelles dates prévoir pour la commande, "
            "l’installation et la formation de l’équipe ?"
        }
        return AskForm(data, versions=choices, initial=initial)

    def _page(self, form: AskForm) -> HttpResponse:
        return render(self.request, "orders/plan_ask.html", {"form": form})


class Open(View):
    """A supplier proposes dates to a pharmacy."""

    def get(self, request: HttpRequest, pharmacy: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        return self._page(get_object_or_404(Pharmacy, pk=pharmacy), self._form(actor, None))

    def post(self, request: HttpRequest, pharmacy: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        client = get_object_or_404(Pharmacy, pk=pharmacy)
        form = self._form(actor, request.POST)
        if form.is_valid():
            try:
                plan = making.open_plan(
                    programme=_programme(),
                    pharmacy_id=client.pk,
                    version_id=UUID(form.cleaned_data["version"]),
                    actor=actor,
                    dates=form.dates(),
                    words=form.cleaned_data["words"],
                )
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, "Dates proposées : la pharmacie est prévenue.")
                return redirect(plan)
        return self._page(client, form)

    def _form(self, actor: Actor, data: Any) -> OpenPlanForm:
        versions = versions_of(suppliers_served(actor, clock.business_now()))
        return OpenPlanForm(data, versions=[(str(version.pk), str(version)) for version in versions])

    def _page(self, pharmacy: Pharmacy, form: OpenPlanForm) -> HttpResponse:
        return render(self.request, "orders/plan_open.html", {"pharmacy": pharmacy, "form": form})


class PlanPage(View):
    """The page that both sides see: what stands, what was said, and the answers that the reader may give."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = actor_of(request)
        return self._page(get_plan(actor, pk), actor)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = actor_of(request)
        plan = get_plan(actor, pk)
        if not making.plan_side(plan, actor):
            messages.error(request, "Seuls le fournisseur et le titulaire de la pharmacie modifient ce plan.")
            return self._page(plan, actor, status=409)
        answers: dict[str, tuple[type[PortalForm], Callable[[Any], object], str]] = {
            "agree": (
                AgreeForm,
                lambda form: making.agree(plan_id=pk, actor=actor, seen=form.cleaned_data["seen"]),
                "Dates convenues : l’autre partie est prévenue.",
            ),
            "propose": (
                DatesForm,
                lambda form: making.propose(
                    plan_id=pk, actor=actor, dates=form.dates(), words=form.cleaned_data["words"]
                ),
                "Dates proposées : l’autre partie est prévenue.",
            ),
            "ask": (
                WordsForm,
                lambda form: making.ask(plan_id=pk, actor=actor, words=form.cleaned_data["words"]),
                "Message envoyé.",
            ),
        }
        chosen = next((name for name in answers if name in request.POST), "ask")
        form_class, act, done = answers[chosen]
        form = form_class(request.POST)
        if form.is_valid():
            try:
                act(form)
            except Refused as refused:
                form.absorb(refused.refusals)
            else:
                messages.success(request, done)
                return redirect(plan)
        return self._page(plan, actor, {chosen: form})

    def _page(
        self, plan: Plan, actor: Actor, bound: dict[str, PortalForm] | None = None, status: int = 200
    ) -> HttpResponse:
        now, bound = clock.business_now(), bound or {}
        revisions, side = revisions_of(plan), making.plan_side(plan, actor)
        line = plan_line(plan, revisions)
        agreed = any(revision.kind == AGREEMENT and revision.answers == line.dates for revision in revisions)
        context = {
            "plan": plan,
            "line": line,
            "agreed": agreed,
            "side": side,
            "waits_for": SIDES.get(line.standing.waits_for, ""),
            "may_agree": bool(side) and line.dates is not None and not agreed and line.dates.side != side,
            "announced": announced_day(plan.programme_id, plan.software_version_id),
            "referencing": status_board(plan.programme_id, plan.software_version_id, now),
            "events": [_event(revision) for revision in reversed(revisions)],
            "order": orders_of_plan(plan).first(),
            "is_supplier": actor.role in SUPPLIER_SIDE,
            "agree_form": bound.get("agree") or AgreeForm(initial={"seen": line.standing.proposal}),
            "dates_form": bound.get("propose") or DatesForm(initial=_initial(line.dates)),
            "words_form": bound.get("ask") or WordsForm(auto_id="id_message_%s"),
            "proposing": "propose" in bound,
        }
        context["form"] = next(iter(bound.values()), None)
        return render(self.request, "orders/plan.html", context, status=status)


def _initial(dates: Any) -> dict[str, Any]:
    return {name: getattr(dates, name) for name in ("order_on", "install_on", "train_on")} if dates else {}


def _event(revision: Any) -> dict[str, Any]:
    days = ""
    if revision.kind == PROPOSAL:
        days = (
            f"Commande le {revision.order_on:%d/%m/%Y}, installation le {revision.install_on:%d/%m/%Y}, formation le "
            f"{revision.train_on:%d/%m/%Y}."
        )
    return {
        "at": revision.at,
        "title": revision.get_kind_display(),
        "actor": f"{revision.author.full_name} – {revision.organisation.name} ({revision.get_side_display()})",
        "detail": " ".join(text for text in (days, f"« {revision.words} »" if revision.words else "") if text),
        "document_url": "",
        "document_label": "",
    }


class DraftFromPlan(View):
    """One click: the draft of the order, or the order under way."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = supplier_actor(request)
        plan = get_plan(actor, pk)
        try:
            order = making.draft_from_plan(plan_id=plan.pk, actor=actor)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(plan)
        if order.state != "draft":
            return redirect(order)
        messages.success(request, "Brouillon prêt : complétez-le, puis émettez-le.")
        return redirect("orders:edit", pk=order.pk)
