"""The key at a remote trust-service provider: authorised hash by hash, and what it seals holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.general import SigningError

from orders.domain.snapshot import order_snapshot
from portal.common import clock
from portal.documents import storage
from portal.documents.models import Document
from portal.documents.seal import keys
from portal.documents.seal.authority import Authority
from portal.documents.services.verify_file import verify_file
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.factories import sealing as seals
from tests.integration.documents.provider import CREDENTIAL, PIN, TOKEN, Provider
from tests.unit.documents.parts import CONDITIONAL, MACHINE

pytestmark = pytest.mark.django_db
INFO, AUTHORIZE, SIGN = (
    f"/csc/v1/{name}" for name in ("credentials/info", "credentials/authorize", "signatures/signHash")
)


@pytest.fixture
def provider(sealing: None, authority: Path, documents_folder: Path, tmp_path: Path) -> Iterator[Provider]:
    roots = tmp_path / "roots"
    roots.mkdir()
    made = Provider(Authority.made(MACHINE))
    (roots / "provider.pem").write_bytes(made.authority.root.certificate.public_bytes(Encoding.PEM))
    (roots / "provider.crl").write_bytes(made.authority.revoked().public_bytes(Encoding.DER))
    for path in (*authority.glob("*.pem"), *authority.glob("*.crl")):  # its clock stamps
        (roots / path.name).write_bytes(path.read_bytes())
    reached = {"url": made.url, "credential": CREDENTIAL, "token": TOKEN, "pin": PIN}
    given = {"SEAL_BACKEND": "csc", "SEAL_CSC": reached, "SEAL_ROOTS": str(roots)}
    with seals.sealing(authority, documents_folder, **given):
        yield made
    made.close()
    keys.forget()


def test_an_order_is_sealed_and_signed_at_a_distance(provider: Provider) -> None:
    issued = seals.order()
    signed = seals.signed_order(issued)
    for document, level in ((issued, "B-LT"), (signed, "B-LTA")):
        verdict = verify_file(seals.content(document))
        assert (verdict.reasons, document.seal_level) == ([], level)
    assert provider.asked == [INFO, AUTHORIZE, SIGN, AUTHORIZE, SIGN], "the certificate is asked once a process"
    assert provider.granted == {}, "each authorisation was used for its own hash"


def test_the_document_comes_later_when_the_provider_refuses(provider: Provider) -> None:
    provider.pin = "changed"
    seals.request("order", order_snapshot(CONDITIONAL, seals.RULES))
    assert deliver_pending() == 0
    message = OutboxMessage.objects.get()
    assert not Document.objects.get().is_rendered and message.error
    provider.pin = PIN
    with clock.frozen(machine=message.available_at + timedelta(seconds=1)):
        assert deliver_pending() == 1
        assert verify_file(seals.content(Document.objects.get())).genuine


def test_a_key_that_is_not_the_certified_one_seals_nothing(provider: Provider) -> None:
    provider.holder = replace(provider.holder, key=provider.authority.issue("Autre").key)
    with pytest.raises(SigningError, match="its key is not the one of its certificate"):
        seals.order()
    assert list(storage.stored_hashes()) == []
