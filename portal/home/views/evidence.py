"""The evidence of a signature: for the titulaires of the signatory's pharmacy and for the administration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from orders.models import Order
from orders.selectors import visible_to
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.services.person_keys import Erased
from portal.documents.evidence import evidence_file
from portal.documents.models import Signature
from portal.documents.responses import file_name, private_pdf
from portal.documents.selectors import last_evidence, signature_of
from portal.documents.services.evidence import request_evidence
from portal.home.readings import note_reading
from portal.workflow.views import actor_of

NOT_SIGNED_YET = "L’exemplaire signé se prépare encore : demandez la preuve dans quelques instants."


def may_see(signature: Signature, actor: Actor) -> bool:
    """Whether the actor reads this evidence: it holds the identity of a person."""
    own = actor.role is Role.TITULAIRE and actor.organisation_id == signature.organisation_id
    return own or actor.role in ADMINISTRATION


def sees_evidence(order: Order, actor: Actor) -> bool:
    """Whether the dossier offers the evidence of the signatures of the pharmacy as it stands."""
    own = actor.role is Role.TITULAIRE and actor.organisation_id == order.pharmacy.organisation_id
    return own or actor.role in ADMINISTRATION


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, pk: UUID, signature: UUID) -> HttpResponse:
    """What the evidence is, its file once it is made; asking for it."""
    order, signed = _found(request, pk, signature)
    if request.method == "POST":
        if request_evidence(signed.pk) is None:
            messages.warning(request, NOT_SIGNED_YET)
        return redirect(request.path)
    made = last_evidence(signed)
    waiting = signed.evidence.filter(sha256=None).exists()
    context: dict[str, Any] = {"order": order, "signature": signed, "made": made, "waiting": waiting}
    return render(request, "home/evidence.html", context)


@require_safe
def evidence_pdf(request: HttpRequest, pk: UUID, signature: UUID) -> HttpResponseBase:
    """The last evidence file."""
    order, signed = _found(request, pk, signature)
    made = last_evidence(signed)
    if made is None:
        raise Http404
    try:
        content = evidence_file(made)
    except Erased:
        return render(request, "home/evidence.html", {"order": order, "signature": signed, "erased": True}, status=410)
    note_reading(order, actor_of(request), made)
    return private_pdf(content, f"preuve-de-signature-{file_name(signed.document)}")


def _found(request: HttpRequest, pk: UUID, signature: UUID) -> tuple[Order, Signature]:
    actor = actor_of(request)
    order = visible_to(actor).filter(pk=pk).first()
    signed = signature_of(str(pk), signature) if order else None
    if order is None or signed is None or not may_see(signed, actor):
        raise Http404
    return order, signed
