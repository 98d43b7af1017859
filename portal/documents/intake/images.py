"""What an image that somebody sends may be: one that opens whole, of the size of a scanned page."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageFile

from portal.common.refusals import Refusal

MOST_PIXELS = 40_000_000
"""A sheet of A4 at 600 dots an inch has 35 million."""
MOST_FRAMES = 100
_ONE_AT_A_TIME = threading.Lock()
_FORMATS = ("JPEG", "PNG", "TIFF")


def check_image(content: bytes, field: str = "file") -> list[Refusal]:
    """Refuse an image that is damaged, truncated, or larger than a page scanned at 600 dots an inch."""
    try:
        with _strict():
            if _too_large(content):
                words = (
                    "Cette image est trop grande. Numérisez la page à 300 points par pouce, puis envoyez-la de nouveau."
                )
                return [Refusal("image_too_large", words, field)]
    except Exception:  # noqa: BLE001  (bytes that anybody may have written: whatever the decoder trips over)
        return [Refusal("damaged", "Cette image est incomplète ou abîmée. Numérisez la page à nouveau.", field)]
    return []


@contextmanager
def _strict() -> Iterator[None]:
    """Half an image is an error here: WeasyPrint, in the same process, lets it pass for the pages that it draws."""
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("error")
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _too_large(content: bytes) -> bool:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        frames = getattr(image, "n_frames", 1)
        if frames > MOST_FRAMES:
            return True
        for frame in range(frames):
            image.seek(frame)
            if image.width * image.height > MOST_PIXELS:
                return True
            image.load()
    return False
