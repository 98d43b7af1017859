"""The report of an import: figures, rejected rows, warnings; as Python and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.registry.domain.finess_remarks import Remark

_FIGURES = ("rows", "pharmacies", "created", "updated", "reopened", "closed", "unchanged", "geolocated")


@dataclass
class Report:
    """What an import did, or would do (``dry_run``), in numbers of establishments.

    ``rows``: establishments of every category; ``pharmacies``: those read well = created + updated + unchanged;
    ``reopened``: part of ``updated``; ``closed``: absent from the file; ``geolocated``: lines not imported.
    ``refused``: why nothing was taken, or None; then every figure is 0 and ``rejected`` shows where it was seen.
    """

    file: str
    sha256: str = ""
    file_date: date | None = None
    dry_run: bool = False
    refused: str | None = None
    rows: int = 0
    pharmacies: int = 0
    created: int = 0
    updated: int = 0
    reopened: int = 0
    closed: int = 0
    unchanged: int = 0
    geolocated: int = 0
    rejected: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The figures by name."""
        figures: dict[str, int] = {name: getattr(self, name) for name in _FIGURES}
        return {**figures, "rejected": len(self.rejected), "warnings": len(self.warnings)}


def refused_report(file: str, message: str, places: Sequence[Remark] = ()) -> Report:
    """The report of an import that was refused whole: nothing counted, the places where it was seen."""
    return Report(file=file, refused=message, rejected=list(places))


def as_json(report: Report) -> dict[str, Any]:
    """The report as one JSON object; dates as ``aaaa-mm-jj``; line 0 stands for the whole file."""
    return {
        "file": report.file,
        "sha256": report.sha256,
        "file_date": report.file_date.isoformat() if report.file_date else None,
        "dry_run": report.dry_run,
        "refused": report.refused,
        **{name: getattr(report, name) for name in _FIGURES},
        "rejected": [_remark_json(remark) for remark in report.rejected],
        "warnings": [_remark_json(remark) for remark in report.warnings],
    }


def _remark_json(remark: Remark) -> dict[str, Any]:
    return {"line": remark.line, "column": remark.column, "value": remark.value, "reason": remark.reason}
