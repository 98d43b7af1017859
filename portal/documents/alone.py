"""The published script ``verify.py``: files checked with the published certificates alone, on a machine of one's own.

``python verify.py --roots FOLDER FILE…`` needs pyHanko and PyJWT; the pure modules of the portal that it imports are
published beside it. ``--personal FOLDER``: the roots of people's own certificates, without which a signature made with
one is told as such and not established.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from portal.documents.personal import NO_ROOT, Personal, judge_alone, trusted_kinds
from portal.documents.verify import CLIENT_FIELD, Finding, Trusted, examine, examine_evidence, trusted


@dataclass(frozen=True)
class _Against:
    """What files are checked against: the portal's roots, those of people's certificates by method, and the time."""

    trust: Trusted
    kinds: Mapping[str, Trusted]
    now: datetime
    signed: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files from the command line; 0 where all are genuine, 1 where one is not, 2 for wrong usage."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.evidence and len(asked.files) != 1:
        parser.error("--evidence va avec un seul fichier")
    try:
        trust, contents = trusted(asked.roots), [path.read_bytes() for path in asked.files]
        evidence = asked.evidence.read_bytes() if asked.evidence else None
        kinds = trusted_kinds(asked.personal, trust) if asked.personal else {}
    except (OSError, ValueError) as error:
        parser.error(f"lecture impossible : {error}")
    if asked.personal and not kinds:
        parser.error(f"--personal : aucun certificat (*.pem) dans {asked.personal}/cpx ni {asked.personal}/rgs-eidas")
    against = _Against(trust, kinds, datetime.now(UTC), asked.signed or evidence is not None)
    proof = None
    if evidence is not None:
        proof = examine_evidence(contents[0], evidence, trust, now=against.now, root=asked.root)
    said = proof.data if proof is not None and proof.holds else None
    held = [_checked(path, content, against, said) for path, content in zip(asked.files, contents, strict=True)]
    if proof is not None:
        held.append(_told(asked.evidence, proof, None))
    return 0 if all(held) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Vérifie des documents du portail sans le portail ni le réseau.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
    parser.add_argument("--roots", type=Path, required=True, help="dossier des certificats publiés (.pem, .crl)")
    parser.add_argument("--signed", action="store_true", help="la signature du client est attendue")
    parser.add_argument("--evidence", type=Path, metavar="PREUVE", help="preuve de la signature du seul fichier donné")
    parser.add_argument("--root", default="", help="empreinte du journal publiée ce jour-là, pour la preuve")
    parser.add_argument(
        "--personal",
        type=Path,
        metavar="DOSSIER",
        help="racines des certificats personnels : sous-dossiers cpx et rgs-eidas (.pem, .crl), horodatage s’il y en a",
    )
    return parser


def _checked(path: Path, content: bytes, against: _Against, said: Mapping[str, Any] | None) -> bool:
    found = examine(content, against.trust, signed=None, now=against.now)
    personal = None
    if against.signed and found.readable:
        personal = judge_alone(found, content, kinds=against.kinds, said=said, now=against.now)
    found.expect(signed=against.signed, client=personal.field if personal else CLIENT_FIELD)
    return _told(path, found, personal)


def _told(path: Path, found: Finding, personal: Personal | None) -> bool:
    problems = [f"{signer.field} : {problem}" for signer in found.signers for problem in signer.problems]
    print(f"{path} : {_verdict(found)} (SHA-256 {found.sha256})")
    for signer in found.signers:
        kind = f" – {personal.kind}" if personal and personal.kind and personal.field == signer.field else ""
        print(f"  {signer.field} : {signer.name}, {signer.at}{kind}")
    for reason in [*found.reasons, *problems]:
        print(f"  {reason}")
    return found.holds


def _verdict(found: Finding) -> str:
    if found.holds:
        return "authentique"
    only = {problem for signer in found.signers for problem in signer.problems} == {NO_ROOT}
    return "NON ÉTABLI" if only and not found.reasons else "NON AUTHENTIQUE"


if __name__ == "__main__":
    sys.exit(main())
