"""The demonstration's own certification authority: made once, marked as such, worth nothing outside.

A root, a certificate that seals, one that time-stamps, and the list of revoked certificates (empty) which makes the
seals verifiable for ever without a network. Never made but in a demonstration.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.common import clock

LIFE, BITS = timedelta(days=3650), 2048
DEMO_ORGANISATION = "DÉMONSTRATION - sans valeur juridique"
SEAL_FILE, STAMPER_FILE, ROOT_FILE, REVOKED_FILE = "seal.p12", "timestamps.p12", "root.pem", "revoked.crl"


@dataclass(frozen=True)
class _Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def demo_authority(folder: Path) -> Path:
    """The folder of the demonstration's authority, made whole where it is missing. Two at once: one of them stays."""
    if (folder / SEAL_FILE).exists():
        return folder
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder.parent))
    try:
        _write(draft, clock.machine_now())
        os.rename(draft, folder)  # refused where another process was first: its folder is not empty
    except OSError:
        if not (folder / SEAL_FILE).exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _write(folder: Path, now: datetime) -> None:
    root = _root(now)
    seal = _issued(root, "Cachet du portail (démonstration)", now)
    stamper = _issued(root, "Horodatage (démonstration)", now, ExtendedKeyUsageOID.TIME_STAMPING)
    for name, holder in ((SEAL_FILE, seal), (STAMPER_FILE, stamper)):
        content = pkcs12.serialize_key_and_certificates(
            b"portal", holder.key, holder.certificate, [root.certificate], NoEncryption()
        )
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
    (folder / ROOT_FILE).write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (folder / REVOKED_FILE).write_bytes(_revoked(root, now).public_bytes(Encoding.DER))


def _root(now: datetime) -> _Holder:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = _name("Autorité de démonstration du portail")
    certificate = (
        _started(name, name, key, now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Holder(certificate, key)


def _issued(root: _Holder, common_name: str, now: datetime, purpose: x509.ObjectIdentifier | None = None) -> _Holder:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    draft = (
        _started(_name(common_name), root.certificate.subject, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
    )
    if purpose is not None:
        draft = draft.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return _Holder(draft.sign(root.key, hashes.SHA256()), key)


def _started(subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _revoked(root: _Holder, now: datetime) -> x509.CertificateRevocationList:
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(now - timedelta(days=1))
        .next_update(now + LIFE)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key()), critical=False)
        .sign(root.key, hashes.SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEMO_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
