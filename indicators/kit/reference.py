"""The contract of activity logs read a second time, in plain Python, line by line: what the engine must agree with.

Slow and simple on purpose; it shares with the engine the tables of the format, none of its patterns or queries.
"""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from indicators.domain.counters import COUNTERS
from indicators.domain.log_format import COLUMNS, COMMON, FIELDS
from portal.common.clock import PARIS

_HEX, _REF = set(string.hexdigits), set(string.ascii_letters + string.digits + "_-")
_WHEN = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_START = datetime(2022, 1, 1, tzinfo=PARIS)
Spans = Collection[tuple[datetime, datetime | None]]


@dataclass(frozen=True)
class Event:
    """One accepted line."""

    finess: str
    event_id: str
    revision: int
    active: bool
    at: datetime
    user_ref: str
    kind: str
    own: tuple[str, ...]

    @property
    def said(self) -> tuple[object, ...]:
        """What the same revision must repeat."""
        return (self.active, self.at, self.user_ref, self.kind, self.own)


class BadLine(Exception):
    """A line left out: its code and column."""

    def __init__(self, code: str, column: str = "") -> None:
        self.code, self.column = code, column
        super().__init__(code)


@dataclass
class Counts:
    """What a file gave."""

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    superseded: int = 0
    cancelled: int = 0
    rejects: list[tuple[int, str, str]] = field(default_factory=list)


class Reference:
    """Everything accepted so far, file after file."""

    def __init__(self, allowed: Mapping[str, Spans], known: Collection[str], deposited_at: datetime) -> None:
        self.allowed, self.known, self.now = allowed, known, deposited_at
        self.events: dict[tuple[str, str], dict[int, Event]] = defaultdict(dict)

    def read(self, lines: Iterable[str]) -> Counts:
        """The data lines of a CSV file, its header first and numbered 1; blank ones are not counted."""
        counts = Counts()
        for number, line in enumerate(lines, 1):
            if number == 1 or not line.strip(" \t\r\n"):
                continue
            counts.lines += 1
            try:
                self._take(self.event_of(line.removesuffix("\n").removesuffix("\r")), counts)
            except BadLine as bad:
                counts.rejects.append((number, bad.code, bad.column))
        return counts

    def _take(self, event: Event, counts: Counts) -> None:
        held = self.events[(event.finess, event.event_id)]
        if same := held.get(event.revision):
            if same.said != event.said:
                raise BadLine("conflicting_revision", "revision")
            counts.duplicates += 1
            return
        counts.accepted += 1
        counts.superseded += bool(held) and max(held) > event.revision
        counts.cancelled += not event.active
        held[event.revision] = event

    def event_of(self, line: str) -> Event:
        """The event of a line. Raises ``BadLine``."""
        if len(line.encode()) > 64 * 1024:
            raise BadLine("line_too_long")
        row = line.split(";")
        if len(row) != len(COLUMNS) or '"' in line or "\0" in line:
            raise BadLine("malformed_row")
        _check_identity(row)
        at = self._instant(row[3], row[4])
        _check_own(row)
        own = tuple(row[COMMON:])
        return Event(row[3], row[0].lower(), int(row[1]), row[2] == "active", at, row[6], row[5], own)

    def _instant(self, finess: str, text: str) -> datetime:
        if finess not in self.known:
            raise BadLine("unknown_finess", "finess")
        form = _WHEN.fullmatch(text)
        if form is None:
            raise BadLine("bad_timestamp", "occurred_at")
        offset = form[3]
        if offset and offset != "Z" and (int(offset[1:3]) > 23 or int(offset[4:]) > 59):
            raise BadLine("bad_timestamp", "occurred_at")
        micro = timedelta(microseconds=round(float("0" + (form[2] or "")) * 1e6))
        try:
            at = datetime.fromisoformat(form[1] + (offset or "Z")).astimezone(UTC) + micro
        except ValueError:
            raise BadLine("bad_timestamp", "occurred_at") from None
        self._check_time(at, offset, finess)
        return at

    def _check_time(self, at: datetime, offset: str | None, finess: str) -> None:
        if offset is None:
            raise BadLine("missing_offset", "occurred_at")
        if at > self.now + timedelta(minutes=5):
            raise BadLine("in_future", "occurred_at")
        if at < _START:
            raise BadLine("before_programme", "occurred_at")
        if not any(since <= at and (until is None or at < until) for since, until in self.allowed.get(finess, ())):
            raise BadLine("foreign_pharmacy", "finess")

    def daily(self) -> dict[tuple[str, date], dict[str, int]]:
        """The sixteen counters by pharmacy and day."""
        found: dict[tuple[str, date], dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTERS, 0))
        for event in self.counted():
            figures = found[(event.finess, event.at.astimezone(PARIS).date())]
            for name in _counters_of(event):
                figures[name] += 1
        return dict(found)

    def users(self) -> dict[tuple[str, date, str], tuple[int, int, int, int, int]]:
        """By pharmacy, month and account: INSi calls, failed, off hours, prescriptions, active days."""
        found: dict[tuple[str, date, str], Counter[str]] = defaultdict(Counter)
        days: dict[tuple[str, date, str], set[date]] = defaultdict(set)
        for event in self.counted():
            local = event.at.astimezone(PARIS)
            key = (event.finess, local.date().replace(day=1), event.user_ref)
            days[key].add(local.date())
            names = _counters_of(event)
            off = event.kind == "insi_call" and (not 7 <= local.hour < 21 or local.isoweekday() == 7)
            found[key].update([*names, *["off"] * off])
        shown = ("insi_calls", "insi_failed", "off", "prescriptions")
        return {key: (*(found[key][name] for name in shown), len(days[key])) for key in days}  # type: ignore[misc]

    def counted(self) -> Iterable[Event]:
        """The latest revision of each event, where it is active."""
        latest = (held[max(held)] for held in self.events.values() if held)
        return (event for event in latest if event.active)


def _check_identity(row: list[str]) -> None:
    groups = row[0].split("-")
    if [len(group) for group in groups] != [8, 4, 4, 4, 12] or not set("".join(groups)) <= _HEX:
        raise BadLine("bad_event_id", "event_id")
    digits = row[1].isascii() and row[1].isdigit() and not row[1].startswith("0") and len(row[1]) <= 5
    if not digits or int(row[1]) > 32767:
        raise BadLine("bad_revision", "revision")
    if row[2] not in ("active", "cancelled"):
        raise BadLine("bad_status", "status")
    finess = row[3]
    rest = finess[:1] + finess[2:]
    second = finess[1:2]
    if (
        len(finess) != 9
        or not (rest.isascii() and rest.isdigit())
        or second not in string.digits + string.ascii_uppercase
    ):
        raise BadLine("bad_finess", "finess")


def _check_own(row: list[str]) -> None:
    kind, user = row[5], row[6]
    if kind not in FIELDS:
        raise BadLine("unknown_type", "type")
    if not 1 <= len(user) <= 32 or not set(user) <= _REF:
        raise BadLine("bad_user_ref", "user_ref")
    own = dict(zip(COLUMNS[COMMON:], row[COMMON:], strict=True))
    for name in own:
        if not own[name] and name in FIELDS[kind]:
            raise BadLine("missing_value", name)
    for name, value in own.items():
        if value and value not in FIELDS[kind].get(name, ()):
            raise BadLine("unexpected_value", name)


def _counters_of(event: Event) -> list[str]:
    own = dict(zip(COLUMNS[COMMON:], event.own, strict=True))
    if event.kind == "dispensation":
        return ["dispensations", *["dispensations_mss"] * (own["mss_exchange"] == "1")]
    if event.kind == "prescription":
        names = ["prescriptions", *["prescriptions_e"] * (own["e_prescription"] == "1")]
        if own["prescriber_setting"] == "city":
            names += ["prescriptions_city", *["prescriptions_city_e"] * (own["e_prescription"] == "1")]
        return names
    if event.kind == "claim":
        return ["claims", *["claims_apcv"] * (own["apcv"] == "1")]
    if event.kind == "assessment":
        final = own["finalised"] == "1"
        return [*["assessments_final"] * final, *["assessments_final_dmp"] * (final and own["dmp_fed"] == "1")]
    means = "insi_cpx" if own["insi_means"] == "cpx" else "insi_org"
    failed = own["insi_outcome"] in ("unavailable", "refused")
    return ["insi_calls", f"insi_{own['insi_operation']}", means, *["insi_failed"] * failed]
