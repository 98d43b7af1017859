"""A scanned stack, page by page: each as a PDF of its own, with the code that its QR bears.

pypdfium2 (BSD, PDFium) draws, zxing-cpp (Apache-2.0) reads, whichever way the page lies. PDFium is not made for several
threads: one stack at a time in a process.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageSequence

from portal.common.refusals import refuse
from portal.documents.domain.codes import typed
from portal.documents.domain.incoming import PDF, Incoming

MOST_PAGES = 60
"""A stack is read while its sender waits: 0.1 to 0.3 s a page."""
_POINTS, _DENSITIES, _SCREEN = 72, (150, 300), 110
_ADDRESS = re.compile(r"/verifier/([0-9A-Za-z-]{13,15})/?$")
_QR = zxingcpp.barcode_formats_from_str("QRCode")
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Page:
    """One page as a PDF, and the code that it bears; empty where none can be read."""

    content: bytes
    code: str


def pages(stack: Incoming) -> list[Page]:
    """The pages of a stack found safe, in their order. Raises ``Refused`` beyond ``MOST_PAGES``."""
    content = stack.content if stack.media_type == PDF else _as_pdf(stack.content)
    with pikepdf.open(io.BytesIO(content)) as source:
        if len(source.pages) > MOST_PAGES:
            words = f"Cette pile a {len(source.pages)} pages, la limite est de {MOST_PAGES}."
            raise refuse("too_many_pages", f"{words} Partagez-la en plusieurs envois.", "file")
        singles = [_written([page]) for page in source.pages]
    return [Page(single, _code(single)) for single in singles]


def joined(singles: list[bytes]) -> bytes:
    """One PDF of several, in this order."""
    opened = [pikepdf.open(io.BytesIO(single)) for single in singles]
    try:
        return _written([page for source in opened for page in source.pages])
    finally:
        for source in opened:
            source.close()


def picture(single: bytes) -> bytes:
    """The first page of a PDF as a PNG for the screen."""
    out = io.BytesIO()
    _drawn(single, _SCREEN).save(out, "PNG", optimize=False)
    return out.getvalue()


def _written(chosen: list[pikepdf.Page]) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.pages.extend(chosen)
        made.save(out, deterministic_id=True)
    return out.getvalue()


def _as_pdf(content: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(image)]
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:], resolution=_density(frames[0]))
    return out.getvalue()


def _density(frame: Image.Image) -> float:
    """So that the page has the width of A4, whatever the scanner says."""
    return min(frame.size) / 8.27


def _code(single: bytes) -> str:
    return next(_codes(single), "")


def _codes(single: bytes) -> Iterator[str]:
    for density in _DENSITIES:
        for found in zxingcpp.read_barcodes(_drawn(single, density), formats=_QR):
            address = _ADDRESS.search(found.text)
            if address and (code := typed(address[1])):
                yield code


def _drawn(single: bytes, density: int) -> Image.Image:
    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(single)
        try:
            page = document[0]
            width, height = page.get_size()
            scale = min(density / _POINTS, 6000 / max(width, height, 1))
            drawn: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
            return drawn
        finally:
            document.close()
