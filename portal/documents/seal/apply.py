"""Putting the seals into a PDF: for the issuer at the issue, for the client at the signature (PAdES, ETSI EN 319 142).

The issuer's certifies the file and leaves the client's field to be filled (DocMDP 2), with what is needed to check it
for ever (B-LT). The client's locks everything (B-LTA). Both bear the portal's own key: the evidence says who agreed.
Without a time-stamp authority both are B-B.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from tempfile import NamedTemporaryFile
from typing import Any

from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle

from portal.common import clock
from portal.documents.finish import CLIENT, ISSUER
from portal.documents.seal import trust
from portal.documents.seal.keys import signer
from portal.documents.seal.timestamps import stamped

_WHOLE_BOX = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MAX)
INTERNAL, LONG_TERM, ARCHIVED = "B-B", "B-LT", "B-LTA"


@dataclass(frozen=True)
class Sealed:
    """A sealed PDF and the level of its last seal."""

    content: bytes
    level: str


def seal_for_issuer(content: bytes, issuer: str) -> Sealed:
    """Certify a fresh PDF in the issuer's field, named after the supplier or the portal."""

    def seal(authority: TimeStamper | None) -> Sealed:
        meta = PdfSignatureMetadata(
            field_name=ISSUER.name,
            name=issuer,
            reason="Émission du document",
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            **_profile(authority, archived=False),
        )
        return Sealed(_signed(content, meta, authority, None), LONG_TERM if authority else INTERNAL)

    return stamped(seal)


def sign_for_client(content: bytes, client: str, stamp: bytes | None) -> Sealed:
    """Sign a certified PDF in the client's field; nothing may change afterwards.

    The look of the field is the page of ``stamp``; None leaves it as it is printed.
    """

    def sign(authority: TimeStamper | None) -> Sealed:
        meta = PdfSignatureMetadata(
            field_name=CLIENT.name,
            name=client,
            reason="Signature du client",
            docmdp_permissions=MDPPerm.NO_CHANGES,
            **_profile(authority, archived=True),
        )
        return Sealed(_signed(content, meta, authority, stamp), ARCHIVED if authority else INTERNAL)

    return stamped(sign)


def _profile(authority: TimeStamper | None, *, archived: bool) -> dict[str, Any]:
    return {
        "md_algorithm": "sha256",
        "subfilter": SigSeedSubFilter.PADES,
        "embed_validation_info": authority is not None,
        "validation_context": trust.context(),
        "use_pades_lta": archived and authority is not None,
    }


def _signed(content: bytes, meta: PdfSignatureMetadata, authority: TimeStamper | None, stamp: bytes | None) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(content))
    with _look(stamp) as style:
        sealer = _OnTime(meta, signer(), timestamper=authority, stamp_style=style)
        return bytes(sealer.sign_pdf(writer, existing_fields_only=True).getvalue())


class _OnTime(PdfSigner):
    """Says the time of the portal's machine clock."""

    def init_signing_session(self, *arguments: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = clock.machine_now()
        return session


def _blank() -> StaticStampStyle:
    """Nothing: the box is printed already, and pyHanko's own look has a font that PDF/A refuses."""
    return StaticStampStyle(background=RawContent(b"", box=BoxConstraints(1, 1)), border_width=0)


@contextmanager
def _look(stamp: bytes | None) -> Iterator[StaticStampStyle]:
    """The page of a PDF as the look of one signature: used for a second file it would leave dangling references."""
    if stamp is None:
        yield _blank()
        return
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.write(stamp)
        file.flush()
        yield StaticStampStyle.from_pdf_file(file.name, border_width=0, background_layout=_WHOLE_BOX)
