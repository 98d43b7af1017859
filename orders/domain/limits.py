"""The dates an order runs against: each a pure function of an act and the rules that judge it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.common.clock import PARIS, end_of_paris_day, last_day_before, paris_date
from portal.programmes.domain.ruleset import RuleSet


def french_day(instant: datetime | date) -> str:
    """``15/03/2023``, in Europe/Paris."""
    day = paris_date(instant) if isinstance(instant, datetime) else instant
    return f"{day:%d/%m/%Y}"


def paris_hour(instant: datetime) -> str:
    """``14 h 00``, in Europe/Paris."""
    from_paris = instant.astimezone(PARIS)
    return f"{from_paris:%H} h {from_paris:%M}"


def link_expiry(issued_at: datetime, rules: RuleSet) -> datetime:
    """When an unsigned order expires: so many days after its issue, or the closing if it comes first."""
    expiry = rules.extended("signature", _end_after(issued_at, rules.signature_link_days))
    closes = rules.closes("signature")
    return min(expiry, closes) if closes else expiry


def closing_decides(issued_at: datetime, rules: RuleSet) -> bool:
    """Whether it is the closing of signatures, not the age of the link, that ends an unsigned order."""
    closes = rules.closes("signature")
    return closes is not None and closes == link_expiry(issued_at, rules)


def conditional_limit(signed_at: datetime, rules: RuleSet) -> datetime:
    """The instant before which the dossier must be complete: the end of calendar day ``limit_days``, day included
    (Paris), or the closing of the ANS's desk where the rules give one and it comes first (S, ES-120)."""
    limit = rules.extended("deposit_proofs", _end_after(signed_at, rules.conditional.limit_days))
    desk = rules.closes("deposit_proofs")
    return min(limit, desk) if desk else limit


def desk_decides(signed_at: datetime, rules: RuleSet) -> bool:
    """Whether it is the closing of the ANS's desk, not the count of days, that limits a conditional order."""
    desk = rules.closes("deposit_proofs")
    return desk is not None and desk < _end_after(signed_at, rules.conditional.limit_days)


def last_whole_day(rules: RuleSet) -> date | None:
    """The last day of signature whose conditional days are all before the desk's closing; None without a closing."""
    desk = rules.closes("deposit_proofs")
    return last_day_before(desk) - timedelta(days=rules.conditional.limit_days) if desk else None


def acted_from(limit: datetime) -> datetime:
    """When a passed limit is acted upon: the day after (J+1), at its first instant in Paris."""
    return end_of_paris_day(last_day_before(limit))


def _end_after(instant: datetime, days: int) -> datetime:
    return end_of_paris_day(paris_date(instant) + timedelta(days=days))
