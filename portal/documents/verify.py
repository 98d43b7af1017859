"""Is this PDF genuine? With the file and the published certificates alone: no portal, no database, no network.

The portal uses this very module, and publishes it: ``python verify.py --roots FOLDER FILE…`` needs pyHanko and nothing
else of the portal. A signature that holds is not enough: the signatures must also be the expected ones, all of them
(a file cut back to its first signature holds), and the whole file must be the one registered (a byte may be changed
where no signature looks), which the portal's register or the evidence of the signature says.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import (
    AdESLTAValidationResult,
    ades_lta_validation,
    simulate_future_ades_lta_validation,
)
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    NonRevokedStatusAssertion,
)
from pyhanko_certvalidator.registry import SimpleTrustManager

ISSUER_FIELD, CLIENT_FIELD = "Sig_Emetteur", "Sig_Client"
DATA_FILE = "donnees.json"
CLOCKS_APART = timedelta(minutes=5)
HOLDS, UNKNOWN_CLOCK = "OK", "UNKNOWN_CLOCK"
_ALTERED = "Le contenu signé a été modifié après la signature."
_STRANGER = "Son certificat n’est pas un certificat du portail."
_EXPIRED = "Son certificat avait expiré, ou sa date n’est pas prouvée."
_REVOKED = "Son certificat est révoqué."
CAUSES = {
    "NO_CERTIFICATE_CHAIN_FOUND": _STRANGER,
    "NO_SIGNING_CERTIFICATE_FOUND": _STRANGER,
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": _STRANGER,
    "EXPIRED": _EXPIRED,
    "OUT_OF_BOUNDS_NO_POE": _EXPIRED,
    "OUT_OF_BOUNDS_NOT_REVOKED": _EXPIRED,
    "NO_POE": _EXPIRED,
    "NOT_YET_VALID": "Son certificat n’était pas encore valable.",
    "REVOKED": _REVOKED,
    "REVOKED_NO_POE": _REVOKED,
    "REVOKED_CA_NO_POE": _REVOKED,
    "TIMESTAMP_ORDER_FAILURE": "Ses horodatages se contredisent.",
    "HASH_FAILURE": _ALTERED,
    "SIG_CRYPTO_FAILURE": "La signature ne correspond pas à son certificat.",
    UNKNOWN_CLOCK: "Son horodatage ne vient pas d’une autorité reconnue par le portail.",
}
"""What the indications of ETSI EN 319 102-1 mean, in French."""


@dataclass(frozen=True)
class Trusted:
    """The published roots, and the lists of revoked certificates known beside those that a file holds."""

    roots: tuple[x509.Certificate, ...]
    revoked: tuple[asn1_crl.CertificateList, ...] = ()


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

    def expect(self, *, signed: bool) -> None:
        """Add the reasons of the signatures that are not those expected; ``signed``: the client's is one of them."""
        if self.readable:
            present = [signer.field for signer in self.signers]
            self.reasons += _unexpected(present, [ISSUER_FIELD, CLIENT_FIELD] if signed else [ISSUER_FIELD])

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
        reader = PdfFileReader(BytesIO(content), strict=True)
        found.data = _data(reader)
        found.signers = [_signer(one, trust, now, in_year) for one in reader.embedded_regular_signatures]
    except Exception as error:  # noqa: BLE001  (bytes that anybody may have written: whatever the parser trips over)
        found.readable = False
        found.reasons.append(f"Le fichier n’est pas un PDF lisible, ou il a été abîmé ({type(error).__name__}).")
    if signed is not None:
        found.expect(signed=signed)
    return found


def _unexpected(present: Sequence[str], expected: Sequence[str]) -> Iterator[str]:
    names = {ISSUER_FIELD: "le cachet de l’émetteur", CLIENT_FIELD: "la signature du client"}
    for name in expected:
        if name not in present:
            yield f"Il manque {names[name]}."
    for name in present:
        if name not in expected:
            yield f"Le fichier porte une signature qui n’était pas attendue ({name})."


def _data(reader: PdfFileReader) -> dict[str, Any] | None:
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


def _signer(signature: EmbeddedPdfSignature, trust: Trusted, now: datetime, in_year: int | None) -> Signer:
    context = ValidationContext(
        trust_roots=trust.roots, moment=now, revinfo_policy=CertRevTrustPolicy(NO_REVOCATION)
    )  # revocation: see _revoked
    status = asyncio.run(async_validate_pdf_signature(signature, context, context))
    token = status.timestamp_validity
    at = token.timestamp if token is not None else signature.self_reported_timestamp
    in_time = _in_time(signature, status, trust, now, in_year)
    problems = [*_changed(status)]
    if at is not None and at > now + CLOCKS_APART:
        problems.append("Elle est datée du futur.")
    if in_time != HOLDS:
        problems.append(CAUSES.get(in_time, f"Sa validité n’est pas établie ({in_time})."))
    if _revoked(signature, status, trust):
        problems.append(_REVOKED)
    return Signer(
        field=signature.field_name,
        name=str(signature.sig_object.get("/Name", "")),
        certificate=signature.signer_cert.subject.human_friendly,
        at=at.astimezone(UTC) if at else None,
        timestamped=token is not None and in_time != UNKNOWN_CLOCK,
        problems=tuple(dict.fromkeys(problems)),
    )


def _changed(status: PdfSignatureStatus) -> Iterator[str]:
    if not status.intact:
        yield _ALTERED
    elif not status.valid:
        yield "La signature ne correspond pas à son certificat."
    if not status.docmdp_ok:
        yield "Le fichier a été complété après coup par autre chose que ce qui était permis."


def _revoked(signature: EmbeddedPdfSignature, status: PdfSignatureStatus, trust: Trusted) -> bool:
    """Whether a known list revokes one of its certificates, from before the moment at which a time-stamp saw it used.

    An old list says less, never something wrong: one that is out of date spoils no genuine file.
    """
    token = status.timestamp_validity
    used = [signature.signer_cert, *signature.other_embedded_certs, *([token.signing_cert] if token else [])]
    serials = {(one.issuer.hashable, one.serial_number) for one in used}
    return any(
        (known.issuer.hashable, entry["user_certificate"].native) in serials
        and (token is None or entry["revocation_date"].native <= token.timestamp)
        for known in trust.revoked
        for entry in known["tbs_cert_list"]["revoked_certificates"]
    )


def _in_time(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, trust: Trusted, now: datetime, in_year: int | None
) -> str:
    """Whether the certificate was good when it was used; time-stamped, this holds after its end too."""
    token = status.timestamp_validity
    if token is None:
        indication = status.trust_problem_indic
        return HOLDS if status.trusted else str(getattr(indication, "standard_name", "NO_CERTIFICATE_CHAIN_FOUND"))
    if status.trusted and token.intact and token.valid and token.trusted and in_year is None:
        return HOLDS
    result = asyncio.run(_long_term(signature, trust, now, in_year))
    holds = result.ades_subindic == AdESPassed.OK
    if (holds and result.signature_timestamp_status is None) or (status.trusted and not holds):
        return UNKNOWN_CLOCK
    return str(result.ades_subindic.standard_name)


async def _long_term(
    signature: EmbeddedPdfSignature, trust: Trusted, now: datetime, in_year: int | None
) -> AdESLTAValidationResult:
    """The check that also holds once the certificates have expired: all that it needs is in the file."""
    stamps = signature.reader.embedded_timestamp_signatures
    # No file can hold the later news of the authority that stamped it last: see _revoked for what is known.
    good = [NonRevokedStatusAssertion(stamps[-1].signer_cert.sha256, at=now)] if stamps else []
    policy = CertValidationPolicySpec(
        SimpleTrustManager.build(trust_roots=trust.roots), CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(nonrevoked_assertions=good),
        )
    )
    if in_year is not None:
        return await simulate_future_ades_lta_validation(signature, spec, datetime(in_year, 1, 1, tzinfo=UTC), now)
    timing = ValidationTimingInfo(now, best_signature_time=now, point_in_time_validation=False)
    return await ades_lta_validation(signature, spec, timing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files from the command line; 0 where all are genuine, 1 where one is not."""
    parser = argparse.ArgumentParser(description="Vérifie des documents du portail sans le portail ni le réseau.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
    parser.add_argument("--roots", type=Path, required=True, help="dossier des certificats publiés (.pem, .crl)")
    parser.add_argument("--signed", action="store_true", help="la signature du client est attendue")
    asked = parser.parse_args(arguments)
    trust = trusted(asked.roots)
    held = True
    for path in asked.files:
        found = examine(path.read_bytes(), trust, signed=asked.signed, now=datetime.now(UTC))
        held = held and found.holds
        print(f"{path} : {'authentique' if found.holds else 'NON AUTHENTIQUE'} (SHA-256 {found.sha256})")
        for signer in found.signers:
            print(f"  {signer.field} : {signer.name}, {signer.at}")
        for reason in [*found.reasons, *(f"{s.field} : {p}" for s in found.signers for p in s.problems)]:
            print(f"  {reason}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
