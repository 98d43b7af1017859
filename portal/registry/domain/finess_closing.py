"""When the absence of a pharmacy from a national file means that it has closed (docs/adr/0010-finess-closing.md).

Neither layout has a closing date: FINESS open data carries only open establishments, so a closing shows as an
absence. But an absence also comes from a partial file, a broken download or a bad row; a pharmacy closed by mistake
loses its funding, one left open by mistake is closed by the next file. So absence closes only where the file is
evidently complete, department by department:

* the file is no older than the latest one imported, and does not break off in the middle of a line;
* it carries at least one pharmacy of the department, and at least 90 % of the open ones known from earlier national
  files, or all of them but one (departments with few pharmacies);
* no row of that department has an unreadable FINESS number (it could be the missing pharmacy).

Besides, whatever the department: a pharmacy whose row is rejected counts as carried; a category that the file does
not carry at all closes nothing; a pharmacy never seen in a national file is left alone. The closing date is the
file's date, and the pharmacy re-opens if a later file carries it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass

COMPLETE_PERCENT = 90


@dataclass(frozen=True)
class Tally:
    """One department: its open pharmacies known from earlier national files, and how many of them the file carries."""

    department: str
    known: int
    carried: int

    @property
    def missing(self) -> int:
        """How many known pharmacies the file does not carry."""
        return self.known - self.carried


@dataclass(frozen=True)
class ClosingScope:
    """Where absence closes.

    ``departments``: those evidently complete. Those left alone although known pharmacies are missing: ``partial``,
    carried but incomplete; ``unreadable``, with an unreadable FINESS number; ``absent``, of which the file carries
    nothing. ``hindrance``: why nothing is closed at all, or empty.
    """

    departments: frozenset[str]
    partial: tuple[Tally, ...] = ()
    unreadable: tuple[Tally, ...] = ()
    absent: tuple[Tally, ...] = ()
    hindrance: str = ""


def closing_scope(tallies: Iterable[Tally], *, older: bool, cut: bool, unreadable: Set[str]) -> ClosingScope:
    """The departments for which the file is evidently complete.

    ``older``: a later file was already imported; ``cut``: the file breaks off; ``unreadable``: departments with a
    row whose FINESS is unreadable, an empty text standing for a row that does not even tell its department.
    """
    missing = sorted((t for t in tallies if t.missing > 0), key=lambda t: t.department)
    hindrance = ""
    if older:
        hindrance = "un fichier plus récent a déjà été importé"
    elif cut:
        hindrance = "le fichier paraît coupé à sa dernière ligne"
    elif "" in unreadable:
        hindrance = "une ligne rejetée ne dit ni sa pharmacie ni son département"
    if hindrance:
        return ClosingScope(frozenset(), hindrance=hindrance if missing else "")
    carried = [t for t in missing if t.carried > 0]
    readable = [t for t in carried if t.department not in unreadable]
    return ClosingScope(
        departments=frozenset(t.department for t in readable if _is_complete(t)),
        partial=tuple(t for t in readable if not _is_complete(t)),
        unreadable=tuple(t for t in carried if t.department in unreadable),
        absent=tuple(t for t in missing if t.carried == 0),
    )


def _is_complete(tally: Tally) -> bool:
    return tally.missing == 1 or tally.carried * 100 >= tally.known * COMPLETE_PERCENT
