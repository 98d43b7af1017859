"""People's own certificates, and a PDF signed with one as their software does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.test import override_settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

from portal.documents.seal.authority import Authority, Holder
from tests.unit.documents.parts import MACHINE

RPPS = "10001234567"


class _Software(PdfSigner):
    """The clock of the person's machine agrees with the portal's."""

    def init_signing_session(self, *arguments: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = MACHINE
        return session


class Certifier:
    """An authority of one kind, published where the portal looks."""

    def __init__(self, at: datetime = MACHINE) -> None:
        self.authority = Authority.made(at)
        self._issued: dict[str, Holder] = {}

    def issue(self, name: str = f"8{RPPS}") -> Holder:
        """A certificate; a CPx card bears the national identifier, 8 and the RPPS number."""
        if name not in self._issued:
            self._issued[name] = self.authority.issue(name)
        return self._issued[name]

    def publish(self, folder: Path, *revoked: Holder) -> None:
        """Its root and its list of revoked certificates."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "root.pem").write_bytes(self.authority.root.certificate.public_bytes(Encoding.PEM))
        listed = self.authority.revoked(*(one.certificate for one in revoked))
        (folder / "revoked.crl").write_bytes(listed.public_bytes(Encoding.DER))


@contextmanager
def accepted(folder: Path, *, cpx: Certifier | None = None, rgs: Certifier | None = None) -> Iterator[None]:
    """These authorities are accepted; a kind without one is not."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, certifier in (("cpx", cpx), ("rgs-eidas", rgs)):
        if certifier:
            certifier.publish(folder / name)
    with override_settings(SIGNATURE_ROOTS=str(folder)):
        yield


def signed(content: bytes, holder: Holder, root: Certifier, field: str = "Sig_Client") -> bytes:
    """The file with one signature more, in the field printed for it or in one of its own."""
    signer = SimpleSigner.load_pkcs12_data(holder.pkcs12(root.authority.root.certificate), other_certs=[])
    assert signer is not None
    meta = PdfSignatureMetadata(field_name=field, reason="Bon pour accord")
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    return bytes(_Software(meta, signer=signer).sign_pdf(writer).getvalue())
