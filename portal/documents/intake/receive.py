"""The one door by which a file enters: size, kind, contents and virus are judged before anything is kept of it."""

from __future__ import annotations

import hashlib

from django.core.files.uploadedfile import UploadedFile

from portal.common.refusals import Refused
from portal.documents.domain.incoming import MAX_BYTES, PDF, Incoming, check_incoming, label_of, media_type
from portal.documents.intake.antivirus import check_virus
from portal.documents.intake.images import check_image
from portal.documents.intake.pdf import check_pdf


def receive(
    upload: UploadedFile[bytes], kinds: frozenset[str] = frozenset({PDF}), *, contents: bool = True, field: str = "file"
) -> Incoming:
    """The file sent, in memory, once it is found safe.

    ``contents``: look inside too; a page that only tells what a file is worth does so by itself. Raises ``Refused``
    with every reason of the first check that fails; nothing is stored either way.
    """
    content = bytes(upload.read(MAX_BYTES + 1))
    refusals = check_incoming(content, kinds, field)
    if contents and not refusals:
        refusals = (check_pdf if media_type(content) == PDF else check_image)(content, field)
    refusals = refusals or check_virus(content, field)
    if refusals:
        raise Refused(refusals)
    return Incoming(content, media_type(content), label_of(upload.name or ""), hashlib.sha256(content).hexdigest())
