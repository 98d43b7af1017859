"""The VA signed otherwise: the one filled in is printed or downloaded, signed, and comes back through the same doors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from attestations.domain.filled import FILLED
from attestations.services.fill import fill_va
from attestations.services.machine import OBJECT
from attestations.services.other_ways import sign_va_by_hand, sign_va_elsewhere
from attestations.services.sign import VaConsent
from portal.accounts.models import User
from portal.common import clock
from portal.common.refusals import Refused
from portal.documents import render, storage
from portal.documents.domain.incoming import SCANS
from portal.documents.evidence import evidence_file
from portal.documents.intake.receive import receive
from portal.documents.models import Document, Evidence
from portal.documents.scan_models import ScanStack
from portal.documents.selectors import latest, scan_of
from portal.documents.services.evidence import request_evidence
from portal.documents.services.scans import deposit_stack
from portal.documents.services.verify import verify_all
from portal.documents.services.verify_file import verify_evidence, verify_file
from portal.outbox.services.deliver import deliver_pending
from tests.factories.dossier import ANSWERED, CODES, Dossier, decisions, dossier
from tests.factories.quick_pdf import stand_in
from tests.integration.documents import scanner
from tests.integration.documents.own_certificates import Certifier, accepted, signed
from tests.unit.documents.parts import MACHINE

pytestmark = pytest.mark.django_db
LATER = ANSWERED + timedelta(days=3)


@pytest.fixture(scope="module")
def cpx() -> Certifier:
    return Certifier()


@pytest.fixture
def one() -> Iterator[Dossier]:
    """A VA filled in, some days ago."""
    made = prepared()
    fill(made)
    with clock.frozen(business=LATER, machine=MACHINE):
        yield made


def prepared() -> Dossier:
    """A VA to fill in; what comes before it is drawn quickly and not sealed."""
    made = dossier()
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(render, "rendered", stand_in)
        for act in (made.draft, made.issue, made.sign, made.plan, made.declare, made.prepare):
            act()
        deliver_pending()
    return made


def fill(one: Dossier, codes: tuple[str, ...] = CODES, refused: tuple[str, ...] = ()) -> None:
    with clock.frozen(business=ANSWERED, machine=MACHINE):
        answers = decisions(codes, refused)
        fill_va(attestation_id=one.va.pk, actor=one.titulaire, decisions=answers, place="Saint-Malo")
    deliver_pending()


def document_of(one: Dossier, kind: str = FILLED) -> Document:
    found = latest(kind, OBJECT, str(one.va.pk))
    assert found is not None
    return found


def send(one: Dossier, document: Document | None = None) -> ScanStack:
    pages = scanner.printed(storage.read((document or document_of(one)).sha256 or ""))
    paper = [*pages[:-1], scanner.signed_by_hand(pages[-1])]
    return deposit_stack(stack=receive(SimpleUploadedFile("va.pdf", scanner.stack(paper)), SCANS), actor=one.supplier)


def confirm(one: Dossier, shown: str = "", seen: str = "") -> None:
    scan = scan_of(document_of(one))
    consent = VaConsent(True, shown or document_of(one).sha256 or "")
    seen = seen or (scan.mark if scan else "")
    sign_va_by_hand(attestation_id=one.va.pk, actor=one.titulaire, consent=consent, seen=seen)


def test_by_hand_the_va_is_signed_and_the_order_realised(one: Dossier, sealing: None) -> None:
    fill(one)  # again, and sealed
    filled = document_of(one)
    assert {page.document for page in send(one).pages.all()} == {filled}
    confirm(one)
    deliver_pending()
    signature, scanned, sealed = filled.signatures.get(), document_of(one, "va_scan"), document_of(one, "va_signed")
    assert (one.va.state, one.order.state, signature.method) == ("signed", "realised", "handwritten")
    assert scanned.sha256 == signature.proof_sha256 == sealed.snapshot["signature"]["scan_sha256"]
    assert verify_file(storage.read(scanned.sha256 or "")).scan
    evidence = request_evidence(signature.pk)
    deliver_pending()
    assert (
        evidence and verify_evidence(storage.read(sealed.sha256 or ""), evidence_file(Evidence.objects.get())).genuine
    )
    report = verify_all()
    assert not report.faults and not report.unknown_files


def test_with_a_certificate_the_file_given_back_is_the_signed_va(
    one: Dossier, sealing: None, cpx: Certifier, tmp_path: Path
) -> None:
    fill(one)  # again, and sealed
    filled = document_of(one)
    content = signed(storage.read(filled.sha256 or ""), cpx.issue(), cpx)
    consent = VaConsent(True, filled.sha256 or "")
    with accepted(tmp_path / "accepted", cpx=cpx):
        sign_va_elsewhere(attestation_id=one.va.pk, actor=one.titulaire, consent=consent, content=content)
        deliver_pending()
        kept = document_of(one, "va_signed")
        assert (kept.sha256, kept.base) == (hashlib.sha256(content).hexdigest(), filled)
        assert (one.va.state, filled.signatures.get().method) == ("signed", "cpx") and verify_file(content).genuine


def test_lifted_reserves_are_answered_by_hand_too(one: Dossier) -> None:
    fill(one, refused=("mss",))
    send(one)
    confirm(one)
    assert one.va.state == "signed_with_reserves"
    one.lift("mss", LATER)
    fill(one, ("mss",))
    send(one)
    confirm(one)
    assert (one.va.state, one.order.state) == ("signed", "realised")


def test_a_va_filled_in_again_makes_its_paper_worthless(one: Dossier) -> None:
    former = document_of(one)
    send(one)
    fill(one, refused=("mss",))
    with pytest.raises(Refused) as missing:
        confirm(one)
    assert missing.value.codes == ("no_scan",)
    assert [page.sha256 for page in send(one, former).pages.all()] == [""] * (former.pages or 0)
    send(one)
    with pytest.raises(Refused) as other:
        confirm(one, shown=former.sha256 or "")
    assert other.value.codes == ("other_document",) and one.va.state == "to_sign"


def test_the_pages(one: Dossier, client: Client) -> None:
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    by_hand = reverse("attestations:sign_by_hand", args=[one.va.pk])
    first = reverse("attestations:sign", args=[one.va.pk])
    assert by_hand in client.get(first).content.decode()  # though it bears another day
    assert "Imprimez" in client.get(by_hand).content.decode()
    stack = send(one)
    shown = client.get(by_hand).content.decode()
    image = reverse("documents:paper_scan", args=[document_of(one).pk, 1])
    assert image in shown and client.get(image).content.startswith(b"\x89PNG")
    assert by_hand in client.get(reverse("documents:scan_stack", args=[send_again(one, stack)])).content.decode()
    scan = scan_of(document_of(one))
    form = {"shown": document_of(one).sha256, "consent": "on", "seen": scan.mark if scan else ""}
    assert "Cochez la case" in client.post(by_hand, form).content.decode()
    assert client.post(by_hand, {**form, "mine": "on"}).status_code == 302 and one.va.state == "signed"


def send_again(one: Dossier, stack: ScanStack) -> object:
    """The same pages, sent by the titulaire."""
    pages = [scanner.printed(storage.read(page.sha256))[0] for page in stack.pages.all()]
    file = receive(SimpleUploadedFile("va.pdf", scanner.stack(pages)), SCANS)
    return deposit_stack(stack=file, actor=one.titulaire).pk


def test_nothing_filled_in_leads_to_the_questions(client: Client) -> None:
    made = prepared()
    client.force_login(User.objects.get(pk=made.titulaire.user_id or 0))
    with clock.frozen(business=LATER, machine=MACHINE):
        for name in ("sign_by_hand", "sign_elsewhere"):
            answer = client.get(reverse(f"attestations:{name}", args=[made.va.pk]))
            assert answer["Location"] == reverse("attestations:sign", args=[made.va.pk])
