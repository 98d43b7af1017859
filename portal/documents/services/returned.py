"""A document signed outside the portal, given back: is it this document, signed by this person, with nothing more?"""

from __future__ import annotations

from portal.accounts.selectors import national_id_of
from portal.common.refusals import refuse
from portal.documents import sealing, storage
from portal.documents.domain.methods import doubt_of
from portal.documents.models import Document
from portal.documents.services.sign import Given

_RPPS_DIGITS = 11


def signed_elsewhere(content: bytes, *, document: Document | None, user_id: int | None) -> Given:
    """What a person gives back, judged; nothing is kept of it yet. Reads only.

    The RPPS number of the certificate must be the person's, where both are known; else the doubt is kept. Raises
    ``Refused``.
    """
    if document is None or document.sha256 is None:
        raise refuse("document_pending", "Le document à signer est en préparation. Réessayez dans quelques secondes.")
    found = sealing.returned(content, storage.read(document.sha256))
    known = national_id_of(user_id or 0)[-_RPPS_DIGITS:]
    if found.rpps and known and found.rpps != known:
        raise refuse(
            "other_person",
            f"Ce fichier a été signé avec le certificat d’une autre personne (RPPS {found.rpps}). Signez vous-même, "
            "avec votre certificat, puis renvoyez le fichier.",
            "file",
        )
    certificate = {name: getattr(found, name) for name in ("subject", "issuer", "serial", "rpps")}
    return Given(found.method, content, document.sha256, found.field, certificate, doubt_of(found.rpps, known))
