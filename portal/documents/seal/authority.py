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
class Holder:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def pkcs12(self, *chain: x509.Certificate) -> bytes:
        """The file that holds both and the chain, without a password."""
        return pkcs12.serialize_key_and_certificates(b"portal", self.key, self.certificate, chain, NoEncryption())


@dataclass(frozen=True)
class Authority:
    """A root; what it issues holds from the day before ``at``, for ``life`` (machine time)."""

    root: Holder
    at: datetime
    life: timedelta

    @classmethod
    def made(cls, at: datetime, life: timedelta = LIFE) -> Authority:
        """A new one, with a key of its own."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        name = _name("Autorité de démonstration du portail")
        certificate = (
            _started(name, name, key.public_key(), at, life)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(Holder(certificate, key), at, life)

    def issue(self, common_name: str, purpose: x509.ObjectIdentifier | None = None) -> Holder:
        """A new key with its certificate, for signatures or for the one extended ``purpose``."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        return Holder(self.certify(key.public_key(), common_name, purpose), key)

    def certify(
        self, key: rsa.RSAPublicKey, common_name: str, purpose: x509.ObjectIdentifier | None = None
    ) -> x509.Certificate:
        """The certificate of a key that lies elsewhere."""
        draft = (
            _started(_name(common_name), self.root.certificate.subject, key, self.at, self.life)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(_issuer(self.root), critical=False)
        )
        if purpose is not None:
            draft = draft.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        return draft.sign(self.root.key, hashes.SHA256())

    def revoked(self, *certificates: x509.Certificate) -> x509.CertificateRevocationList:
        """The list of revoked certificates: these, since ``at``."""
        draft = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.root.certificate.subject)
            .last_update(self.at - timedelta(days=1))
            .next_update(self.at + self.life)
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(_issuer(self.root), critical=False)
        )
        for certificate in certificates:
            entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(self.at)
            draft = draft.add_revoked_certificate(entry.build())
        return draft.sign(self.root.key, hashes.SHA256())


def demo_authority(folder: Path) -> Path:
    """The folder of the demonstration's authority, made whole where it is missing. Two at once: one of them stays."""
    if (folder / SEAL_FILE).exists():
        return folder
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".authority-", dir=folder.parent))
    try:
        publish(Authority.made(clock.machine_now()), draft)
        os.rename(draft, folder)  # refused where another process was first: its folder is not empty
    except OSError:
        if not (folder / SEAL_FILE).exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def publish(authority: Authority, folder: Path) -> None:
    """Write into a folder the two keys that an authority issues, its root and its list of revoked certificates."""
    seal = authority.issue("Cachet du portail (démonstration)")
    stamper = authority.issue("Horodatage (démonstration)", ExtendedKeyUsageOID.TIME_STAMPING)
    for name, holder in ((SEAL_FILE, seal), (STAMPER_FILE, stamper)):
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(holder.pkcs12(authority.root.certificate))
    (folder / ROOT_FILE).write_bytes(authority.root.certificate.public_bytes(Encoding.PEM))
    (folder / REVOKED_FILE).write_bytes(authority.revoked().public_bytes(Encoding.DER))


def _started(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _issuer(root: Holder) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())


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
