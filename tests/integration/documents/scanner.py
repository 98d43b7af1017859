"""A scanner: pages printed, then seen again as grey images, crooked and upside down."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2
from PIL import Image, ImageDraw

INK = 40


def printed(content: bytes, density: int = 150) -> list[Image.Image]:
    """The pages of a PDF on paper."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.render(scale=density / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def signed_by_hand(page: Image.Image) -> Image.Image:
    """A stroke of ink."""
    signed = page.copy()
    ImageDraw.Draw(signed).line([(200, 900), (320, 840), (420, 930), (600, 860)], fill=INK, width=4)
    return signed


def crooked(page: Image.Image, degrees: float) -> Image.Image:
    """As it lay on the glass."""
    return page.rotate(degrees, expand=True, fillcolor=255)


def spoilt(page: Image.Image) -> Image.Image:
    """Its code is hidden by a stain."""
    stained = page.copy()
    width, height = stained.size
    ImageDraw.Draw(stained).rectangle([0, height * 0.85, width, height], fill=90)
    return stained


def stack(pages: Sequence[Image.Image], kind: str = "PDF") -> bytes:
    """One file of them all."""
    out = io.BytesIO()
    pages[0].save(out, kind, save_all=True, append_images=list(pages[1:]), resolution=150)
    return out.getvalue()
