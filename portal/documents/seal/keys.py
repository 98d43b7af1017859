"""The key that seals, behind one interface: a PKCS#12 file, a PKCS#11 token, or a remote trust-service provider (CSC).

Opened once a process: parsing an RSA key costs more than signing with it, and a token's session survives no fork.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import Certificate
from django.conf import settings
from pkcs11 import PKCS11Error, Session
from pkcs11.exceptions import UserAlreadyLoggedIn
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.documents.seal.authority import DEMO_ORGANISATION, SEAL_FILE, demo_authority
from portal.documents.seal.remote import remote_signer

_opened: dict[tuple[object, ...], Signer] = {}
_opening = Lock()


class BadSealKey(Exception):
    """The sealing key cannot be used: the message says which setting to look at."""


class LocalSigner(Signer):
    """Signs with a key held in memory, parsed once."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: Certificate, chain: Iterable[Certificate]) -> None:
        store = SimpleCertificateStore()
        store.register_multiple(_asn1(one) for one in chain)
        self._key = key
        super().__init__(signing_cert=_asn1(certificate), cert_registry=store)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """PKCS#1 v1.5 signature; for a trial, as many zeros."""
        if dry_run:
            return bytes(self._key.key_size // 8)
        return self._key.sign(data, padding.PKCS1v15(), getattr(hashes, digest_algorithm.upper())())


def signer() -> Signer:
    """The signer of this process, by ``SEAL_BACKEND``. Raises ``BadSealKey``."""
    opened_by = {"pkcs11": settings.SEAL_PKCS11, "csc": settings.SEAL_CSC}
    place = opened_by.get(settings.SEAL_BACKEND) or {"path": str(seal_file()), "password": settings.SEAL_PASSWORD}
    name = (os.getpid(), settings.SEAL_BACKEND, *sorted(place.items()))
    with _opening:
        opened = _opened.get(name) or _opened.setdefault(name, _open(settings.SEAL_BACKEND, place))
    holder = opened.signing_cert.subject.human_friendly if opened.signing_cert is not None else ""
    if settings.ENVIRONMENT == "production" and DEMO_ORGANISATION in holder:
        raise BadSealKey("SEAL_KEY: the key of a demonstration seals nothing in production")
    return opened


def forget() -> None:
    """Close what this process has opened: the next seal opens it anew."""
    with _opening:
        for name in [one for one in _opened if one[0] == os.getpid()]:
            held = _opened.pop(name)
            if isinstance(held, PKCS11Signer):
                with suppress(PKCS11Error):
                    held.pkcs11_session.close()


def _open(backend: str, place: dict[str, str]) -> Signer:
    if backend == "pkcs11":
        return _from_token(place)
    if backend == "csc":
        return remote_signer()
    return from_file(Path(place["path"]), place["password"])


def seal_file() -> Path:
    """The PKCS#12 file of the seal; in a demonstration it is made where it is missing."""
    if settings.SEAL_KEY:
        return Path(settings.SEAL_KEY)
    return demo_authority(Path(settings.SEAL_DEMO_FOLDER)) / SEAL_FILE


def from_file(path: Path, password: str = "") -> LocalSigner:
    """The signer of a PKCS#12 file. Raises ``BadSealKey`` for another content or password."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise BadSealKey(f"SEAL_KEY: {path.name} cannot be read as PKCS#12 ({error})") from error
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
        raise BadSealKey(f"SEAL_KEY: {path.name} holds no RSA key with its certificate")
    return LocalSigner(key, certificate, chain)


class _TokenSigner(PKCS11Signer):
    """A session that fails is not kept: the next seal opens another one."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        try:
            return bytes(await super().async_sign_raw(data, digest_algorithm, dry_run))
        except PKCS11Error:
            forget()
            raise


def _from_token(token: dict[str, str]) -> Signer:
    try:
        session = _session(token)
    except RuntimeError as error:  # PKCS11Error is one; so is a module that cannot be loaded
        raise BadSealKey(f"SEAL_PKCS11_*: token {token['token']!r} cannot be opened ({error!r})") from error
    every_certificate = None
    return _TokenSigner(
        session, cert_label=token["label"], key_label=token["label"], other_certs_to_pull=every_certificate
    )


def _session(token: dict[str, str]) -> Session:
    criteria = TokenCriteria(label=token["token"])
    try:
        return open_pkcs11_session(token["module"], token_criteria=criteria, user_pin=token["pin"])
    except UserAlreadyLoggedIn:  # PKCS#11 logs a whole process in: a session left open by another part of it did
        return open_pkcs11_session(token["module"], token_criteria=criteria)


def _asn1(certificate: Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
