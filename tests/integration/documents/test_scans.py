"""Orders printed, signed by hand and scanned: a stack is sorted by its codes, and counts once its signatory confirms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from orders.services.sign import Consent, sign_order_by_hand
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.refusals import Refused
from portal.documents import storage
from portal.documents.domain.incoming import SCANS
from portal.documents.evidence import evidence_file
from portal.documents.intake.receive import receive
from portal.documents.models import Document, Signature
from portal.documents.scan_models import ScannedPage, ScanStack
from portal.documents.selectors import latest, scan_of
from portal.documents.services.scans import attach_by_hand, deposit_stack
from portal.documents.services.verify import verify_all
from portal.documents.services.verify_file import verify_evidence, verify_file
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from tests.factories import people
from tests.factories.dossier import SIGNED, Dossier, dossier
from tests.factories.evidence import evidence_of
from tests.integration.documents import scanner
from tests.unit.documents.parts import MACHINE

pytestmark = pytest.mark.django_db


def issued(beside: Dossier | None = None) -> Dossier:
    """An order; of the same supplier, for another pharmacy, where one is given to stand ``beside``."""
    place = people.pharmacy()
    made = dossier(place=place)
    if beside is not None:
        made = replace(beside, place=place, titulaire=people.attach(place, Role.TITULAIRE), drafted=None)
    made.draft()
    made.issue()
    deliver_pending()
    return made


@pytest.fixture
def one() -> Iterator[Dossier]:
    made = issued()
    with clock.frozen(business=SIGNED, machine=MACHINE):
        yield made


def document_of(one: Dossier, kind: str = "order") -> Document:
    found = latest(kind, "orders_order", str(one.pk))
    assert found is not None
    return found


def paper(one: Dossier) -> list[Image.Image]:
    pages = scanner.printed(storage.read(document_of(one).sha256 or ""))
    return [*pages[:-1], scanner.signed_by_hand(pages[-1])]


def send(pages: Sequence[Image.Image], actor: Actor, kind: str = "PDF") -> ScanStack:
    upload = SimpleUploadedFile("pile.pdf", scanner.stack(pages, kind))
    return deposit_stack(stack=receive(upload, SCANS), actor=actor)


def confirm(one: Dossier, actor: Actor | None = None, seen: str = "") -> None:
    scan = scan_of(document_of(one))
    seen = seen or (scan.mark if scan else "")
    consent = Consent(True, document_of(one).sha256 or "")
    sign_order_by_hand(order_id=one.pk, actor=actor or one.titulaire, consent=consent, seen=seen)


def test_a_shuffled_stack_of_three_orders_is_sorted(one: Dossier) -> None:
    two, three, stranger = issued(one), issued(one), issued()
    a, b, c, d = (paper(each) for each in (one, two, three, stranger))
    assert len(a) >= 2
    sent = [c[-1], scanner.crooked(a[0], 2), d[0], b[0], scanner.spoilt(b[-1]), *a[1:], scanner.crooked(c[0], 180)]
    stack = send(sent, one.supplier)
    found = {page.number: page for page in stack.pages.all()}
    owners = [one.order.number, two.order.number, three.order.number]
    named = [page.document.number if page.document else "" for page in found.values()]
    assert named == [owners[2], owners[0], "", owners[1], "", *[owners[0]] * (len(a) - 1), owners[2]]
    assert found[3].sha256 == "" and not found[3].is_waiting  # a stranger's page is not even kept
    assert found[5].is_waiting and stack.sha256 not in set(storage.stored_hashes())
    attach_by_hand(page_id=found[5].pk, document_id=document_of(two).pk, actor=one.supplier)
    scan = scan_of(document_of(two))
    assert scan is not None and [page.number for page in scan.pages] == [4, 5] and not scan.problem
    with pytest.raises(Refused) as again:
        attach_by_hand(page_id=found[5].pk, document_id=document_of(three).pk, actor=one.supplier)
    assert again.value.codes == ("page_attached",)


def test_confirmed_it_is_a_handwritten_signature(sealing: None, one: Dossier) -> None:
    send(paper(one), one.supplier)
    confirm(one)
    deliver_pending()
    signature = Signature.objects.get()
    scanned, sealed = document_of(one, "order_scan"), document_of(one, "order_signed")
    assert one.order.state == "signed_firm"
    assert (signature.method, signature.signer_id, signature.step_up) == ("handwritten", one.titulaire.user_id, None)
    assert scanned.sha256 == signature.proof_sha256 == sealed.snapshot["signature"]["scan_sha256"]
    assert scanned.pages == document_of(one).pages and "manuscrite" in sealed.snapshot["signature"]["method"]
    content = storage.read(scanned.sha256 or "")
    verdict = verify_file(content)
    assert verdict.genuine and verdict.scan and hashlib.sha256(content).hexdigest() == scanned.sha256
    assert not verify_file(content + b"\n").genuine
    evidence = evidence_file(evidence_of(one))
    assert verify_evidence(storage.read(sealed.sha256 or ""), evidence).genuine
    report = verify_all()
    assert not report.faults and not report.unknown_files


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("nothing", "no_scan"),
        ("a page", "scan_incomplete"),
        ("twice a page", "scan_incomplete"),
        ("other", "other_scan"),
    ],
)
def test_a_scan_that_is_not_whole_or_not_the_one_shown(what: str, code: str, one: Dossier) -> None:
    pages = paper(one)
    if what != "nothing":
        send({"a page": pages[:1], "twice a page": [pages[0]] * len(pages)}.get(what, pages), one.supplier)
    with pytest.raises(Refused) as refused:
        confirm(one, seen="0" * 64 if what == "other" else "")
    assert refused.value.codes == (code,) and one.order.state == "issued" and not Signature.objects.exists()


def test_only_the_titulaire_confirms(one: Dossier) -> None:
    send(paper(one), one.supplier)
    for actor in (one.supplier, people.attach(one.place, Role.ADJOINT)):
        with pytest.raises(Refused) as refused:
            confirm(one, actor)
        assert refused.value.codes == ("not_allowed",)


def test_an_image_will_do_and_the_last_scan_counts(one: Dossier) -> None:
    send(paper(one)[:1], one.supplier, "PDF")
    with clock.frozen(business=SIGNED, machine=MACHINE.replace(hour=10)):
        send(paper(one), one.titulaire, "TIFF")
    scan = scan_of(document_of(one))
    assert scan is not None and not scan.problem
    confirm(one)
    assert one.order.state == "signed_firm"


def test_a_stack_too_long_leaves_nothing(one: Dossier) -> None:
    with pytest.raises(Refused) as refused:
        send([Image.new("L", (60, 80), 255)] * 61, one.supplier)
    assert refused.value.codes == ("too_many_pages",)
    assert not ScanStack.objects.exists() and not ScannedPage.objects.exists()


def test_the_pages(one: Dossier, client: Client) -> None:
    pages = paper(one)
    client.force_login(User.objects.get(pk=one.supplier.user_id or 0))
    sent = {"file": SimpleUploadedFile("Ma pile.pdf", scanner.stack([*pages[:-1], scanner.spoilt(pages[-1])]))}
    answer = client.post(reverse("documents:scans"), sent)
    stack = ScanStack.objects.get()
    address = reverse("documents:scan_stack", args=[stack.pk])
    assert answer.status_code == 302 and answer["Location"] == address
    page = client.get(address).content.decode()
    assert "code illisible" in page and one.order.number in page
    last = len(pages)
    image = client.get(reverse("documents:scan_image", args=[stack.pk, last]))
    assert image.content.startswith(b"\x89PNG")
    assert client.post(address, {"page": last, "document": ""}).status_code == 200
    assert client.post(address, {"page": last, "document": str(document_of(one).pk)}).status_code == 302
    assert "envoyer" in client.get(reverse("documents:scans")).content.decode().lower()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    shown = client.get(reverse("orders:sign_by_hand", args=[one.pk])).content.decode()
    assert (
        reverse("documents:paper_scan", args=[document_of(one).pk, 1]) in shown
        and "la signature est la mienne" in shown
    )
    scan = scan_of(document_of(one))
    form = {"shown": document_of(one).sha256, "consent": "on", "seen": scan.mark if scan else ""}
    assert "Cochez la case" in client.post(reverse("orders:sign_by_hand", args=[one.pk]), form).content.decode()
    assert client.post(reverse("orders:sign_by_hand", args=[one.pk]), {**form, "mine": "on"}).status_code == 302
    assert one.order.state == "signed_firm"


def test_the_titulaire_is_told_once_the_scan_is_whole(one: Dossier, client: Client) -> None:
    pages = paper(one)
    stack = send([*pages[:-1], scanner.spoilt(pages[-1])], one.supplier)
    deliver_pending()
    told = Notice.objects.filter(user=one.titulaire.user_id, dedup__startswith="scan:")
    assert not told.exists()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    page = reverse("orders:sign_by_hand", args=[one.pk])
    assert page not in client.get(reverse("home")).content.decode()
    attach_by_hand(page_id=stack.pages.get(number=len(pages)).pk, document_id=document_of(one).pk, actor=one.supplier)
    deliver_pending()
    assert [notice.link for notice in told] == [page]
    assert page in client.get(reverse("home")).content.decode()
    send(pages, one.titulaire)
    deliver_pending()
    assert told.count() == 1  # not of what they sent
    confirm(one)
    assert page not in client.get(reverse("home")).content.decode()


def test_what_is_done_to_a_stack_is_in_the_journal(one: Dossier) -> None:
    pages = paper(one)
    stack = send([*pages[:-1], scanner.spoilt(pages[-1])], one.supplier)
    page = stack.pages.get(number=len(pages))
    attach_by_hand(page_id=page.pk, document_id=document_of(one).pk, actor=one.supplier)
    deposited, attached = AuditEvent.objects.filter(object_id=str(stack.pk)).order_by("seq")
    assert (deposited.verb, deposited.actor_id) == ("deposit", one.supplier.user_id)
    assert deposited.data == {"sha256": stack.sha256, "pages": len(pages), "documents": [str(document_of(one).pk)]}
    assert (attached.verb, attached.data["page"]) == ("attach", len(pages))


def test_another_tenant_sees_nothing(one: Dossier, client: Client) -> None:
    stack, stranger = send(paper(one), one.supplier), issued()
    for actor in (stranger.supplier, stranger.titulaire):
        client.force_login(User.objects.get(pk=actor.user_id or 0))
        for address in (
            reverse("documents:scan_stack", args=[stack.pk]),
            reverse("documents:scan_image", args=[stack.pk, 1]),
            reverse("documents:paper_scan", args=[document_of(one).pk, 1]),
            reverse("orders:sign_by_hand", args=[one.pk]),
        ):
            assert client.get(address).status_code == 404


def test_postgresql_attaches_a_page_once(one: Dossier) -> None:
    page = send(paper(one), one.supplier).pages.first()
    assert page is not None and page.document_id
    with pytest.raises(DatabaseError), transaction.atomic():
        ScannedPage.objects.filter(pk=page.pk).update(document=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        page.delete()
