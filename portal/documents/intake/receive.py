"""The one door by which a file enters: size, kind, contents and virus are judged before anything is kept of it."""

from __future__ import annotations

import hashlib

from django.core.files.uploadedfile import UploadedFile

from portal.common.patient_numbers import check_file_name
from portal.common.refusals import Refused
from portal.documents.domain.incoming import (
    IMAGES,
    MAX_BYTES,
    PDF,
    PDFS,
    ZIP,
    Incoming,
    check_incoming,
    label_of,
    media_type,
)
from portal.documents.intake.antivirus import check_virus
from portal.documents.intake.archives import check_archive
from portal.documents.intake.images import check_image
from portal.documents.intake.pdf import check_pdf

_LOOKS = {PDF: check_pdf, ZIP: check_archive, **dict.fromkeys(IMAGES, check_image)}
"""How each kind is looked into; plain text is only read."""


def receive(
    upload: UploadedFile[bytes], kinds: frozenset[str] = PDFS, *, contents: bool = True, field: str = "file"
) -> Incoming:
    """The file sent, in memory, once it is found safe.

    ``contents``: look inside and at its name too; a page that only tells what a file is worth does so by itself.
    Raises ``Refused`` with every reason of the first check that fails; nothing is stored either way.
    """
    content = bytes(upload.read(MAX_BYTES + 1))
    return received(content, upload.name or "", kinds, contents=contents, field=field)


def received(
    content: bytes, name: str, kinds: frozenset[str] = PDFS, *, contents: bool = True, field: str = "file"
) -> Incoming:
    """The same of bytes that are in memory already."""
    label = label_of(name)
    refusals = check_incoming(content, kinds, field) or (check_file_name(label, field) if contents else [])
    if contents and not refusals:
        look = _LOOKS.get(media_type(content))
        refusals = look(content, field) if look else []
    refusals = refusals or check_virus(content, field)
    if refusals:
        raise Refused(refusals)
    return Incoming(content, media_type(content), label, hashlib.sha256(content).hexdigest())
