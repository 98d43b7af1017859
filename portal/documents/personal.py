"""A client's signature by a certificate of their own, judged by the roots of such certificates.

Published with ``verify`` to work alone. The roots lie in a folder with one folder a kind (``cpx``, ``rgs-eidas``) of
roots (``*.pem``, with the intermediate certificates that signatures leave out) and of lists of revoked certificates
(``*.crl``, DER); ``horodatage``, where it is there, holds the roots of clocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.documents import verify
from portal.documents.domain.methods import BY_CERTIFICATE, CPX, RGS_EIDAS, method_label
from portal.documents.reader import StrictReader
from portal.documents.verify import ISSUER_FIELD, STRANGER, Finding, Signer, Trusted

FOLDERS = {CPX: "cpx", RGS_EIDAS: "rgs-eidas"}
CLOCKS = "horodatage"
NO_ROOT = "Certificat personnel du signataire, racine non fournie : donnez-la par --personal pour l’établir."
NOT_THEIRS = "Son certificat n’est ni du portail, ni d’une autorité dont la racine est donnée."


def trusted_kinds(home: Path, portal: Trusted) -> dict[str, Trusted]:
    """Whom each kind of certificate trusts, by method; a kind whose folder holds no certificate is left out.

    Its time-stamps may come from the clocks that the portal trusts too.
    """
    found = {method: _read(home / folder) for method, folder in FOLDERS.items()}
    clocks = [portal, *filter(None, [_read(home / CLOCKS)])]
    return {
        method: Trusted(
            own.roots,
            revoked=own.revoked + tuple(one for clock in clocks for one in clock.revoked),
            clocks=tuple(root for clock in clocks for root in clock.roots),
        )
        for method, own in found.items()
        if own is not None
    }


def _read(folder: Path) -> Trusted | None:
    try:
        return verify.trusted(folder)
    except ValueError:
        return None


def rejudged(finding: Finding, content: bytes, *, field: str, roots: Trusted, at: datetime, proven: bool) -> None:
    """Judge the client's signature in ``field`` anew, by the roots of its kind at this instant.

    ``proven``: the register received it then, so that what ends or is revoked later takes nothing back.
    """
    if not finding.readable:
        return
    reader = StrictReader(content)
    for place, one in enumerate(reader.embedded_regular_signatures):
        if one.field_name == field:
            found = verify.signer_of(one, roots, at, proven=at if proven else None)
            finding.signers[place] = replace(found, name=found.name or found.certificate)


@dataclass(frozen=True)
class Personal:
    """A client's signature that is not by the portal's own key: its field, and in words the kind of its certificate.

    ``kind`` is empty where it leads to no root given.
    """

    field: str
    kind: str


def judge_alone(
    finding: Finding, content: bytes, *, kinds: Mapping[str, Trusted], said: Mapping[str, Any] | None, now: datetime
) -> Personal | None:
    """Judge as a personal one the signature that is not by the portal's key; None where there is none such.

    ``said``: what the evidence of the signature says, once it holds: by which method, and when the file was received.
    """
    strangers = [signer for signer in finding.signers[1:] if STRANGER in signer.problems]
    if len(strangers) != 1 or finding.signers[0].field != ISSUER_FIELD:
        return None
    field, method = strangers[0].field, said["method"]["code"] if said else ""
    if method and method not in BY_CERTIFICATE:
        return None
    at = datetime.fromisoformat(said["times"]["recorded_at"]) if said else now
    asked = {code: roots for code, roots in kinds.items() if method in ("", code)}
    for code, roots in asked.items():
        rejudged(finding, content, field=field, roots=roots, at=at, proven=said is not None)
        if STRANGER not in _signer(finding, field).problems:
            return Personal(field, method_label(code))
    _reworded(finding, field, NOT_THEIRS if asked else NO_ROOT)
    return Personal(field, "")


def _signer(finding: Finding, field: str) -> Signer:
    return next(signer for signer in finding.signers if signer.field == field)


def _reworded(finding: Finding, field: str, words: str) -> None:
    for place, signer in enumerate(finding.signers):
        if signer.field == field:
            problems = tuple(words if problem == STRANGER else problem for problem in signer.problems)
            finding.signers[place] = replace(signer, name=signer.name or signer.certificate, problems=problems)
