"""Sealing turned on, and what it makes of an order: issued, signed, and another order beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.test import override_settings

from attestations.domain.snapshot import Answer, AttestationParts, attestation_snapshot
from orders.domain.affirmation import AffirmationParts, affirmation_snapshot
from orders.domain.consent import consent_text
from orders.domain.snapshot import OrderParts, order_snapshot
from portal.documents import storage
from portal.documents.models import Document
from portal.documents.seal import trust
from portal.documents.services.render import render_document
from portal.documents.services.request import request_document
from portal.documents.verify import Trusted
from tests.unit.documents import parts

RULES = parts.rules()
OTHER = replace(parts.ORDER, number="BC-2022-000124", client=replace(parts.CLIENT, name="Pharmacie des Halles"))


@contextmanager
def sealing(authority: Path, documents: Path, **settings: Any) -> Iterator[None]:
    """Documents are sealed by the key of this authority and time-stamped by its own clock, unless said otherwise."""
    given = {
        "SEAL_BACKEND": "pkcs12",
        "SEAL_KEY": "",
        "SEAL_PASSWORD": "",
        "SEAL_ROOTS": "",
        "SEAL_DEMO_FOLDER": authority,
        "TSA_URLS": ["demo:"],
        "DOCUMENTS_FOLDER": documents,
    }
    with override_settings(**(given | settings)):
        yield


def request(kind: str, snapshot: dict[str, Any], base: Document | None = None) -> Document:
    """Ask for a document of the subject that its number names."""
    number = snapshot["frame"]["number"]
    return request_document(
        kind=kind,
        subject_type="orders_order",
        subject_id=number,
        thread=number,
        number=number,
        snapshot=snapshot,
        at=parts.ISSUED,
        base=base,
    )


def order(facts: OrderParts = parts.CONDITIONAL) -> Document:
    """An order issued: its document, sealed where sealing is on."""
    return render_document(request("order", order_snapshot(facts, RULES)).pk)


def signed_order(issued: Document, facts: OrderParts = parts.CONDITIONAL, **said: Any) -> Document:
    """The same order signed by its client, with the words that are really agreed to."""
    agreed = {"consent_text": consent_text(conditional=facts.conditional), "document_sha256": issued.sha256}
    block = replace(parts.SIGNATURE, **(agreed | said))
    return render_document(request("order_signed", order_snapshot(facts, RULES, block), base=issued).pk)


def va() -> Document:
    """A VA to sign."""
    return render_document(request("va", attestation_snapshot(parts.ATTESTATION, RULES)).pk)


def filled_va() -> Document:
    """A VA filled in to be signed, one point of it refused."""
    return render_document(request("va_filled", attestation_snapshot(_filled(), RULES)).pk)


def _filled() -> AttestationParts:
    answers = [Answer(statement.code, "accepted") for statement in RULES.va_statements]
    answers[2] = Answer(answers[2].code, "refused", "Le télé-service répond « accès refusé ».")
    return replace(parts.ATTESTATION, answers=answers, place="Bourg-en-Bresse", dated_on=parts.SIGNED.date())


def signed_va(shown: Document) -> Document:
    """The same VA signed."""
    facts = _filled()
    block = replace(parts.SIGNATURE, document_sha256=shown.sha256 or "", conditional_until=None, place=facts.place)
    snapshot = attestation_snapshot(facts, RULES, block)
    return render_document(request("va_signed", snapshot, base=shown).pk)


def certificate() -> Document:
    """The certificate of an order that was affirmed."""
    facts = AffirmationParts(
        order=parts.CONDITIONAL,
        signed_at=parts.SIGNED,
        counts_from=parts.SIGNED,
        limit=parts.SIGNATURE.conditional_until,
        complete_at=datetime(2022, 12, 1, 9, tzinfo=UTC),
        affirmed_at=datetime(2022, 12, 20, 9, tzinfo=UTC),
        referencing_number="SEG-PHA-LGO-2022-0042",
    )
    return render_document(request("affirmation", affirmation_snapshot(facts, RULES)).pk)


def content(document: Document) -> bytes:
    """The stored file."""
    assert document.sha256 is not None
    return storage.read(document.sha256)


@dataclass(frozen=True)
class Sealed:
    """One conditional order issued and signed, another one, their files, and the roots by which they are checked."""

    issued: Document
    signed: Document
    other: Document
    files: dict[str, bytes]
    trust: Trusted


def sealed() -> Sealed:
    """Made whole, by the portal's own services."""
    issued = order()
    documents = {"issued": issued, "signed": signed_order(issued), "other": signed_order(order(OTHER), OTHER)}
    return Sealed(**documents, files={n: content(d) for n, d in documents.items()}, trust=trust.known())
