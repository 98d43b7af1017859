"""An order signed with a certificate of one's own: accepted whole, or refused for what was really done to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal.common import clock
from portal.common.refusals import Refused
from portal.documents import sealing as seals
from portal.documents.domain.methods import CPX, RGS_EIDAS
from portal.documents.seal.authority import Authority
from tests.factories.sealing import Sealed
from tests.integration.documents import attacks
from tests.integration.documents.own_certificates import RPPS, Certifier, accepted, signed
from tests.unit.documents.parts import MACHINE

pytestmark = pytest.mark.django_db
Cards = tuple[Certifier, Certifier]


@pytest.fixture(scope="module")
def cards() -> Cards:
    """An authority of CPx cards, one of RGS and eIDAS certificates."""
    return Certifier(), Certifier()


@pytest.fixture
def roots(cards: Cards, tmp_path: Path) -> Iterator[Path]:
    with accepted(tmp_path / "accepted", cpx=cards[0], rgs=cards[1]):
        yield tmp_path / "accepted"


@pytest.fixture(scope="module")
def mine(cards: Cards, _store: Sealed) -> bytes:
    """The issued order, signed with a card."""
    with clock.frozen(machine=MACHINE):
        return signed(_store.files["issued"], cards[0].issue(), cards[0])


def refused(content: bytes, issued: bytes) -> Refused:
    with pytest.raises(Refused) as told:
        seals.returned(content, issued)
    assert all(one.field == "file" and one.message for one in told.value.refusals)
    return told.value


def test_a_card_signs_in_the_printed_field(mine: bytes, sealed: Sealed, roots: Path) -> None:
    found = seals.returned(mine, sealed.files["issued"])
    assert (found.method, found.field, found.rpps) == (CPX, "Sig_Client", RPPS)
    assert f"8{RPPS}" in found.subject and "démonstration" in found.issuer and int(found.serial, 16) > 0


def test_another_certificate_signs_in_a_field_of_its_own(cards: Cards, sealed: Sealed, roots: Path) -> None:
    issued = sealed.files["issued"]
    found = seals.returned(signed(issued, cards[1].issue("Hélène Œuvrard"), cards[1], "Signature1"), issued)
    assert (found.method, found.field, found.rpps) == (RGS_EIDAS, "Signature1", "")


ATTACKS: dict[str, tuple[Callable[[bytes, bytes], bytes], str]] = {
    "unsigned": (lambda mine, issued: issued, "not_signed"),
    "rewritten": (lambda mine, issued: attacks.rewritten(mine), "other_file"),
    "page drawn after": (lambda mine, issued: attacks.with_page_content(mine), "altered"),
    "note laid after": (lambda mine, issued: attacks.with_annotation(mine), "altered"),
    "file attached after": (lambda mine, issued: attacks.with_attachment(mine), "altered"),
    "junk after": (lambda mine, issued: mine + b"\n% more\n", "more_added"),
    "cut": (lambda mine, issued: mine[: len(issued) + 200], "not_signed"),
    "signature bytes changed": (lambda mine, issued: attacks.flipped(mine, len(issued) + 90), "*"),
}


@pytest.mark.parametrize("which", ATTACKS)
def test_what_was_done_to_the_file_is_found(which: str, mine: bytes, sealed: Sealed, roots: Path) -> None:
    forge, code = ATTACKS[which]
    issued = sealed.files["issued"]
    codes = refused(forge(mine, issued), issued).codes
    assert code == "*" or code in codes


@pytest.mark.parametrize("change", [attacks.with_page_content, attacks.with_annotation, attacks.with_other_data])
def test_a_content_changed_and_then_signed(
    change: Callable[[bytes], bytes], cards: Cards, sealed: Sealed, roots: Path
) -> None:
    issued = sealed.files["issued"]
    forged = signed(change(issued), cards[0].issue(), cards[0], "Signature1")
    assert refused(forged, issued).codes == ("altered",)


def test_the_file_of_another_order(cards: Cards, sealed: Sealed, roots: Path) -> None:
    assert sealed.other.base is not None
    other = sealed.files["other"][: sealed.other.base.size]
    content = signed(other, cards[0].issue(), cards[0])
    assert refused(content, sealed.files["issued"]).codes == ("other_file",)


def test_two_signatures(mine: bytes, cards: Cards, sealed: Sealed, roots: Path) -> None:
    issued = sealed.files["issued"]
    first = signed(issued, cards[1].issue("Une personne"), cards[1], "Signature1")
    both = signed(first, cards[0].issue(), cards[0], "Signature2")
    assert refused(both, issued).codes == ("several",)


def test_the_portal_s_own_signature_is_nobody_s_certificate(sealed: Sealed, roots: Path) -> None:
    assert refused(sealed.files["signed"], sealed.files["issued"]).codes == ("stranger",)


def test_a_stranger_s_certificate(sealed: Sealed, roots: Path) -> None:
    stranger, issued = Certifier(), sealed.files["issued"]
    assert refused(signed(issued, stranger.issue(), stranger), issued).codes == ("stranger",)


def test_a_certificate_that_has_ended(sealed: Sealed, roots: Path) -> None:
    old, issued = Certifier(), sealed.files["issued"]
    old.authority = Authority.made(MACHINE - timedelta(days=4000), timedelta(days=365))
    old.publish(roots / "cpx")
    told = refused(signed(issued, old.issue(), old), issued)
    assert told.codes == ("bad_signature",) and "expiré" in told.refusals[0].message


def test_a_revoked_certificate(cards: Cards, sealed: Sealed, roots: Path) -> None:
    lost, issued = cards[0].issue("8" + "10007654321"), sealed.files["issued"]
    cards[0].publish(roots / "cpx", lost)
    told = refused(signed(issued, lost, cards[0]), issued)
    assert told.codes == ("bad_signature",) and "révoqué" in told.refusals[0].message


def test_a_kind_that_is_not_open(mine: bytes, cards: Cards, sealed: Sealed, tmp_path: Path) -> None:
    with accepted(tmp_path / "one", rgs=cards[1]):
        assert seals.certificate_kinds() == (RGS_EIDAS,)
        assert refused(mine, sealed.files["issued"]).codes == ("stranger",)
    with accepted(tmp_path / "none"):
        assert seals.certificate_kinds() == ()
        assert refused(mine, sealed.files["issued"]).codes == ("no_kind",)
