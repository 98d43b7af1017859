"""The ANS's list compared with the registry, in words: what it would change, and what a person must look at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.common.clock import paris_date, start_of_paris_day
from portal.common.text import fold
from portal.referencing.domain.ans_file import ListRow
from portal.registry.domain.referencing import STATUS_LABELS, Status

NEW, CHANGED, SAME, GONE, QUARANTINE = "new", "changed", "same", "gone", "quarantine"
KIND_LABELS = {
    NEW: "Nouveau référencement",
    CHANGED: "Statut changé",
    SAME: "Rien à faire",
    GONE: "Disparu de la liste",
    QUARANTINE: "En quarantaine",
}
_ENDED = frozenset({Status.REFUSED, Status.ABANDONED, Status.LAPSED, Status.WITHDRAWN, Status.REPLACED})


@dataclass(frozen=True)
class Known:
    """One version of the registry: its status now, every (status, effect) recorded, and whether its dossier is here."""

    key: str
    number: str
    software: str
    version: str
    supplier: str
    siret: str
    status: Status
    effects: frozenset[tuple[Status, datetime]]
    kept_here: bool

    @property
    def name(self) -> str:
        """As people call it."""
        return f"{self.software} {self.version}"

    @property
    def last_effect(self) -> datetime | None:
        """The latest instant at which a status takes effect."""
        return max((at for _, at in self.effects), default=None)


@dataclass(frozen=True)
class Finding:
    """What one row means; ``key`` is the version's, empty where none fits; ``warning`` must be acknowledged."""

    kind: str
    line: int
    words: str
    warning: str = ""
    key: str = ""
    row: ListRow | None = None

    @property
    def code(self) -> str:
        """Which finding of the list it is: by line, or by version for what the list no longer carries."""
        return str(self.line) if self.line else f"gone:{self.key}"


def compare(rows: Sequence[ListRow], registry: Collection[Known], now: datetime) -> list[Finding]:
    """One finding a row, in the order of the file, then what the list no longer carries."""
    findings = [_finding(row, registry, now) for row in rows]
    matched = {finding.key for finding in findings if finding.key}
    return findings + [
        Finding(
            GONE,
            0,
            f"{known.name} ({known.supplier}), référencé sous le n° {known.number}, n’est plus dans la liste.",
            "Rien n’est changé : vérifiez auprès de l’ANS, puis enregistrez le retrait s’il est avéré.",
            known.key,
        )
        for known in sorted(registry, key=lambda k: (k.software, k.version))
        if known.status is Status.REFERENCED and known.key not in matched
    ]


def _finding(row: ListRow, registry: Collection[Known], now: datetime) -> Finding:
    known, why_not = _match(row, registry)
    said = f"« {STATUS_LABELS[row.status]} » au {row.day:%d/%m/%Y}"
    if known is None:
        return Finding(QUARANTINE, row.line, f"{row.software} {row.version} ({row.supplier}) : {why_not}", row=row)
    effect = start_of_paris_day(row.day)
    if (row.status, effect) in known.effects or _told_by_day(row, known):
        return Finding(SAME, row.line, f"{known.name} : {said}, déjà enregistré.", key=known.key, row=row)
    if known.kept_here:
        why = f"le dossier de {known.name} est tenu dans ce portail et la liste dit {said} : la décision s’y prend"
        return Finding(QUARANTINE, row.line, f"{why}.", key=known.key, row=row)
    number = f" (n° {row.number})" if row.number and not known.number else ""
    kind = NEW if row.status is Status.REFERENCED and not _ever_referenced(known) else CHANGED
    words = f"{known.name} : de « {STATUS_LABELS[known.status]} » à {said}{number}."
    return Finding(kind, row.line, words, _warning(row, known, effect, now), known.key, row)


def _match(row: ListRow, registry: Collection[Known]) -> tuple[Known | None, str]:
    by_number = next((k for k in registry if row.number and k.number == row.number), None)
    named = [k for k in registry if _same_name(row, k)]
    if by_number is not None:
        if by_number in named:
            return by_number, ""
        return None, f"le numéro {row.number} est celui de {by_number.name} dans le registre."
    if not named:
        return None, "aucune version de ce nom chez cet éditeur dans le registre."
    if len(named) > 1:
        return None, "plusieurs versions du registre portent ce nom : indiquez le SIRET de l’éditeur."
    if row.number and named[0].number:
        return None, f"cette version porte déjà le numéro {named[0].number}, la liste dit {row.number}."
    return named[0], ""


def _same_name(row: ListRow, known: Known) -> bool:
    if (fold(row.software), fold(row.version)) != (fold(known.software), fold(known.version)):
        return False
    return row.siret == known.siret if row.siret else fold(row.supplier) == fold(known.supplier)


def _told_by_day(row: ListRow, known: Known) -> bool:
    """The list gives days, the registry instants."""
    return any(status is row.status and paris_date(at) == row.day for status, at in known.effects)


def _ever_referenced(known: Known) -> bool:
    return any(status is Status.REFERENCED for status, _ in known.effects)


def _warning(row: ListRow, known: Known, effect: datetime, now: datetime) -> str:
    reasons = []
    other = _other_day(row, known)
    if other is not None:
        reasons.append(f"ce statut est déjà enregistré à une autre date, le {other:%d/%m/%Y}")
    if known.last_effect is not None and effect < known.last_effect:
        reasons.append(
            f"antidaté : un statut plus récent, du {paris_date(known.last_effect):%d/%m/%Y}, reste en vigueur"
        )
    if row.status in (Status.WITHDRAWN, Status.SUSPENDED) and row.day < paris_date(now):
        reasons.append("effet dans le passé : des commandes déjà signées peuvent être touchées")
    if effect > now:
        reasons.append("effet à venir")
    if known.status in _ENDED and row.status not in _ENDED:
        reasons.append(f"contradictoire : le registre le dit « {STATUS_LABELS[known.status]} »")
    return f"{' ; '.join(reasons)}." if reasons else ""


def _other_day(row: ListRow, known: Known) -> date | None:
    if row.status is not known.status:
        return None
    return next((paris_date(at) for status, at in sorted(known.effects) if status is row.status), None)
