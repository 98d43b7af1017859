"""The figures of a month of supervision, whatever their source: activity logs, a supplier's totals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.common.canonical import sha256_of


@dataclass(frozen=True)
class UserFigures:
    """One account over the month."""

    user_ref: str
    calls: int
    failed: int
    off_hours: int
    prescriptions: int
    active_days: int


@dataclass(frozen=True)
class Figures:
    """Every figure of a report, whatever its source."""

    calls: int
    retrieval: int
    verification: int
    failed: int
    cpx: int
    org: int
    prescriptions: int
    log_from: date | None = None
    log_until: date | None = None
    rows: tuple[UserFigures, ...] = ()

    @property
    def input(self) -> str:
        """SHA-256 of the figures."""
        return sha256_of({name: _plain(value) for name, value in asdict(self).items()})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
