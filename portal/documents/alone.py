"""The published script ``verify.py``: files checked with the published certificates alone, on a machine of one's own.

``python verify.py --roots FOLDER FILE…`` needs pyHanko and PyJWT; the pure modules of the portal that it imports are
published beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from portal.documents.verify import Finding, examine, examine_evidence, trusted


def main(arguments: Sequence[str] | None = None) -> int:
    """Check files from the command line; 0 where all are genuine, 1 where one is not, 2 for wrong usage."""
    parser = argparse.ArgumentParser(description="Vérifie des documents du portail sans le portail ni le réseau.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FICHIER")
    parser.add_argument("--roots", type=Path, required=True, help="dossier des certificats publiés (.pem, .crl)")
    parser.add_argument("--signed", action="store_true", help="la signature du client est attendue")
    parser.add_argument("--evidence", type=Path, metavar="PREUVE", help="preuve de la signature du seul fichier donné")
    parser.add_argument("--root", default="", help="empreinte du journal publiée ce jour-là, pour la preuve")
    asked = parser.parse_args(arguments)
    if asked.evidence and len(asked.files) != 1:
        parser.error("--evidence va avec un seul fichier")
    try:
        trust, contents = trusted(asked.roots), [path.read_bytes() for path in asked.files]
        evidence = asked.evidence.read_bytes() if asked.evidence else None
    except (OSError, ValueError) as error:
        parser.error(f"lecture impossible : {error}")
    now, held = datetime.now(UTC), True
    signed = asked.signed or evidence is not None
    for path, content in zip(asked.files, contents, strict=True):
        held = _told(path, examine(content, trust, signed=signed, now=now)) and held
    if evidence is not None:
        held = _told(asked.evidence, examine_evidence(contents[0], evidence, trust, now=now, root=asked.root)) and held
    return 0 if held else 1


def _told(path: Path, found: Finding) -> bool:
    print(f"{path} : {'authentique' if found.holds else 'NON AUTHENTIQUE'} (SHA-256 {found.sha256})")
    for signer in found.signers:
        print(f"  {signer.field} : {signer.name}, {signer.at}")
    for reason in [*found.reasons, *(f"{s.field} : {p}" for s in found.signers for p in s.problems)]:
        print(f"  {reason}")
    return found.holds


if __name__ == "__main__":
    sys.exit(main())
