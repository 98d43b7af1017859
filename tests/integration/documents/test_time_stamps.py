"""Time-stamp authorities over HTTP: the second where the first fails, and later where none answers; never two documents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from orders.domain.snapshot import order_snapshot
from portal.common import clock
from portal.documents import render, sealing, storage, verify
from portal.documents.models import Document
from portal.documents.seal import trust
from portal.documents.seal.authority import Authority
from portal.documents.services.verify_file import verify_file
from portal.outbox.models import OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from tests.factories import sealing as seals
from tests.integration.documents.clocks import Clock
from tests.unit.documents.parts import CONDITIONAL, MACHINE, SIGNATURE

WRONG = ["down", "junk", "refusing", "other", "stranger", "gone"]


@dataclass
class Clocks:
    """Two authorities that the portal knows, in order, and the folder of its roots."""

    first: Clock
    second: Clock
    roots: Path

    def break_first(self, how: str) -> None:
        """Make the first one unusable."""
        if how == "gone":
            self.first.close()
        elif how == "stranger":
            self.first.renew(Authority.made(MACHINE))
        else:
            self.first.mode = how


@pytest.fixture
def clocks(sealing: None, authority: Path, documents_folder: Path, tmp_path: Path) -> Iterator[Clocks]:
    """Two authorities of two roots of their own, beside the demonstration's root that seals."""
    roots = tmp_path / "roots"
    roots.mkdir()
    for path in (*authority.glob("*.pem"), *authority.glob("*.crl")):
        (roots / path.name).write_bytes(path.read_bytes())
    first, second = (Clock(_trusted(roots, name), f"Horloge {name}") for name in ("first", "second"))
    with seals.sealing(authority, documents_folder, SEAL_ROOTS=str(roots), TSA_URLS=[first.url, second.url]):
        yield Clocks(first, second, roots)
    first.close()
    second.close()


def _trusted(roots: Path, name: str) -> Authority:
    """A new authority, whose root and list of revoked certificates are in the folder."""
    owner = Authority.made(MACHINE)
    (roots / f"{name}.pem").write_bytes(owner.root.certificate.public_bytes(Encoding.PEM))
    (roots / f"{name}.crl").write_bytes(owner.revoked().public_bytes(Encoding.DER))
    return owner


def stamped_by(content: bytes) -> set[str]:
    """The names of the authorities whose stamps a file bears."""
    reader = PdfFileReader(io.BytesIO(content))
    tokens = [one.signed_data for one in reader.embedded_timestamp_signatures]
    for one in reader.embedded_regular_signatures:
        tokens += extract_tst_data_iter(one.signer_info, signed=False)
    names = {held.chosen.subject.native["common_name"] for token in tokens for held in token["certificates"]}
    return {name for name in names if name.startswith("Horloge")}


@pytest.fixture(scope="module")
def drawn(django_db_setup: None) -> bytes:
    """An order, before any seal."""
    data = order_snapshot(CONDITIONAL, seals.RULES) | {"verification": {"timestamping": "authority"}}
    return render.rendered(render.html("orders/documents/order.html", data), data).content


def made(drawn: bytes) -> bytes:
    """Issued and signed."""
    issued, _ = sealing.issued(drawn, "Officia Logiciels SAS")
    return sealing.signed(issued, order_snapshot(CONDITIONAL, seals.RULES, SIGNATURE), drawn=False)[0]


def holds(content: bytes) -> bool:
    """Whether the file holds now and after the end of every certificate."""
    found = [verify.examine(content, trust.known(), signed=True, now=MACHINE, in_year=year) for year in (None, 2045)]
    assert [one.reasons for one in found] == [[], []]
    assert [signer.problems for one in found for signer in one.signers] == [()] * 4
    return all(one.holds for one in found)


def test_the_first_authority_alone_is_asked(clocks: Clocks, drawn: bytes) -> None:
    content = made(drawn)
    assert (stamped_by(content), clocks.second.asked) == ({"Horloge first"}, 0)
    assert holds(content)


@pytest.mark.parametrize("how", ["gone", "junk", "stranger"])
def test_the_second_where_the_first_fails_from_the_start(how: str, clocks: Clocks, drawn: bytes) -> None:
    clocks.break_first(how)
    content = made(drawn)
    assert stamped_by(content) == {"Horloge second"}
    assert holds(content)


@pytest.mark.parametrize("how", WRONG)
def test_the_second_where_the_first_fails_one_day(how: str, clocks: Clocks, drawn: bytes) -> None:
    """The process has known the first: the file must hold what the check of the second needs."""
    made(drawn)
    clocks.break_first(how)
    content = made(drawn)
    assert stamped_by(content) == {"Horloge second"}
    assert holds(content)


def test_an_authority_that_renews_its_certificate(clocks: Clocks, drawn: bytes) -> None:
    made(drawn)
    clocks.first.renew(_trusted(clocks.roots, "renewed"))
    content = made(drawn)
    assert (stamped_by(content), clocks.second.asked) == ({"Horloge first"}, 0)
    assert holds(content)


@pytest.mark.django_db
def test_with_no_authority_at_hand_the_document_comes_later_and_once(clocks: Clocks, documents_folder: Path) -> None:
    clocks.first.mode = clocks.second.mode = "down"
    seals.request("order", order_snapshot(CONDITIONAL, seals.RULES))
    assert deliver_pending() == 0
    message = OutboxMessage.objects.get()
    assert message.delivered_at is None and message.available_at > MACHINE
    assert "no time-stamp authority answered" in message.error
    assert not Document.objects.get().is_rendered and list(storage.stored_hashes()) == []
    assert deliver_pending() == 0, "not before its hour"
    clocks.second.mode = "up"
    with clock.frozen(machine=message.available_at + timedelta(seconds=1)):
        assert deliver_pending() == 1
        assert deliver_pending() == 0
        document = Document.objects.get()
        verdict = verify_file(storage.read(document.sha256 or ""))
    assert (document.seal_level, verdict.genuine, verdict.signers[0]["timestamped"]) == ("B-LT", True, True)
    assert list(storage.stored_hashes()) == [document.sha256]
