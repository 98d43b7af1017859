"""Whose certificate sealed, when, and what became of it: found and named, with or without a time-stamp."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID
from pytest_django import Settings

from orders.domain.snapshot import order_snapshot
from portal.common import clock
from portal.documents import render, sealing, verify
from portal.documents.seal import authority as authorities
from portal.documents.seal import trust
from portal.documents.seal.authority import Authority
from portal.documents.seal.keys import BadSealKey
from portal.documents.services.verify_file import verify_file
from tests.factories import sealing as seals
from tests.unit.documents.parts import CONDITIONAL, MACHINE, SIGNATURE

LONG_AGO = datetime(2015, 1, 6, 9, tzinfo=MACHINE.tzinfo)
YEAR, CENTURY = timedelta(days=365), timedelta(days=36500)
STRANGER = "Son certificat n’est pas un certificat du portail."
EXPIRED = "Son certificat avait expiré, ou sa date n’est pas prouvée."
REVOKED = "Son certificat est révoqué."
FUTURE = "Elle est datée du futur."
UNKNOWN_CLOCK = "Son horodatage ne vient pas d’une autorité reconnue par le portail."
Pair = tuple[bytes, bytes]


@pytest.fixture(scope="module")
def drawn(django_db_setup: None) -> bytes:
    """An order, before any seal."""
    data = order_snapshot(CONDITIONAL, seals.RULES) | {"verification": {"timestamping": "demo"}}
    return render.rendered(render.html("orders/documents/order.html", data), data).content


def published(authority: Authority, folder: Path) -> Path:
    """The folder of an authority."""
    folder.mkdir()
    authorities.publish(authority, folder)
    return folder


def sealed_at(at: datetime, drawn: bytes) -> Pair:
    """Issued, then signed, at an instant of the machine."""
    data = order_snapshot(CONDITIONAL, seals.RULES, SIGNATURE)
    with clock.frozen(machine=at):
        issued, _ = sealing.issued(drawn, "Officia Logiciels SAS")
        signed, _ = sealing.signed(issued, data, drawn=False)
    return issued, signed


def problems(pair: Pair, trusted: verify.Trusted, now: datetime = MACHINE) -> list[list[tuple[str, ...]]]:
    """What speaks against each signature, of the issued file and of the signed one."""
    found = [verify.examine(one, trusted, signed=bool(n), now=now) for n, one in enumerate(pair)]
    assert [one.reasons for one in found] == [[], []]
    return [[signer.problems for signer in one.signers] for one in found]


def all_say(*words: str) -> list[list[tuple[str, ...]]]:
    """The same against every signature of both files."""
    return [[words], [words, words]]


@pytest.mark.django_db
def test_the_seal_of_a_look_alike_authority(
    sealing: None, authority: Path, documents_folder: Path, tmp_path: Path
) -> None:
    """The same names everywhere, another key: a document of such a portal is none of ours."""
    other = published(Authority.made(MACHINE), tmp_path / "other")
    with seals.sealing(other, documents_folder):
        content = seals.content(seals.order())
        assert verify_file(content).genuine, "it is genuine for whoever trusts that authority"
    verdict = verify_file(content)
    assert not verdict.genuine
    assert any(STRANGER in reason for reason in verdict.reasons)


def test_an_expired_certificate_without_time_stamp(sealing: None, drawn: bytes, tmp_path: Path) -> None:
    old = published(Authority.made(LONG_AGO, YEAR), tmp_path / "old")
    with seals.sealing(old, tmp_path, TSA_URLS=[]):
        pair, trusted = sealed_at(LONG_AGO, drawn), trust.known()
    assert problems(pair, trusted, LONG_AGO) == all_say()
    assert problems(pair, trusted) == all_say(EXPIRED)


def test_an_expired_certificate_seals_no_more(sealing: None, drawn: bytes, tmp_path: Path) -> None:
    old = published(Authority.made(LONG_AGO, YEAR), tmp_path / "old")
    with seals.sealing(old, tmp_path, TSA_URLS=[]), pytest.raises(Exception, match="could not be validated"):
        sealed_at(MACHINE, drawn)


def test_an_expired_certificate_holds_while_its_time_stamp_does(sealing: None, drawn: bytes, tmp_path: Path) -> None:
    root = Authority.made(LONG_AGO, CENTURY)
    folder = published(replace(root, life=YEAR), tmp_path / "old")
    lasting = root.issue("Horodatage durable", ExtendedKeyUsageOID.TIME_STAMPING)
    (folder / authorities.STAMPER_FILE).write_bytes(lasting.pkcs12(root.root.certificate))
    with seals.sealing(folder, tmp_path):
        pair, trusted = sealed_at(LONG_AGO, drawn), trust.known()
    assert problems(pair, trusted) == all_say()


def test_an_expired_time_stamp_proves_nothing_more(sealing: None, drawn: bytes, tmp_path: Path) -> None:
    root = Authority.made(LONG_AGO, CENTURY)
    with seals.sealing(published(replace(root, life=YEAR), tmp_path / "old"), tmp_path):
        pair, trusted = sealed_at(LONG_AGO, drawn), trust.known()
    assert problems(pair, trusted, LONG_AGO + YEAR / 2) == all_say()
    assert problems(pair, trusted) == all_say(EXPIRED)


@pytest.mark.parametrize(("days", "words"), [(-1, (REVOKED,)), (1, ())], ids=["before", "after"])
def test_a_revoked_certificate(days: int, words: tuple[str, ...], sealing: None, drawn: bytes, tmp_path: Path) -> None:
    """Revoked before its use it is worth nothing; afterwards, the time-stamp proves that it was good."""
    ours = Authority.made(MACHINE - YEAR)
    folder = published(ours, tmp_path / "ours")
    with seals.sealing(folder, tmp_path):
        pair = sealed_at(MACHINE, drawn)
        _, certificate, _ = pkcs12.load_key_and_certificates((folder / authorities.SEAL_FILE).read_bytes(), None)
        assert certificate is not None
        news = replace(ours, at=MACHINE + timedelta(days=days)).revoked(certificate)
        (folder / authorities.REVOKED_FILE).write_bytes(news.public_bytes(Encoding.DER))
        trusted = trust.known()
    now = MACHINE + timedelta(days=2)
    assert problems(pair, trusted, now) == all_say(*words)
    later = verify.examine(pair[1], trusted, signed=True, now=now, in_year=2034)
    assert [signer.problems for signer in later.signers] == [words, words]


def test_a_revoked_certificate_without_time_stamp(sealing: None, drawn: bytes, tmp_path: Path) -> None:
    ours = Authority.made(MACHINE - YEAR)
    folder = published(ours, tmp_path / "ours")
    with seals.sealing(folder, tmp_path, TSA_URLS=[]):
        pair = sealed_at(MACHINE, drawn)
        _, certificate, _ = pkcs12.load_key_and_certificates((folder / authorities.SEAL_FILE).read_bytes(), None)
        assert certificate is not None
        news = replace(ours, at=MACHINE + timedelta(days=1)).revoked(certificate)
        (folder / authorities.REVOKED_FILE).write_bytes(news.public_bytes(Encoding.DER))
        assert problems(pair, trust.known()) == all_say(REVOKED), "nothing proves that it was used before"


def test_a_time_in_the_future(sealing: None, drawn: bytes, authority: Path, tmp_path: Path) -> None:
    pair = sealed_at(MACHINE + timedelta(days=30), drawn)
    assert problems(pair, trust.known()) == all_say(FUTURE)
    assert problems(pair, trust.known(), MACHINE + timedelta(days=31)) == all_say()


def test_the_time_of_an_authority_that_is_not_recognised(sealing: None, drawn: bytes, tmp_path: Path) -> None:
    ours, other = Authority.made(MACHINE), Authority.made(MACHINE)
    folder, roots = published(ours, tmp_path / "ours"), published(ours, tmp_path / "roots")
    stranger = other.issue("Horloge complaisante", ExtendedKeyUsageOID.TIME_STAMPING)
    (folder / authorities.STAMPER_FILE).write_bytes(stranger.pkcs12(other.root.certificate))
    (roots / "other.pem").write_bytes(other.root.certificate.public_bytes(Encoding.PEM))
    (roots / "other.crl").write_bytes(other.revoked().public_bytes(Encoding.DER))
    with seals.sealing(folder, tmp_path, SEAL_ROOTS=str(roots)):
        pair, both = sealed_at(MACHINE, drawn), trust.known()
    assert problems(pair, both) == all_say()
    (roots / "other.pem").unlink()
    found = verify.examine(pair[1], verify.trusted(roots), signed=True, now=MACHINE)
    assert [(signer.problems, signer.timestamped) for signer in found.signers] == [((UNKNOWN_CLOCK,), False)] * 2


def test_the_key_of_a_demonstration_seals_nothing_in_production(
    sealing: None, drawn: bytes, settings: Settings
) -> None:
    settings.ENVIRONMENT = "production"
    with pytest.raises(BadSealKey, match="SEAL_KEY: the key of a demonstration"):
        sealed_at(MACHINE, drawn)


@pytest.mark.parametrize("content", [b"", b"no key at all"], ids=["empty", "other"])
def test_a_file_that_holds_no_key_is_named(
    content: bytes, sealing: None, drawn: bytes, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "seal.p12").write_bytes(content)
    settings.SEAL_KEY = str(tmp_path / "seal.p12")
    with pytest.raises(BadSealKey, match=r"SEAL_KEY: seal\.p12 cannot be read as PKCS#12"):
        sealed_at(MACHINE, drawn)


def test_a_wrong_password_is_named(sealing: None, drawn: bytes, settings: Settings, authority: Path) -> None:
    settings.SEAL_KEY, settings.SEAL_PASSWORD = str(authority / authorities.SEAL_FILE), "wrong"
    with pytest.raises(BadSealKey, match=r"SEAL_KEY: seal\.p12 cannot be read"):
        sealed_at(MACHINE, drawn)
