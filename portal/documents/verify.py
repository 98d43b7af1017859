"""Is this PDF genuine? From the file and the published certificates alone: no portal, no database, no network.

The portal uses this very module, and publishes it with the script ``alone``. A signature that holds is not enough: the
signatures must also be the expected ones, all of them (a file cut back to its first signature holds), and the whole
file must be the one registered (a byte may be changed where no signature looks), which the portal's register or the
evidence of the signature says.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import pem, x509
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import simulate_future_ades_lta_validation
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from portal.documents.domain.evidence import evidence_problems
from portal.documents.reader import StrictReader

ISSUER_FIELD, CLIENT_FIELD = "Sig_Emetteur", "Sig_Client"
DATA_FILE = "donnees.json"
CLOCKS_APART = timedelta(minutes=5)
HOLDS, UNKNOWN_CLOCK = "OK", "UNKNOWN_CLOCK"
_ALTERED = "Le contenu signé a été modifié après la signature."
STRANGER = "Son certificat n’est pas un certificat du portail."
_EXPIRED = "Son certificat avait expiré, ou sa date n’est pas prouvée."
_REVOKED = "Son certificat est révoqué."
CAUSES = {
    "NO_CERTIFICATE_CHAIN_FOUND": STRANGER,
    "NO_SIGNING_CERTIFICATE_FOUND": STRANGER,
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": STRANGER,
    "EXPIRED": _EXPIRED,
    "OUT_OF_BOUNDS_NO_POE": _EXPIRED,
    "OUT_OF_BOUNDS_NOT_REVOKED": _EXPIRED,
    "NO_POE": _EXPIRED,
    "NOT_YET_VALID": "Son certificat n’était pas encore valable.",
    UNKNOWN_CLOCK: "Son horodatage ne vient pas d’une autorité reconnue par le portail.",
}
"""What the indications of ETSI EN 319 102-1 mean, in French."""


@dataclass(frozen=True)
class Trusted:
    """The published roots, and the lists of revoked certificates known beside those that a file holds."""

    roots: tuple[x509.Certificate, ...]
    revoked: tuple[asn1_crl.CertificateList, ...] = ()
    clocks: tuple[x509.Certificate, ...] = ()
    """More roots, for time-stamps alone."""


@dataclass(frozen=True)
class Signer:
    """One signature of the file: its field, the name that it bears, when by which clock, and what is wrong with it."""

    field: str
    name: str
    certificate: str
    at: datetime | None
    timestamped: bool
    problems: tuple[str, ...] = ()


@dataclass
class Finding:
    """What was found in one file. ``reasons``: why it is not genuine, in French; none where it is."""

    sha256: str
    signers: list[Signer] = field(default_factory=list)
    data: dict[str, Any] | None = None
    reasons: list[str] = field(default_factory=list)
    readable: bool = True

    def expect(self, *, signed: bool, client: str = CLIENT_FIELD) -> None:
        """Add the reasons of the signatures that are not those expected; ``signed``: the client's is one of them."""
        if self.readable:
            present = [signer.field for signer in self.signers]
            self.reasons += _unexpected(present, [ISSUER_FIELD, client] if signed else [ISSUER_FIELD])

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the file."""
        return not self.reasons and not any(signer.problems for signer in self.signers)


def trusted(folder: Path) -> Trusted:
    """The ``*.pem`` and ``*.crl`` of a folder. Raises ValueError where it holds no certificate."""
    roots = tuple(
        x509.Certificate.load(der)
        for path in sorted(folder.glob("*.pem"))
        for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)
    )
    if not roots:
        raise ValueError(f"no certificate (*.pem) in {folder}")
    return Trusted(roots, tuple(asn1_crl.CertificateList.load(p.read_bytes()) for p in sorted(folder.glob("*.crl"))))


def examine(
    content: bytes, trust: Trusted, *, signed: bool | None, now: datetime, in_year: int | None = None
) -> Finding:
    """Check the seals of a PDF. ``signed``: the client's signature is expected too; None: to be said later, by
    ``Finding.expect``. ``now``: by the clock.

    ``in_year``: what the check will say on 1 January of that later year, when certificates have expired.
    """
    found = Finding(hashlib.sha256(content).hexdigest())
    try:
        reader = StrictReader(content)
        found.data = _data(reader)
        found.signers = [signer_of(one, trust, now, in_year) for one in reader.embedded_regular_signatures]
    except Exception as error:  # noqa: BLE001  (bytes that anybody may have written: whatever the parser trips over)
        found.readable = False
        found.reasons.append(f"Le fichier n’est pas un PDF lisible, ou il a été abîmé ({type(error).__name__}).")
    if signed is not None:
        found.expect(signed=signed)
    return found


def examine_evidence(document: bytes, evidence: bytes, trust: Trusted, *, now: datetime, root: str = "") -> Finding:
    """Check the evidence of the signature of ``document``: its own seal, then every hash that it states.

    ``root``: the published root of its day, in hexadecimal, where it is known otherwise.
    """
    found = examine(evidence, trust, signed=False, now=now)
    if found.readable:
        found.reasons += evidence_problems(document, found.data, root_hash=root)
    return found


def _unexpected(present: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    for name in expected:
        if name not in present:
            yield f"Il manque {'le cachet de l’émetteur' if name == ISSUER_FIELD else 'la signature du client'}."
    for name in present:
        if name not in expected:
            yield f"Le fichier porte une signature qui n’était pas attendue ({name})."


def _data(reader: StrictReader) -> dict[str, Any] | None:
    """The canonical JSON that the file carries, as it was before any later update of the file."""
    first = reader.get_historical_resolver(0) if reader.total_revisions > 1 else reader
    node = first.root
    for key in ("/Names", "/EmbeddedFiles", "/Names"):
        if key not in node:
            return None
        node = node[key]
    for at in range(0, len(node), 2):
        if str(node[at]) == DATA_FILE:
            loaded: dict[str, Any] = json.loads(node[at + 1]["/EF"]["/F"].data)
            return loaded
    return None


def signer_of(
    signature: EmbeddedPdfSignature,
    trust: Trusted,
    now: datetime,
    in_year: int | None = None,
    proven: datetime | None = None,
) -> Signer:
    """One signature judged by these roots; ``proven``: when it is known to have existed, beside its time-stamps."""
    stamp = next(extract_tst_data_iter(signature.signer_info, signed=False), None)
    said = stamp["encap_content_info"]["content"].parsed["gen_time"].native if stamp is not None else None
    at = said or signature.self_reported_timestamp
    status = asyncio.run(_status(signature, trust, now, said or now))
    codes = [*_codes(status)]
    if in_year is not None and stamp is not None:
        codes.append(asyncio.run(_in_year(signature, trust, now, in_year)))
    problems = [*_changed(status)]
    if at is not None and at > now + CLOCKS_APART:
        problems.append("Elle est datée du futur.")
    problems += [CAUSES.get(code, f"Sa validité n’est pas établie ({code}).") for code in codes if code != HOLDS]
    if _listed([signature.signer_cert, *signature.other_embedded_certs], trust, said or proven):
        problems.append(_REVOKED)
    return Signer(
        field=signature.field_name,
        name=str(signature.sig_object.get("/Name", "")),
        certificate=signature.signer_cert.subject.human_friendly,
        at=at.astimezone(UTC) if at else None,
        timestamped=stamp is not None and UNKNOWN_CLOCK not in codes,
        problems=tuple(dict.fromkeys(problems)),
    )


def _at(trust: Trusted, moment: datetime, *, clock: bool = False) -> ValidationContext:
    """Whether a certificate, of a clock too, is good at an instant; whether it was revoked: see ``_listed``."""
    roots = (*trust.roots, *trust.clocks) if clock else trust.roots
    return ValidationContext(trust_roots=roots, moment=moment, revinfo_policy=CertRevTrustPolicy(NO_REVOCATION))


async def _status(signature: EmbeddedPdfSignature, trust: Trusted, now: datetime, said: datetime) -> PdfSignatureStatus:
    """The signature: its certificate good now or when it was proved to exist, its time-stamp at the time it says."""
    clock = _at(trust, said, clock=True)
    status = await async_validate_pdf_signature(signature, _at(trust, now), clock)
    if status.trusted:
        return status
    proved = await _proved(signature, trust, now)
    return await async_validate_pdf_signature(signature, _at(trust, proved), clock)


async def _proved(signature: EmbeddedPdfSignature, trust: Trusted, now: datetime) -> datetime:
    """The first instant at which time-stamps show the signature: each good when the next was put, the last one now."""
    proved = now
    for stamp in reversed(signature.reader.embedded_timestamp_signatures):
        if stamp.signed_revision <= signature.signed_revision:
            break
        covers = stamp.evaluate_signature_coverage() >= SignatureCoverageLevel.ENTIRE_REVISION
        archive = await async_validate_pdf_timestamp(stamp, _at(trust, proved, clock=True), skip_diff=True)
        if not (covers and _good(archive)) or _listed([stamp.signer_cert], trust, archive.timestamp):
            return proved
        proved = archive.timestamp
    own = (
        await async_validate_pdf_signature(signature, _at(trust, now), _at(trust, proved, clock=True))
    ).timestamp_validity
    return own.timestamp if own is not None and _good(own) and own.timestamp < proved else proved


def _good(stamp: TimestampSignatureStatus) -> bool:
    return bool(stamp.intact and stamp.valid and stamp.trusted)


def _codes(status: PdfSignatureStatus) -> Iterator[str]:
    if status.timestamp_validity is not None and not _good(status.timestamp_validity):
        yield UNKNOWN_CLOCK
    if not status.trusted:
        yield str(getattr(status.trust_problem_indic, "standard_name", "NO_CERTIFICATE_CHAIN_FOUND"))


def _changed(status: PdfSignatureStatus) -> Iterator[str]:
    if not status.intact:
        yield _ALTERED
    elif not status.valid:
        yield "La signature ne correspond pas à son certificat."
    if not status.docmdp_ok:
        yield "Le fichier a été complété après coup par autre chose que ce qui était permis."


def _listed(used: Sequence[x509.Certificate], trust: Trusted, at: datetime | None) -> bool:
    """Whether a known list revokes one of these certificates from before the instant at which it was used; None: ever.

    An old list says less, never something wrong: one that is out of date spoils no genuine file.
    """
    serials = {(one.issuer.hashable, one.serial_number) for one in used}
    return any(
        (known.issuer.hashable, entry["user_certificate"].native) in serials
        and (at is None or entry["revocation_date"].native <= at)
        for known in trust.revoked
        for entry in known["tbs_cert_list"]["revoked_certificates"]
    )


async def _in_year(signature: EmbeddedPdfSignature, trust: Trusted, now: datetime, year: int) -> str:
    """What pyHanko's own long-term check (ETSI EN 319 102-1, 5.6.3) says in a later year, from what the file holds."""
    policy = CertValidationPolicySpec(
        SimpleTrustManager.build(trust_roots=trust.roots), CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    offline = RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY)
    spec = PdfSignatureValidationSpec(SignatureValidationSpec(policy, offline))
    result = await simulate_future_ades_lta_validation(signature, spec, datetime(year, 1, 1, tzinfo=UTC), now)
    return str(result.ades_subindic.standard_name)
