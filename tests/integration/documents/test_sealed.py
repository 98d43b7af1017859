"""What is issued is sealed, and what is signed holds what was shown: levels, words, data, level of the time."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from pytest_django import Settings

from orders.domain.consent import consent_text
from orders.domain.snapshot import order_snapshot
from portal.audit.models import AuditEvent
from portal.common.canonical import canonical
from portal.documents import render
from portal.documents.domain.codes import printed
from portal.documents.kinds import kind
from portal.documents.models import Document, Signature
from portal.documents.render import DATA_FILE
from portal.documents.seal.stamp import StampTooLong, stamp
from portal.documents.services.verify_file import verify_file
from portal.documents.templatetags.document_text import TIMESTAMPING, long_hash
from portal.outbox.services.deliver import deliver_pending
from tests.factories import sealing as seals
from tests.factories.dossier import dossier
from tests.factories.sealing import RULES, Sealed
from tests.integration.documents.test_printed import ORDER_LABELS, ORDER_VALUES, squeezed
from tests.unit.documents import parts

LONG_NAME = "Marie-Hélène Œuvrard de Saint-Barthélemy-d’Anjou"
DEMO_MENTION = "DÉMONSTRATION – sans valeur juridique"
BOTH = ["Sig_Emetteur", "Sig_Client"]


def text_of(content: bytes) -> str:
    """The words that are seen: those of the pages, and of the signatures put on them."""
    flat = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.flatten_annotations("print")
        for page in pdf.pages:
            if "/Annots" in page:
                del page["/Annots"]  # what is left has no look
        pdf.save(flat)
    return squeezed("".join(page.extract_text() for page in PdfReader(flat).pages))


def data_of(content: bytes) -> Any:
    """The JSON that a file carries."""
    [data] = PdfReader(io.BytesIO(content)).attachments[DATA_FILE]
    return json.loads(data)


@pytest.mark.parametrize(("name", "level", "fields"), [("issued", "B-LT", BOTH[:1]), ("signed", "B-LTA", BOTH)])
def test_an_order_is_sealed_at_its_issue_and_signed_for_ever(
    sealed: Sealed, name: str, level: str, fields: list[str]
) -> None:
    document: Document = getattr(sealed, name)
    verdict = verify_file(sealed.files[name])
    assert verdict.reasons == []
    assert (verdict.genuine, verdict.document, document.seal_level) == (True, document, level)
    assert [signer["field"] for signer in verdict.signers] == fields
    assert [signer["name"] for signer in verdict.signers] == [parts.SUPPLIER.name, "Hélène Œuvrard"][: len(fields)]
    assert all(signer["timestamped"] for signer in verdict.signers)


def test_the_signed_file_begins_with_the_very_bytes_that_were_shown(sealed: Sealed) -> None:
    shown, signed = sealed.files["issued"], sealed.files["signed"]
    assert signed.startswith(shown) and len(signed) > len(shown)
    assert hashlib.sha256(signed[: len(shown)]).hexdigest() == sealed.issued.sha256
    assert sealed.signed.snapshot["signature"]["document_sha256"] == sealed.issued.sha256
    assert (sealed.signed.base, sealed.signed.code) == (sealed.issued, None)


@pytest.mark.parametrize("name", ["issued", "signed"])
def test_the_data_inside_are_the_snapshot_that_was_shown(sealed: Sealed, name: str) -> None:
    content = sealed.files[name]
    assert data_of(content) == sealed.issued.snapshot
    [raw] = PdfReader(io.BytesIO(content)).attachments[DATA_FILE]
    assert raw == canonical(sealed.issued.snapshot)


@pytest.mark.parametrize("name", ["issued", "signed"])
def test_every_mandatory_mention_and_value_is_read_in_the_sealed_file(sealed: Sealed, name: str) -> None:
    text = text_of(sealed.files[name])
    values = [value for value in ORDER_VALUES if value != parts.ORDER.referencing_number]
    said = [*RULES.covered, *RULES.not_covered, RULES.mentions["conditional"]]
    said += [sealed.issued.snapshot["mentions"][key] for key in sealed.issued.snapshot["mentions"]]
    code = printed(sealed.issued.code or "")
    expected = [*ORDER_LABELS, *values, *said, code, f"/verifier/{sealed.issued.code}", TIMESTAMPING["demo"]]
    assert [one for one in expected if squeezed(one) not in text] == []


def test_the_stamp_shows_every_fact_of_the_signature(sealed: Sealed) -> None:
    facts = [
        "Signé par Hélène Œuvrard",
        "En qualité de Titulaire",
        "16/11/2022 à 11 h 01 min 07 s (heure de Paris)",
        parts.SIGNATURE.method,
        consent_text(conditional=True),
        "au plus tard le 16/03/2023 inclus",
        long_hash(sealed.issued.sha256 or ""),
    ]
    shown, signed = (text_of(sealed.files[name]) for name in ("issued", "signed"))
    assert [fact for fact in facts if squeezed(fact) not in signed] == []
    assert [fact for fact in facts if squeezed(fact) in shown] == []


def _signature(**said: Any) -> dict[str, Any]:
    block = replace(parts.SIGNATURE, consent_text=consent_text(conditional=True), **said)
    signature: dict[str, Any] = order_snapshot(parts.CONDITIONAL, RULES, block)["signature"]
    return signature


def test_the_longest_signature_holds_in_its_place() -> None:
    signature = _signature(signer_name=LONG_NAME, place="Saint-Barthélemy-d’Anjou")
    text = squeezed(
        "".join(page.extract_text() for page in PdfReader(io.BytesIO(stamp(signature, DEMO_MENTION))).pages)
    )
    facts = [LONG_NAME, signature["place"], signature["consent_text"], DEMO_MENTION, long_hash("ab" * 32)]
    assert [fact for fact in facts if squeezed(fact) not in text] == []


def test_a_signature_that_would_be_cut_is_refused() -> None:
    with pytest.raises(StampTooLong, match="Hélène Œuvrard"):
        stamp(_signature() | {"consent_text": "Je signe ce bon de commande. " * 60}, DEMO_MENTION)


@pytest.mark.django_db
def test_without_an_authority_the_time_is_said_to_be_internal(sealing: None, settings: Settings) -> None:
    settings.TSA_URLS = []
    issued = seals.order()
    signed = seals.signed_order(issued)
    assert (issued.seal_level, signed.seal_level) == ("B-B", "B-B")
    text = text_of(seals.content(signed))
    assert squeezed(TIMESTAMPING["internal"]) in text
    assert [words for source, words in TIMESTAMPING.items() if source != "internal" and squeezed(words) in text] == []
    verdict = verify_file(seals.content(signed))
    assert verdict.genuine
    assert [signer["timestamped"] for signer in verdict.signers] == [False, False]


@pytest.mark.parametrize("name", ["issued", "signed", "other"])
def test_the_same_snapshot_gives_the_unsealed_bytes_again(sealed: Sealed, name: str) -> None:
    document: Document = getattr(sealed, name)
    shown = document.base or document
    again = render.rendered(render.html(kind(shown.kind).template_name, shown.snapshot), shown.snapshot)
    assert hashlib.sha256(again.content).hexdigest() == document.unsealed_sha256
    assert sealed.files[name].startswith(again.content)


@pytest.mark.django_db
def test_a_va_is_signed_on_the_very_file_that_holds_its_answers(sealing: None) -> None:
    shown = seals.filled_va()
    signed = seals.signed_va(shown)
    assert (shown.seal_level, signed.seal_level) == ("B-LT", "B-LTA")
    for document, fields in ((shown, BOTH[:1]), (signed, BOTH)):
        verdict = verify_file(seals.content(document))
        assert (verdict.genuine, verdict.reasons) == (True, [])
        assert [signer["field"] for signer in verdict.signers] == fields
    assert seals.content(signed).startswith(seals.content(shown)) and signed.base == shown
    text, answered = text_of(seals.content(signed)), signed.snapshot["statements"]
    said = [words for one in answered for words in (one["text"], one["decision_label"], one["reason"])]
    said += ["Signé par", "Hélène Œuvrard", "À Bourg-en-Bresse"]
    assert [words for words in said if squeezed(words) not in text] == []
    assert data_of(seals.content(signed)) == shown.snapshot


@pytest.mark.django_db
def test_a_certificate_is_sealed_by_the_portal_itself(sealing: None) -> None:
    verdict = verify_file(seals.content(seals.certificate()))
    assert (verdict.genuine, [signer["name"] for signer in verdict.signers]) == (True, ["Portail Ségur Officine"])


@pytest.mark.django_db
def test_from_the_issue_to_the_signature_by_the_services(sealing: None) -> None:
    one = dossier(referenced=False)
    one.draft()
    one.issue()
    shown = one.shown()
    one.sign()
    deliver_pending()
    documents = {document.kind: document for document in Document.objects.filter(thread=str(one.pk))}
    assert {name: document.seal_level for name, document in documents.items()} == {
        "order": "B-LT",
        "order_signed": "B-LTA",
    }
    assert documents["order"].sha256 == shown == Signature.objects.get().document_sha256
    assert seals.content(documents["order_signed"]).startswith(seals.content(documents["order"]))
    assert all(verify_file(seals.content(document)).genuine for document in documents.values())
    verbs = AuditEvent.objects.filter(object_id=str(one.pk)).values_list("verb", flat=True)
    assert sorted(verbs) == ["create", "issue", "sign_conditional"]
