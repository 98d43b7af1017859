"""The documents of a VA: their kinds, and their context from the facts of the VA and its order."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from attestations.domain.filled import FILLED, Filled
from attestations.domain.snapshot import Answer, AttestationParts
from attestations.models import Attestation, Statement
from attestations.selectors import awaiting_signature
from attestations.services.machine import OBJECT
from orders.models import Installation
from portal.common import clock
from portal.common.clock import paris_date
from portal.documents.kinds import Kind
from portal.documents.papers import Papers
from portal.registry.selectors import referencing_number

ATTESTATION_KINDS = (
    Kind("va", "Vérification d’aptitude", "attestations/documents/va.html", "verification-aptitude"),
    Kind(
        FILLED,
        "Vérification d’aptitude remplie",
        "attestations/documents/va.html",
        "verification-aptitude-remplie",
        to_be_signed=True,
    ),
    Kind(
        "va_signed", "Vérification d’aptitude signée", "attestations/documents/va.html", "verification-aptitude-signee"
    ),
    Kind(
        "va_scan",
        "Vérification d’aptitude signée à la main (numérisation)",
        "attestations/documents/va.html",
        "verification-aptitude-numerisation",
    ),
)
ATTESTATION_PAPERS = Papers(FILLED, OBJECT, awaiting_signature, "attestations:sign_by_hand")


def attestation_parts(attestation: Attestation, filled: Filled | None = None) -> AttestationParts:
    """Everything the VA's document prints, as it stands now, or as it was just filled in."""
    order = attestation.order
    installation = Installation.objects.get(order=order)
    return AttestationParts(
        number=attestation.number,
        pharmacy_name=order.client_name,
        responsible=_responsible(attestation, filled),
        finess=order.pharmacy.finess,
        phone=order.client_phone,
        email=order.client_email,
        supplier_name=order.supplier.name,
        order_number=order.number,
        software_name=order.software_version.software.name,
        software_version=order.software_version.label,
        referencing_number=referencing_number(order.programme_id, order.software_version_id),
        installed_on=paris_date(installation.installed_at) if installation.installed_at else None,
        installation_scenario=installation.final_scenario,
        mss_address=installation.mss_address,
        mss_kind=installation.mss_kind,
        order_signed_at=order.signed_at,
        answers=[_answer(statement, filled) for statement in attestation.statements.order_by("position")],
        answered=sorted(filled.decisions) if filled else (),
        place=filled.place if filled else attestation.place,
        dated_on=_dated(attestation, filled),
        prepared_at=attestation.prepared_at,
        machine_at=clock.machine_now(),
        demo=settings.PORTAL_DEMO,
    )


def _responsible(attestation: Attestation, filled: Filled | None) -> str:
    if filled is not None:
        return filled.responsible
    return attestation.signed_by.full_name if attestation.signed_by else str(attestation.order.client_responsible)


def _dated(attestation: Attestation, filled: Filled | None) -> date | None:
    if filled is not None:
        return filled.dated_on
    return paris_date(attestation.signed_at) if attestation.signed_at else None


def _answer(statement: Statement, filled: Filled | None) -> Answer:
    given = filled.decisions.get(statement.code) if filled else None
    accepted, reason = (given.accepted, given.reason.strip()) if given else (statement.accepted, statement.reason)
    if accepted is None:
        return Answer(statement.code)
    return Answer(statement.code, "accepted" if accepted else "refused", reason)
