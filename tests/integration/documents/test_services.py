"""Documents from the request to the void: written once, and only whole."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from portal.accounts.actors import Actor
from portal.accounts.models import User
from portal.common.canonical import sha256_of
from portal.common.refusals import Refused
from portal.demo.services.step_up import confirm_identity
from portal.documents import render, selectors, storage
from portal.documents.models import Document, Signature
from portal.documents.reactions import on_render_requested
from portal.documents.services.render import render_document
from portal.documents.services.request import request_document
from portal.documents.services.sign import record_signature
from portal.documents.services.void import void_document
from portal.outbox.models import OutboxMessage
from tests.unit.documents import parts

pytestmark = pytest.mark.django_db
Ask = Callable[..., Document]
LATER = parts.ISSUED + timedelta(hours=1)


def sign(document: Document, actor: Actor, **changes: Any) -> Signature:
    given: dict[str, Any] = {
        "signed_at": LATER,
        "consent_version": "order-1",
        "consent_text": "Je passe commande.",
    }
    if actor.user_id and document.sha256:
        confirm_identity(actor.user_id, document.sha256, "order-1")
    return record_signature(document=document, actor=actor, **(given | changes))


def test_a_request_freezes_the_snapshot_and_asks_for_the_rendering(ask: Ask, snapshot: dict[str, Any]) -> None:
    document = ask()
    assert (document.revision, document.title, document.is_rendered) == (1, "Bon de commande", False)
    asked = {**snapshot, "verification": document.snapshot["verification"]}
    assert document.snapshot == asked and document.snapshot_sha256 == sha256_of(asked)
    assert document.code and document.code in document.snapshot["verification"]["address"]
    message = OutboxMessage.objects.get()
    assert (message.topic, message.payload) == ("documents.render", {"id": str(document.pk)})


def test_revisions_are_counted_for_each_kind_and_subject(ask: Ask) -> None:
    assert [ask().revision, ask().revision, ask(kind="order_signed").revision, ask(subject_id="o-2").revision] == [
        1,
        2,
        1,
        1,
    ]


@pytest.mark.parametrize(
    ("field", "value", "error"), [("kind", "poem", LookupError), ("snapshot", {"x": 1.5}, TypeError)]
)
def test_an_unknown_kind_or_a_float_leaves_nothing(ask: Ask, field: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(**{field: value})
    assert (Document.objects.count(), OutboxMessage.objects.count()) == (0, 0)


def test_rendering_stores_one_private_file_under_its_hash(ask: Ask, documents_folder: Path) -> None:
    document = render_document(ask().pk)
    [file] = documents_folder.iterdir()
    content = file.read_bytes()
    assert file.name == f"{hashlib.sha256(content).hexdigest()}.pdf" == f"{document.sha256}.pdf"
    assert (document.size, document.pages, document.rendered_at) == (len(content), 2, parts.MACHINE)
    assert document.template == render.template_reference("orders/documents/order.html")
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(documents_folder.stat().st_mode)) == (0o600, 0o700)


def test_rendering_again_changes_nothing(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    document = ask()
    on_render_requested({"id": str(document.pk)})
    first = Document.objects.values().get()
    monkeypatch.setattr(render, "rendered", lambda html: pytest.fail("rendered twice"))
    on_render_requested({"id": str(document.pk)})
    assert Document.objects.values().get() == first


def test_a_file_left_by_a_crash_is_found_again_by_the_next_run(ask: Ask, documents_folder: Path) -> None:
    document = ask()
    with pytest.raises(RuntimeError, match="crash"), transaction.atomic():
        render_document(document.pk)
        raise RuntimeError("crash")
    document.refresh_from_db()
    assert not document.is_rendered
    assert len(list(documents_folder.iterdir())) == 1
    render_document(document.pk)
    assert len(list(documents_folder.iterdir())) == 1


def test_a_failed_write_leaves_no_file(documents_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        storage.store(b"content")
    assert list(documents_folder.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"number": "BC-2"},
        {"snapshot": {}},
        {"snapshot_sha256": "0" * 64},
        {"thread": "order-2"},
        {"revision": 7},
        {"sha256": "0" * 64},
        {"template": "other@0"},
        {"rendered_at": None, "sha256": None, "size": None, "pages": None, "template": ""},
    ],
)
def test_postgresql_refuses_any_change_of_what_was_issued(ask: Ask, change: dict[str, Any]) -> None:
    document = render_document(ask().pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**change)


def test_postgresql_refuses_half_a_rendering_and_removals(ask: Ask) -> None:
    document = ask()
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(sha256="0" * 64)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).delete()


def test_a_voided_document_stays_readable_and_is_no_longer_the_latest(ask: Ask) -> None:
    first = render_document(ask().pk)
    assert selectors.latest("order", "orders_order", "order-1") == first
    void_document(first, at=LATER, reason="Bon rappelé par le fournisseur")
    assert (first.is_voided, first.void_reason) == (True, "Bon rappelé par le fournisseur")
    assert selectors.latest("order", "orders_order", "order-1") is None
    assert selectors.open_file(first).read(5) == b"%PDF-"
    second = ask()
    assert selectors.latest("order", "orders_order", "order-1") == second
    assert list(selectors.documents_of("order-1")) == [first, second]


def test_voiding_twice_keeps_the_first_reason_and_a_void_needs_one(ask: Ask) -> None:
    document = ask()
    with pytest.raises(Refused):
        void_document(document, at=LATER, reason=" ")
    void_document(document, at=LATER, reason="première")
    void_document(document, at=LATER, reason="seconde")
    assert document.void_reason == "première"
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(voided_at=None, void_reason="")


def test_a_signature_keeps_who_what_and_the_words_agreed_to(ask: Ask, titulaire: Actor) -> None:
    document = render_document(ask().pk)
    signature = sign(document, titulaire)
    stored = Signature.objects.get()
    assert stored == signature
    assert (stored.signer_id, stored.role, stored.organisation_id) == (
        titulaire.user_id,
        "titulaire",
        titulaire.organisation_id,
    )
    assert (stored.document_sha256, stored.signed_at, stored.recorded_at) == (document.sha256, LATER, parts.MACHINE)
    assert (stored.consent_version, stored.consent_text, stored.request_id) == (
        "order-1",
        "Je passe commande.",
        "request-1",
    )


def test_a_document_not_rendered_voided_damaged_or_signed_is_not_signed(ask: Ask, titulaire: Actor) -> None:
    waiting, voided, damaged, signed = ask(), *(render_document(ask().pk) for _ in range(3))
    void_document(voided, at=LATER, reason="rappelé")
    sign(signed, titulaire)
    assert damaged.sha256 is not None
    kept = storage.path_of(damaged.sha256).read_bytes()
    refusals = {}
    for name, document in {"waiting": waiting, "voided": voided, "signed": signed}.items():
        with pytest.raises(Refused) as refused:
            sign(document, titulaire)
        refusals[name] = refused.value.codes
    storage.path_of(damaged.sha256).write_bytes(kept + b"\n")
    with pytest.raises(Refused) as refused:
        sign(damaged, titulaire)
    assert refused.value.codes == ("document_damaged",)
    assert refusals == {
        "waiting": ("document_not_rendered",),
        "voided": ("document_voided",),
        "signed": ("already_signed",),
    }
    assert Signature.objects.count() == 1


def test_only_a_person_signs(ask: Ask) -> None:
    document = render_document(ask().pk)
    with pytest.raises(ValueError, match="person"):
        sign(document, Actor.system())
    assert not Signature.objects.exists()


def test_an_identity_confirmed_for_another_text_signs_nothing(ask: Ask, titulaire: Actor) -> None:
    with pytest.raises(Refused) as refused:
        sign(render_document(ask().pk), titulaire, consent_version="order-2")
    assert refused.value.codes == ("step_up_missing",) and not Signature.objects.exists()


def test_postgresql_ties_a_method_to_its_authentication(ask: Ask, titulaire: Actor) -> None:
    sign(render_document(ask().pk), titulaire)
    row = Signature.objects.values().get() | {"id": uuid4(), "document_id": render_document(ask().pk).pk}
    for changed in ({"step_up_id": None}, {"method": "demonstration"}):
        with pytest.raises(DatabaseError, match="signature_step_up"), transaction.atomic():
            Signature.objects.create(**(row | changed))


def test_postgresql_keeps_signatures_as_they_are(ask: Ask, titulaire: Actor) -> None:
    signature = sign(render_document(ask().pk), titulaire)
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(consent_text="Autre chose")
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).delete()
    twin = Signature.objects.values().get() | {"id": uuid4()}
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.create(**twin)


def test_the_documents_of_an_order_cost_the_same_queries_for_one_and_for_five(
    ask: Ask, titulaire: Actor, django_assert_num_queries: Any
) -> None:
    sign(render_document(ask().pk), titulaire)
    with django_assert_num_queries(1):
        assert [document.number for document in selectors.documents_of("order-1")] == ["BC-2022-000123"]
    for _ in range(4):
        sign(render_document(ask().pk), titulaire)
    with django_assert_num_queries(1):
        assert len(list(selectors.documents_of("order-1"))) == 5
    assert User.objects.count() == 1


def test_a_request_belongs_to_the_callers_transaction(snapshot: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        request_document(
            kind="order",
            subject_type="orders_order",
            subject_id="o",
            thread="o",
            number="BC-1",
            snapshot=snapshot,
            at=parts.ISSUED,
        )
        raise RuntimeError
    assert (Document.objects.count(), OutboxMessage.objects.count()) == (0, 0)
