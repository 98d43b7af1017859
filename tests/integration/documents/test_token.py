"""The key in a PKCS#11 token (SoftHSM): it never leaves it, and what it seals holds."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from django.test import override_settings
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.rsa import encode_rsa_public_key
from pyhanko.sign.general import SigningError

from portal.documents.models import Document
from portal.documents.seal import keys
from portal.documents.seal.authority import Authority
from portal.documents.seal.keys import BadSealKey
from portal.documents.services.verify_file import verify_file
from tests.factories import sealing as seals
from tests.unit.documents.parts import MACHINE

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
MODULE = next((path for path in MODULES if Path(path).exists()), "")
PIN, TOKEN, LABEL = "648219", "portail", "cachet"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not MODULE or shutil.which("softhsm2-util") is None, reason="SoftHSM manque (paquet softhsm2)"),
]


@dataclass(frozen=True)
class Token:
    """Where the key lies, and the authority that certified it."""

    settings: dict[str, str]
    roots: Path


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    """A software token with one key that cannot be read, and its certificate."""
    home = tmp_path_factory.mktemp("softhsm")
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    made = ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN]
    subprocess.run(made, check=True, capture_output=True)
    authority = Authority.made(MACHINE)
    _fill(authority)
    (home / "root.pem").write_bytes(authority.root.certificate.public_bytes(Encoding.PEM))
    (home / "root.crl").write_bytes(authority.revoked().public_bytes(Encoding.DER))
    yield Token({"module": MODULE, "token": TOKEN, "pin": PIN, "label": LABEL}, home)
    keys.forget()
    del os.environ["SOFTHSM2_CONF"]


def _fill(authority: Authority) -> None:
    with pkcs11.lib(MODULE).get_token(token_label=TOKEN).open(rw=True, user_pin=PIN) as session:
        public, private = session.generate_keypair(KeyType.RSA, 2048, store=True, label=LABEL, id=b"1")
        assert private[Attribute.NEVER_EXTRACTABLE]
        loaded = load_der_public_key(_spki(public))
        assert isinstance(loaded, rsa.RSAPublicKey)
        certificate = authority.certify(loaded, "Cachet dans un module matériel")
        described: dict[Any, Any] = {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.LABEL: LABEL,
            Attribute.ID: b"1",
            Attribute.TOKEN: True,
            Attribute.SUBJECT: certificate.subject.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        }
        session.create_object(described)


def _spki(public: Any) -> bytes:
    der: bytes = encode_rsa_public_key(public)
    return der


@pytest.fixture
def sealed_by_token(token: Token, sealing: None, authority: Path, documents_folder: Path) -> Iterator[None]:
    roots = token.roots
    for path in authority.iterdir():
        if path.suffix in (".pem", ".crl"):  # its clock stamps
            (roots / f"demo-{path.name}").write_bytes(path.read_bytes())
    given = {"SEAL_BACKEND": "pkcs11", "SEAL_PKCS11": token.settings, "SEAL_ROOTS": str(roots)}
    with seals.sealing(authority, documents_folder, **given):
        yield


def genuine(document: Document) -> bool:
    verdict = verify_file(seals.content(document))
    assert verdict.reasons == []
    return verdict.genuine


def test_an_order_is_sealed_and_signed_by_the_token(sealed_by_token: None) -> None:
    issued = seals.order()
    signed = seals.signed_order(issued)
    assert (issued.seal_level, signed.seal_level) == ("B-LT", "B-LTA")
    assert genuine(issued) and genuine(signed)
    opened: Any = keys.signer()
    assert "Cachet dans un module matériel" in opened.signing_cert.subject.human_friendly


def test_a_session_that_broke_is_opened_anew(sealed_by_token: None) -> None:
    seals.order()
    opened: Any = keys.signer()
    opened.pkcs11_session.close()
    with pytest.raises((pkcs11.PKCS11Error, SigningError)):
        seals.order(seals.OTHER)
    assert genuine(seals.order(seals.OTHER))


def test_a_session_left_open_elsewhere_does_not_stop_the_seal(sealed_by_token: None, token: Token) -> None:
    keys.forget()
    left = pkcs11.lib(MODULE).get_token(token_label=TOKEN).open(user_pin=PIN)
    assert genuine(seals.order())
    left.close()
    keys.forget()


@pytest.mark.parametrize("wrong", [{"pin": "111111"}, {"token": "absent"}, {"module": "/absent.so"}])
def test_a_token_that_cannot_be_opened_is_named(wrong: dict[str, str], sealed_by_token: None, token: Token) -> None:
    keys.forget()
    with (
        override_settings(SEAL_PKCS11=token.settings | wrong),
        pytest.raises(BadSealKey, match=r"SEAL_PKCS11_\*: token"),
    ):
        keys.signer()
