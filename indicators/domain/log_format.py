"""The activity log « lgo-activity-1 » as data: columns, values by type, the form of a good line.

Source: the programme's contract of activity logs, version 1. Patterns are RE2 and Python alike.
"""

from __future__ import annotations

from itertools import product

COLUMNS = (
    "event_id",
    "revision",
    "status",
    "finess",
    "occurred_at",
    "type",
    "user_ref",
    "mss_exchange",
    "e_prescription",
    "prescriber_setting",
    "apcv",
    "finalised",
    "dmp_fed",
    "insi_operation",
    "insi_means",
    "insi_outcome",
)
HEADER = ";".join(COLUMNS)
COMMON = 7
"""The first columns are of every type; the others of some types only."""

VERSION = "lgo-activity-1"
STATUSES = ("active", "cancelled")
_BIT = ("0", "1")
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "dispensation": {"mss_exchange": _BIT},
    "prescription": {"e_prescription": _BIT, "prescriber_setting": ("city", "hospital", "other")},
    "claim": {"apcv": _BIT},
    "assessment": {"finalised": _BIT, "dmp_fed": _BIT},
    "insi_call": {
        "insi_operation": ("retrieval", "verification"),
        "insi_means": ("cpx", "org_certificate"),
        "insi_outcome": ("ok", "no_match", "several", "unavailable", "refused"),
    },
}
"""For each type, the fields it requires and what they may hold; its other fields stay empty."""

EVENT_ID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
REVISION = "[1-9][0-9]{0,4}"
FINESS = "[0-9][0-9A-Z][0-9]{7}"
_DATE = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
LOCAL_TIME = _DATE + "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,12})?"
OFFSET = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
USER_REF = "[A-Za-z0-9_-]{1,32}"
PATIENT = "(?:^|[^0-9])(?:[0-9]{13}|[0-9]{15}|[0-9]{5}2[ABab][0-9]{6}|[0-9]{5}2[ABab][0-9]{8})(?:[^0-9]|$)"
"""A run of exactly 13 or 15 digits, or a Corsican NIR: what looks like a social security number."""

EARLIEST = 2022
"""The first year whose events are taken, of Paris."""
AHEAD_MINUTES = 5
"""How far past its deposit an event may be dated: clocks differ."""
MAX_REVISION = 32767
MAX_LINE = 64 * 1024
MAX_UNPACKED = 20 * 1024**3
MAX_RATIO = 200
KEPT_VALUE = 80


def tails(kind: str) -> list[str]:
    """Every text that the nine cells after ``user_ref`` may hold for a type."""
    own = FIELDS[kind]
    cells = [own.get(column, ("",)) for column in COLUMNS[COMMON:]]
    return [";".join(row) for row in product(*cells)]


KINDS = tuple(f"{kind};{tail}" for kind in FIELDS for tail in tails(kind))
"""Type and own fields of an event in one text: all that an event may say of itself, in a fixed order."""


def where(*terms: str) -> list[str]:
    """The kinds that hold every ``column=value`` of ``terms`` (``type=claim``, ``apcv=1``)."""
    return [kind for kind in KINDS if all(_holds(kind, *term.split("=")) for term in terms)]


def _holds(kind: str, column: str, value: str) -> bool:
    cells = kind.split(";")
    return (cells[0] if column == "type" else cells[COLUMNS.index(column) - COMMON + 1]) == value


COUNTED: dict[str, list[str]] = {
    "dispensations": where("type=dispensation"),
    "dispensations_mss": where("type=dispensation", "mss_exchange=1"),
    "prescriptions": where("type=prescription"),
    "prescriptions_e": where("type=prescription", "e_prescription=1"),
    "prescriptions_city": where("type=prescription", "prescriber_setting=city"),
    "prescriptions_city_e": where("type=prescription", "prescriber_setting=city", "e_prescription=1"),
    "claims": where("type=claim"),
    "claims_apcv": where("type=claim", "apcv=1"),
    "assessments_final": where("type=assessment", "finalised=1"),
    "assessments_final_dmp": where("type=assessment", "finalised=1", "dmp_fed=1"),
    "insi_calls": where("type=insi_call"),
    "insi_retrieval": where("type=insi_call", "insi_operation=retrieval"),
    "insi_verification": where("type=insi_call", "insi_operation=verification"),
    "insi_cpx": where("type=insi_call", "insi_means=cpx"),
    "insi_org": where("type=insi_call", "insi_means=org_certificate"),
    "insi_failed": [*where("type=insi_call", "insi_outcome=unavailable"), *where("insi_outcome=refused")],
}
"""The kinds that each counter counts."""
