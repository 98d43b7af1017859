"""Reading VAs, scoped through their order."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from attestations.domain.filled import FILLED
from attestations.domain.lifecycle import SIGNED_WITH_RESERVES, TO_SIGN
from attestations.models import Attestation, Reserve, Statement
from attestations.services.machine import OBJECT
from orders.models import Order
from orders.selectors import visible_to
from portal.accounts.actors import Actor
from portal.documents.models import Document, Signature


def get_attestation(actor: Actor, pk: UUID) -> Attestation:
    """One VA of a visible order. Raises Http404 for a stranger."""
    attestation = (
        Attestation.objects.filter(pk=pk, order__in=visible_to(actor).values("pk"))
        .select_related(
            "order__supplier__organisation",
            "order__distributor__organisation",
            "order__pharmacy__organisation",
            "order__software_version__software",
            "order__rule_set",
            "order__installation",
        )
        .first()
    )
    if attestation is None:
        raise Http404
    return attestation


def awaiting_signature(actor: Actor) -> QuerySet[Attestation]:
    """The VAs of visible orders that wait, or may come to wait, for the titulaire's signature."""
    waiting = Attestation.objects.filter(state__in=(TO_SIGN, SIGNED_WITH_RESERVES))
    return waiting.filter(order__in=visible_to(actor).values("pk"))


def current_attestation(order: Order) -> Attestation | None:
    """The last VA of an order, whatever became of it, with its statements."""
    return (
        Attestation.objects.filter(order=order)
        .select_related("signed_by")
        .prefetch_related("statements")
        .order_by("-prepared_at", "-number")
        .first()
    )


def open_reserves(attestation: Attestation) -> QuerySet[Reserve]:
    """The reserves that still wait for the supplier or for the pharmacist."""
    reserves = Reserve.objects.filter(statement__attestation=attestation, closed_at=None)
    return reserves.select_related("statement").order_by("statement__position")


def lifted_reserves(attestation: Attestation) -> list[Reserve]:
    """The lifted reserves whose boxes wait for the pharmacist's signature."""
    return list(open_reserves(attestation).exclude(lifted_at=None))


def boxes_to_answer(attestation: Attestation) -> list[Statement]:
    """The boxes that wait for the pharmacist: all of a VA to sign, then those whose reserve was lifted."""
    if attestation.state == TO_SIGN:
        return list(attestation.statements.order_by("position"))
    return [reserve.statement for reserve in lifted_reserves(attestation)]


def papers_to_sign(attestation: Attestation) -> list[Document]:
    """The VA as it was prepared and as it was filled in, each time, oldest first; ``signed`` says which were signed."""
    documents = Document.objects.filter(
        kind__in=("va", FILLED), subject_type=OBJECT, subject_id=str(attestation.pk), voided_at=None
    )
    signed = Exists(Signature.objects.filter(document=OuterRef("pk")))
    return list(documents.annotate(signed=signed).order_by("kind", "revision"))


def filled_document(papers: Sequence[Document]) -> Document | None:
    """Of these papers the VA as it was last filled in, unless it is signed already."""
    filled = [paper for paper in papers if paper.kind == FILLED]
    return None if not filled or filled[-1].signed else filled[-1]  # type: ignore[attr-defined]
