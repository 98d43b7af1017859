"""What is wrong with the seal of a published root: against the certificates trusted, the files and the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from portal.audit import files, sealing
from portal.audit.models import AuditRoot
from portal.audit.publishing import fingerprints, seal_of, statement_of
from portal.common import clock

PUT_OFF = timedelta(days=1)
"""How long the schedule may try to seal a root before its lack is told."""
_NAMES = {"signature": "signature", "token": "horodatage"}
_ENDINGS = {"p7s": "signature", "tst": "horodatage"}


def problems(root: AuditRoot, known: Mapping[str, str], *, last: bool) -> Iterator[str]:
    """In French. ``known``: what the journal holds of this root's seal.

    ``last``: no later time-stamp dates its own, so that its certificate must be good now.
    That of an earlier root counts by the day of its making: the journal holds its hash, and the next
    time-stamp the journal.
    """
    seal = seal_of(root)
    content = statement_of(root).content()
    yield from _lacking(root, known)
    for ending, part in files.seal_parts(seal).items():
        lying = files.read_plain(files.seal_path(root.day, ending))
        if lying != part:
            what = "manque" if lying is None else "n’est pas celui de la table"
            yield f"fichier du {root.day:%d/%m/%Y} : le fichier .{ending} ({_ENDINGS[ending]}) {what}"
    yield from sealing.problems(content, seal, clock.machine_now() if last else None)


def _lacking(root: AuditRoot, known: Mapping[str, str]) -> Iterator[str]:
    held = fingerprints(seal_of(root))
    for name, told in _NAMES.items():
        if name in known and held.get(name) != known[name]:
            gone = "a été retirée" if name not in held else "n’est pas celle que le journal a inscrite"
            yield f"sa part de sceau ({told}) {gone}"
        elif name in held and name not in known:
            yield f"le journal ne connaît pas sa part de sceau ({told})"
    waited = clock.machine_now() - root.made_at > PUT_OFF
    for name, lacks in zip(_NAMES, sealing.lacking(seal_of(root), known), strict=True):
        if lacks and waited:
            yield f"il lui manque sa part de sceau ({_NAMES[name]}), alors que le portail scelle"
