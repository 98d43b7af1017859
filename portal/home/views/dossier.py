"""The dossier: one order with its installation, its VA, its documents and its life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from attestations.domain.lifecycle import SIGNED_WITH_RESERVES
from attestations.models import Statement
from attestations.selectors import open_reserves
from orders.domain.lifecycle import INSTALLATION, INSTALLED
from orders.models import InstallationReserve, Order
from orders.selectors import objections_about, reserves_of, visible_to, with_objections
from orders.services.facts import Reading
from orders.services.machines import order_relation
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE, Role
from portal.common import clock
from portal.documents.models import Document
from portal.documents.responses import pdf_response
from portal.documents.selectors import documents_of, readable
from portal.home import actions, timeline
from portal.home.domain.stages import Stage, owner_words, steps_of
from portal.home.endings import ending
from portal.home.forms import PastForm
from portal.home.readings import note_reading, readings
from portal.home.selectors import va_with_statements, with_stage
from portal.home.ties import contests, ties
from portal.home.views.boards import current_book, side_of, stage_of
from portal.home.views.evidence import sees_evidence
from portal.home.views.past import past
from portal.programmes.domain.book import Book
from portal.programmes.selectors import book_for
from portal.reminders.selectors import due_of_order
from portal.workflow.views import actor_of


@require_safe
def dossier(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything about one order, and the one next step put forward; with ``?au=``, what it was at the end of a day."""
    if "au" in request.GET:
        return past(request, pk)
    actor, book = actor_of(request), current_book()
    rules = book.at(clock.business_now())
    order = with_stage(with_objections(visible_to(actor).filter(pk=pk)), rules).first()
    if order is None:
        raise Http404
    if order.programme_id != rules.programme:
        book = book_for(order.programme_id, clock.business_now())
        rules = book.at(clock.business_now())
        order = with_stage(visible_to(actor).filter(pk=pk), rules).get()
    note_reading(order, actor)
    documents = list(documents_of(str(order.pk)))
    reserves = reserves_of(order)
    scene, statements = _scene(order, actor, book, documents, reserves)
    context = {
        "order": order,
        **_steps(scene, stage_of(order)),
        "due_at": order.due_at,
        "deadlines": due_of_order(scene.reading, reserves, scene.va_reserves, actor),
        "documents": documents,
        "sees_evidence": sees_evidence(order, actor),
        "pending": any(document.sha256 is None for document in documents),
        "ready": False,
        "events": timeline.entries(order, documents, for_pharmacy=actor.role in PHARMACY_SIDE),
        "rules": rules,
        "ties": ties(order, actor),
        "contests": contests(order, scene.objections, actor),
        "ending": ending(order, side_of(actor)),
        "readings": readings(order, documents, actor),
        "past_form": PastForm(),
        **_installation(scene, reserves),
        **_va(scene, statements),
    }
    return render(request, "home/dossier.html", context)


def _steps(scene: actions.Scene, stage: Stage) -> dict[str, Any]:
    """Where the dossier stands, and what its reader may do there."""
    available = actions.actions_of(scene)
    main = actions.main_action(available)
    return {
        "stage": stage,
        "owner": owner_words(stage, side_of(scene.actor)),
        "steps": steps_of(stage),
        "main": main,
        "others": [action for action in available if action is not main],
    }


def _scene(
    order: Order, actor: Actor, book: Book, documents: list[Document], reserves: list[InstallationReserve]
) -> tuple[actions.Scene, list[Statement]]:
    """Everything that the dossier's checks need, read once, and the boxes of its VA."""
    now = clock.business_now()
    reading = Reading(order, now, book=book, documents=documents, reserves=reserves)
    attestation, statements = va_with_statements(order) if reading.installation else (None, [])
    waiting = attestation is not None and attestation.state == SIGNED_WITH_RESERVES
    scene = actions.Scene(
        reading=reading,
        attestation=attestation,
        va_reserves=list(open_reserves(attestation)) if waiting and attestation else [],
        actor=actor,
        parties=order_relation(order, actor, now),
        objections=objections_about(order) if getattr(order, "has_objection", False) else [],
    )
    return scene, statements


def _installation(scene: actions.Scene, reserves: list[InstallationReserve]) -> dict[str, Any]:
    installation, rules = scene.reading.installation, scene.reading.rules
    if installation is None:
        return {"installation": None, "installation_state": "", "checklist": [], "reserves": [], "may_lift": False}
    done, labels = set(installation.checklist), {item.code: item.label for item in rules.checklist}
    shown = [{"row": reserve, "point": labels.get(reserve.point, reserve.point)} for reserve in reserves]
    return {
        "installation": installation,
        "installation_state": INSTALLATION.labels[installation.state],
        "checklist": [(label, code in done) for code, label in labels.items()],
        "reserves": shown,
        "may_lift": installation.state == INSTALLED and bool(scene.parties & SUPPLIER_SIDE),
    }


def _va(scene: actions.Scene, statements: list[Statement]) -> dict[str, Any]:
    may_lift = bool(scene.parties & SUPPLIER_SIDE)
    return {
        "attestation": scene.attestation,
        "statements": statements,
        "va_reserves": scene.va_reserves,
        "may_lift_va": may_lift,
    }


@require_safe
def document(request: HttpRequest, pk: UUID, document: UUID) -> HttpResponseBase:
    """The PDF of a visible dossier."""
    actor = actor_of(request)
    order = visible_to(actor).filter(pk=pk).first()
    found = readable(str(pk), document, signatory=actor.role is Role.TITULAIRE) if order else None
    if order is None or found is None:
        raise Http404
    note_reading(order, actor, found)
    return pdf_response(found)


@require_safe
def pending_documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list of documents, polled while one is being made.

    Status 286 stops the polling; the list then asks for the rest of the dossier again: with the document come its
    line in the history and the acts that waited for it.
    """
    actor = actor_of(request)
    order = visible_to(actor).filter(pk=pk).first()
    if order is None:
        raise Http404
    documents = list(documents_of(str(pk)))
    pending = any(d.sha256 is None for d in documents)
    context = {"order": order, "documents": documents, "pending": pending, "ready": not pending}
    context["sees_evidence"] = sees_evidence(order, actor)
    return render(request, "home/documents.html", context, status=200 if pending else 286)
