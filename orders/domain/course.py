"""What time, référencement and rules make of an order: expiry, affermissement, lapse and revival are decided here.

Pure: the same facts, book of rules and instant always give the same answer, whatever was stored and whenever it is
asked. The executor's guards, the deadlines job, the sweep, the impact of a new arrêté and its publication all ask here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from orders.domain import lifecycle as states
from orders.domain import reasons
from orders.domain.effects import EFFECTS, LAPSE_REASONS, Waiting
from orders.domain.limits import acted_from, closing_decides, conditional_limit, french_day, link_expiry
from portal.programmes.domain.book import Book
from portal.registry.domain.referencing import Change, Span, dossier_complete_at, spans


@dataclass(frozen=True)
class Course:
    """The facts by which an order's fate is decided.

    ``counts_from``: the signature that counts (the first one, where the order was taken over by a successor).
    ``conditional``: signed before the référencement. ``changes``: the history of its software's référencement.
    ``va_signed_at``: when the VA that stands was signed, in time or not. ``rival``: another order holds the slot.
    """

    state: str
    end_reason: str = ""
    issued_at: datetime | None = None
    counts_from: datetime | None = None
    conditional: bool = False
    affirmed: bool = False
    changes: tuple[Change, ...] = ()
    installed_at: datetime | None = None
    va_signed_at: datetime | None = None
    pharmacy_closed: bool = False
    rival: bool = False


@dataclass(frozen=True)
class Due:
    """A verb that is due: why (a code of ``reasons`` or of the rule), since when, by which source."""

    verb: str
    reason: str
    since: datetime
    source: str = ""


@dataclass(frozen=True)
class Stays:
    """Why an ended order does not come back: a stable code and its French words."""

    code: str
    message: str


def due(course: Course, book: Book, now: datetime) -> Due | None:
    """The next verb that the portal owes to a living order at ``now``; None when it stands where it should."""
    judge = _JUDGES.get(course.state)
    found = judge(course, book, now) if judge else None
    return found if found and now >= found.since else None


def settled(course: Course, book: Book, now: datetime) -> tuple[Due, ...]:
    """Every verb due at ``now``, each from where the former one leads, until nothing is due any more."""
    steps: list[Due] = []
    while found := due(course, book, now):
        steps.append(found)
        course = moved(course, found)
    return tuple(steps)


def moved(course: Course, step: Due) -> Course:
    """The facts once a step has been carried out."""
    target = states.ORDER.transition(step.verb).target or course.state
    if step.verb in ("lapse", "expire"):
        return replace(course, state=target, end_reason=step.reason)
    return replace(course, state=target, end_reason="", affirmed=course.affirmed or target == states.AFFIRMED)


def revival(course: Course, book: Book, now: datetime) -> Due | Stays:
    """Whether an order ended by a date alone comes back under the book's rules, or why it stays where it is."""
    verb = revival_verb(course)
    if verb is None or course.end_reason not in reasons.BY_DATE:
        words = reasons.reason_words(course.end_reason)
        return Stays("other_cause", f"La date n’est pas la seule cause : {words[:1].lower()}{words[1:]}.")
    if course.pharmacy_closed:
        return Stays("pharmacy_closed", "La pharmacie est fermée.")
    if course.rival:
        return Stays("engaged_elsewhere", "La pharmacie s’est engagée par une autre commande.")
    step = Due(verb, "new_rules", now, book.at(now).reference)
    after = settled(moved(course, step), book, now)
    if after and after[-1].verb in ("lapse", "expire"):
        last = after[-1]
        return Stays("still_late", f"{reasons.reason_words(last.reason)} (délai au {french_day(last.since)}).")
    return step


def restoration(course: Course, now: datetime) -> Due:
    """The step that gives a replaced order its place back, once the objection of its supplier is upheld."""
    verb = revival_verb(course)
    if verb is None:
        raise ValueError(f"an order in state {course.state} is not restored")
    return Due(verb, "objection_upheld", now)


def revival_verb(course: Course) -> str | None:
    """The verb that brings an ended order back to the state it left; None where there is none."""
    if course.state == states.EXPIRED:
        return "revive_issued"
    if course.state not in (states.LAPSED, states.REPLACED):
        return None
    if course.affirmed:
        return "revive_affirmed"
    return "revive_conditional" if course.conditional else "revive_firm"


def limit_of(course: Course, book: Book) -> datetime | None:
    """The limit of the dossier of référencement for an order signed under condition; None for a firm one."""
    if not course.conditional or course.counts_from is None:
        return None
    return conditional_limit(course.counts_from, book.at(course.counts_from))


def complete_in_time(course: Course, book: Book, now: datetime) -> bool:
    """The dossier was complete before the order's limit, last day included (ES-120), or before the signature."""
    limit = limit_of(course, book)
    return limit is not None and _complete_before(limit, course, now, at=limit)


def _complete_before(limit: datetime, course: Course, now: datetime, at: datetime) -> bool:
    complete = dossier_complete_at(course.changes, now, at)
    return complete is not None and complete < limit


def _issued(course: Course, book: Book, now: datetime) -> Due | None:
    if course.issued_at is None:
        return None
    rules = book.at(now)
    reason = reasons.SIGNATURE_CLOSING if closing_decides(course.issued_at, rules) else reasons.LINK_EXPIRED
    closing = rules.milestone("signature", "closes")
    source = closing.source if closing and reason == reasons.SIGNATURE_CLOSING else ""
    return Due("expire", reason, acted_from(link_expiry(course.issued_at, rules)), source)


def _conditional(course: Course, book: Book, now: datetime) -> Due | None:
    """Whichever comes first: a decision on the référencement, the limit of the dossier, the closing of VAs."""
    in_time, limit = complete_in_time(course, book, now), limit_of(course, book)
    late = None
    if limit is not None and not in_time:
        late = Due("lapse", reasons.CONDITIONAL_LIMIT, acted_from(limit), "S ; ES-120")
    decided = _first_decision(course, now, limit)
    return _earliest(decided, late, _closing(course, book, now))


def _first_decision(course: Course, now: datetime, limit: datetime | None) -> Due | None:
    """The first status since the signature that ends the order, or affirms it by a dossier complete in time."""
    for span in _spans_since_signature(course, now):
        since = max(span.start, course.counts_from or span.start)
        effect = EFFECTS[span.status].waiting
        if effect is Waiting.LAPSES:
            return Due("lapse", LAPSE_REASONS[span.status], since)
        if effect is Waiting.AFFIRMED and limit and _complete_before(limit, course, now, at=span.start):
            return Due("affirm", "referenced", since, "S – mention « bon de commande conditionné »")
    return None


def _firm(course: Course, book: Book, now: datetime) -> Due | None:
    """A withdrawal ends what was not installed before it; the closing of VAs ends what has none."""
    withdrawn = None
    for span in _spans_since_signature(course, now):
        if not EFFECTS[span.status].works and not (course.installed_at and course.installed_at < span.start):
            since = max(span.start, course.counts_from or span.start)
            withdrawn = Due("lapse", LAPSE_REASONS[span.status], since)
            break
    return _earliest(withdrawn, _closing(course, book, now))


def _spans_since_signature(course: Course, now: datetime) -> list[Span]:
    signed = course.counts_from
    return [s for s in spans(course.changes, now) if signed is None or s.end is None or s.end > signed]


def _closing(course: Course, book: Book, now: datetime) -> Due | None:
    """The lapse for want of a VA: one signed before the closing that judges it stops it."""
    signed = course.va_signed_at
    closes = book.at(signed or now).milestone("va", "closes")
    if closes is None or (signed is not None and signed < closes.at):
        return None
    return Due("lapse", reasons.CLOSING, acted_from(closes.at), closes.source)


def _earliest(*candidates: Due | None) -> Due | None:
    found = [candidate for candidate in candidates if candidate is not None]
    return min(found, key=lambda step: step.since, default=None)


_JUDGES: dict[str, Callable[[Course, Book, datetime], Due | None]] = {
    states.ISSUED: _issued,
    states.SIGNED_CONDITIONAL: _conditional,
    states.SIGNED_FIRM: _firm,
    states.AFFIRMED: _firm,
}
