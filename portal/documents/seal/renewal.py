"""Archive time-stamps before the certificate of the last one ends: one more, over the whole file (PAdES B-LTA)."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from portal.documents.seal import trust
from portal.documents.seal.timestamps import stamped


def renewed(content: bytes) -> bytes:
    """A sealed PDF with one more archive time-stamp, over all that it holds and what is needed to check the last one.

    Raises ``TimestampRequestError`` where no authority answers, ValueError where none is set.
    """

    def stamp(authority: TimeStamper | None) -> bytes:
        if authority is None:
            raise ValueError("TSA_URLS is not set")
        reader, stamper, context = PdfFileReader(BytesIO(content)), PdfTimeStamper(authority), trust.context()
        if reader.embedded_timestamp_signatures:
            out = stamper.update_archival_timestamp_chain(reader, context, in_place=False)
        else:
            out = stamper.timestamp_pdf(IncrementalPdfFileWriter(BytesIO(content)), "sha256", context)
        return bytes(out.getvalue())

    return stamped(stamp)


def good_until(content: bytes) -> datetime | None:
    """The instant from which the time-stamps of a PDF prove no more; None where a signature of it bears none.

    The end of the certificate of the last archive time-stamp, which covers all before it; without one, the first end
    of those that sealed or time-stamped.
    """
    reader = PdfFileReader(BytesIO(content))
    if archive := reader.embedded_timestamp_signatures:
        return _end(archive[-1].signer_cert)
    ends = []
    for signature in reader.embedded_regular_signatures:
        tokens = list(extract_tst_data_iter(signature.signer_info, signed=False))
        if not tokens:
            return None
        ends += [_end(extract_certificate_info(token).signer_cert) for token in tokens]
        ends.append(_end(signature.signer_cert))
    return min(ends, default=None)


def _end(certificate: x509.Certificate) -> datetime:
    end: datetime = certificate.not_valid_after
    return end
