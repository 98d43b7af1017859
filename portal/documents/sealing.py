"""The door to the seals: their libraries are heavy, so they are loaded by the process that seals, when it does.

Where no key is configured (tests that do not ask for one) nothing is sealed; a running portal refuses to start so.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.common import clock
from portal.common.authorities import DEMO_AUTHORITY

PORTAL = "Portail Ségur Officine"


def enabled() -> bool:
    """Whether documents are sealed here."""
    return bool(settings.SEAL_BACKEND)


def timestamping() -> str:
    """Where the time of the seals comes from, as documents say it: ``authority``, ``demo`` or ``internal``."""
    if not settings.TSA_URLS:
        return "internal"
    return "demo" if set(settings.TSA_URLS) == {DEMO_AUTHORITY} else "authority"


def issued(content: bytes, issuer: str) -> tuple[bytes, str]:
    """A fresh PDF with the seal put for ``issuer``, and the level of the seal."""
    from portal.documents.seal import apply

    sealed = apply.seal_for_issuer(content, issuer)
    return sealed.content, sealed.level


def signed(content: bytes, snapshot: dict[str, Any], *, drawn: bool) -> tuple[bytes, str]:
    """A sealed PDF with the client's signature that ``snapshot`` states, and the level of that signature.

    ``drawn``: the page prints the facts of the signature already, so that its place stays as it is.
    """
    from portal.documents.seal import apply, stamp

    signature = snapshot["signature"]
    look = None if drawn else stamp.stamp(signature, snapshot["frame"]["demo_mention"])
    sealed = apply.sign_for_client(content, signature["signer_name"], look)
    return sealed.content, sealed.level


def examined(content: bytes, own: tuple[str, str, datetime] | None = None) -> Any:
    """What ``portal.documents.verify`` finds in a file, against the roots that the portal trusts.

    ``own``: field, method and date of registration of a client's signature by a certificate of theirs. Which
    signatures are expected is still to be said (``Finding.expect``).
    """
    from portal.documents import verify
    from portal.documents.seal import trust

    found = verify.examine(content, trust.known(), signed=None, now=clock.machine_now())
    if own is not None:
        from portal.documents.seal import certificates

        certificates.rejudged(found, content, field=own[0], method=own[1], at=own[2])
    return found


def returned(content: bytes, issued: bytes) -> Any:
    """The signature that a person added to an issued file outside the portal (see ``certificates.Returned``).

    Raises ``Refused``.
    """
    from portal.documents.seal import certificates

    return certificates.examined(content, issued, clock.machine_now())


def certificate_kinds() -> tuple[str, ...]:
    """The methods of signature by a person's own certificate that are accepted here; none where nothing is sealed."""
    if not (enabled() and settings.SIGNATURE_ROOTS):
        return ()
    from portal.documents.seal import certificates

    return certificates.accepted()


def examined_evidence(document: bytes, evidence: bytes, root: str) -> Any:
    """What ``portal.documents.verify`` finds in the evidence of the signature of a file; ``root``: as published."""
    from portal.documents import verify
    from portal.documents.seal import trust

    return verify.examine_evidence(document, evidence, trust.known(), now=clock.machine_now(), root=root)


def detached_signature(content: bytes) -> bytes:
    """A CAdES signature of any bytes by the portal's key, to lie beside them (DER)."""
    from portal.documents.seal import detached

    return detached.signature_over(content)


def detached_token(content: bytes) -> bytes:
    """An RFC 3161 time-stamp of any bytes, to lie beside them (DER)."""
    from portal.documents.seal import detached

    return detached.token_over(content)


def detached_problems(content: bytes, signature: bytes | None, token: bytes | None, at: datetime | None) -> list[str]:
    """What is wrong, in French, with seals that lie beside their bytes; None is one that there is not.

    ``at``: when the time-stamp's certificate is to be good; None: when it was made. The signature is to be good when
    it was time-stamped, or now where it was not.
    """
    if (signature is None and token is None) or not enabled():
        return []
    from portal.documents.seal import detached

    problems = detached.token_problems(content, token, at) if token is not None else []
    if signature is not None:
        dated = token is not None and not problems
        since = detached.stamped_at(token) if dated and token is not None else clock.machine_now()
        problems += detached.signature_problems(content, signature, since)
    return problems


class NoAuthority(Exception):
    """No time-stamp authority is set, or none answers: the message says which."""


def renewed(content: bytes) -> bytes:
    """A sealed file with one more archive time-stamp. Raises ``NoAuthority``."""
    from portal.documents.seal import renewal

    try:
        return renewal.renewed(content)
    except (OSError, ValueError) as error:
        raise NoAuthority(str(error)) from error


def good_until(content: bytes) -> datetime | None:
    """The instant from which the time-stamps of a file prove no more; None where it bears none."""
    from portal.documents.seal import renewal

    return renewal.good_until(content)


def published_files() -> list[Path]:
    """The certificates and lists that anybody needs to check a seal alone; none where nothing is sealed."""
    if not enabled():
        return []
    from portal.documents.seal import trust

    return sorted(path for path in trust.folder().iterdir() if path.suffix in (".pem", ".crl"))


def published_signatories() -> list[tuple[str, Path]]:
    """The roots and lists of people's own certificates accepted here, each with its name under its kind."""
    if not certificate_kinds():
        return []
    home = Path(settings.SIGNATURE_ROOTS)
    found = sorted(path for path in home.glob("*/*") if path.suffix in (".pem", ".crl"))
    return [(path.relative_to(home).as_posix(), path) for path in found]


def issuer_of(snapshot: dict[str, Any]) -> str:
    """The supplier in whose name a document is issued."""
    supplier = snapshot.get("supplier")
    return str(supplier["name"]) if supplier else str(snapshot["supplier_name"])
