"""The whole way of a certificate: issued, signed outside, given back, the order signed, the file recognised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from orders.models import Installation
from orders.services.sign import Consent, sign_order_elsewhere
from portal.accounts.actors import Actor
from portal.accounts.models import ProfessionalIdentity, User
from portal.accounts.services.person_keys import unseal
from portal.common import clock
from portal.common.refusals import Refused
from portal.documents import storage
from portal.documents.domain.methods import METHODS
from portal.documents.evidence import evidence_file
from portal.documents.models import Document, Signature
from portal.documents.selectors import latest
from portal.documents.services.verify_file import verify_evidence, verify_file
from portal.outbox.services.deliver import deliver_pending
from tests.factories.dossier import SIGNED, Dossier, dossier
from tests.factories.evidence import evidence_of
from tests.integration.documents.own_certificates import RPPS, Certifier, accepted, signed
from tests.integration.documents.test_sealed import data_of
from tests.unit.documents.parts import MACHINE

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cpx() -> Certifier:
    return Certifier()


@pytest.fixture
def one(sealing: None, cpx: Certifier, tmp_path: Path) -> Iterator[Dossier]:
    """An order issued, its document sealed; cards are accepted."""
    with accepted(tmp_path / "accepted", cpx=cpx):
        made = dossier()
        made.draft()
        made.issue()
        deliver_pending()
        with clock.frozen(business=SIGNED, machine=MACHINE):
            yield made


def document_of(one: Dossier, kind: str = "order") -> Document:
    found = latest(kind, "orders_order", str(one.pk))
    assert found is not None
    return found


def mine(one: Dossier, cpx: Certifier) -> bytes:
    return signed(storage.read(document_of(one).sha256 or ""), cpx.issue(), cpx)


def give(one: Dossier, content: bytes, actor: Actor | None = None, *, agreed: bool = True, shown: str = "") -> None:
    consent = Consent(agreed, shown or document_of(one).sha256 or "")
    sign_order_elsewhere(order_id=one.pk, actor=actor or one.titulaire, consent=consent, content=content)


def test_the_file_given_back_is_the_signed_order(one: Dossier, cpx: Certifier) -> None:
    content = mine(one, cpx)
    give(one, content)
    deliver_pending()
    sha256 = hashlib.sha256(content).hexdigest()
    kept = document_of(one, "order_signed")
    assert one.order.state == "signed_firm" and Installation.objects.filter(order=one.pk).exists()
    assert (kept.sha256, kept.base, storage.read(sha256)) == (sha256, document_of(one), content)
    signature = Signature.objects.get()
    assert (signature.method, signature.step_up, signature.proof_sha256) == ("cpx", None, sha256)
    certificate = json.loads(unseal(one.titulaire.user_id or 0, signature.sealed))
    assert certificate["rpps"] == RPPS and certificate["serial"] and f"8{RPPS}" in certificate["subject"]
    assert "carte CPx" in kept.snapshot["signature"]["method"]
    evidence = evidence_file(evidence_of(one))
    assert verify_evidence(content, evidence).genuine
    said = data_of(evidence)
    assert (said["method"]["certificate"]["rpps"], said["method"]["given_sha256"], said["identity"]) == (
        RPPS,
        sha256,
        None,
    )


def test_it_is_recognised_for_ever_and_a_copy_changed_is_not(one: Dossier, cpx: Certifier, tmp_path: Path) -> None:
    content = mine(one, cpx)
    give(one, content)
    deliver_pending()
    verdict = verify_file(content)
    assert verdict.genuine, verdict.reasons
    assert [signer["field"] for signer in verdict.signers] == ["Sig_Emetteur", "Sig_Client"]
    assert not verify_file(content + b"\n").genuine
    with clock.frozen(business=SIGNED, machine=MACHINE + timedelta(days=900)):
        cpx.publish(tmp_path / "accepted" / "cpx")
        assert verify_file(content).genuine


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("consent", "no_consent"),
        ("other document", "other_document"),
        ("person", "other_person"),
        ("supplier", "not_allowed"),
        ("closed", "closed"),
    ],
)
def test_the_guards_are_those_of_any_signature(what: str, code: str, one: Dossier, cpx: Certifier) -> None:
    content, before = mine(one, cpx), set(storage.stored_hashes())
    if what == "person":
        other = {"user_id": one.titulaire.user_id or 0, "national_id": "810007654321", "recorded_at": MACHINE}
        ProfessionalIdentity.objects.create(**other)
    late = timedelta(days=400 if what == "closed" else 0)
    with clock.frozen(business=SIGNED + late, machine=MACHINE), pytest.raises(Refused) as refused:
        give(
            one,
            content,
            one.supplier if what == "supplier" else None,
            agreed=what != "consent",
            shown="0" * 64 if what == "other document" else "",
        )
    assert code in refused.value.codes
    assert one.order.state == "issued" and not Signature.objects.exists()
    assert set(storage.stored_hashes()) == before


def test_a_person_with_this_number_may_and_nothing_is_doubted(one: Dossier, cpx: Certifier) -> None:
    identity = {"user_id": one.titulaire.user_id or 0, "national_id": f"8{RPPS}", "recorded_at": MACHINE}
    ProfessionalIdentity.objects.create(**identity)
    give(one, mine(one, cpx))
    assert one.order.state == "signed_firm"
    signature = Signature.objects.get()
    assert signature.doubt == "" and signature.method_words == METHODS["cpx"]


@pytest.mark.parametrize(
    ("subject", "doubt", "words"),
    [("Hélène Œuvrard", "not_borne", "identité non portée par le certificat"), ("", "not_compared", "non rapproché")],
)
def test_a_certificate_that_does_not_prove_who_signed_says_so(
    subject: str, doubt: str, words: str, one: Dossier, cpx: Certifier
) -> None:
    holder = cpx.issue(subject) if subject else cpx.issue()
    give(one, signed(storage.read(document_of(one).sha256 or ""), holder, cpx))
    deliver_pending()
    assert Signature.objects.get().doubt == doubt
    assert words in document_of(one, "order_signed").snapshot["signature"]["method"]
    assert words in data_of(evidence_file(evidence_of(one)))["method"]["label"]


def test_the_page(one: Dossier, cpx: Certifier, client: Client) -> None:
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    address = reverse("orders:sign_elsewhere", args=[one.pk])
    shown = {"shown": document_of(one).sha256, "consent": "on"}
    page = client.get(address)
    assert page.status_code == 200 and 'enctype="multipart/form-data"' in page.content.decode()
    assert (
        reverse("orders:sign_elsewhere", args=[one.pk])
        in client.get(reverse("orders:sign", args=[one.pk])).content.decode()
    )
    unsigned = SimpleUploadedFile("bon.pdf", storage.read(document_of(one).sha256 or ""))
    told = client.post(address, {**shown, "file": unsigned}).content.decode()
    assert "n’est pas signé" in told and one.order.state == "issued"
    done = client.post(address, {**shown, "file": SimpleUploadedFile("bon.pdf", mine(one, cpx))})
    assert done.status_code == 302 and one.order.state == "signed_firm"


def test_postgresql_refuses_a_method_without_its_proof(one: Dossier, cpx: Certifier) -> None:
    give(one, mine(one, cpx))
    kept = Signature.objects.get()
    kept.pk, kept.signer_id, kept.proof_sha256 = None, one.supplier.user_id or 0, ""
    with pytest.raises(IntegrityError, match="signature_proof_of_method"), transaction.atomic():
        kept.save(force_insert=True)
    kept.proof_sha256, kept.doubt = "0" * 64, "none"
    with pytest.raises(IntegrityError, match="signature_doubt"), transaction.atomic():
        kept.save(force_insert=True)
