"""The statistics of monthly supervision, for alerts only: employees are never ranked (CNIL, délibération 2021-122).

Two questions: does the pharmacy call more than it used to, and does one account call more than its colleagues' use and
its own past make likely? Under six months of history both answer « historique insuffisant ».
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

LEAST_MONTHS = 6
SPREAD_K = 3.5
"""How many (scaled) median absolute deviations above its own median a pharmacy's ratio may go."""
TO_SIGMA = 1.4826
MOST_Z = 3.0
LEAST_EXCESS = 20
"""An account is flagged above this z and from this many calls in excess."""


@dataclass(frozen=True)
class Use:
    """What one account, or the whole pharmacy, did over a month."""

    calls: int
    prescriptions: int


Month = Mapping[str, Use]
"""One month by account (pseudonym)."""


@dataclass(frozen=True)
class PharmacyVerdict:
    """The pharmacy's ratio against its own past; ``limit`` None while the history is too short."""

    ratio: float | None
    limit: float | None
    flagged: bool


@dataclass(frozen=True)
class UserVerdict:
    """One account against its colleagues and its own past; ``expected`` None while nothing can be said."""

    user: str
    calls: int
    expected: float | None
    z: float | None
    flagged: bool

    @property
    def excess(self) -> float | None:
        """Calls above what was expected."""
        return None if self.expected is None else self.calls - self.expected


def judge_pharmacy(past: Sequence[Use], now: Use) -> PharmacyVerdict:
    """The ratio of calls to prescriptions against median + k × 1.4826 × MAD of the months past."""
    ratio = now.calls / now.prescriptions if now.prescriptions else None
    ratios = [use.calls / use.prescriptions for use in past if use.prescriptions]
    if len(ratios) < LEAST_MONTHS:
        return PharmacyVerdict(ratio, None, False)
    middle = median(ratios)
    limit = middle + SPREAD_K * TO_SIGMA * median(abs(one - middle) for one in ratios)
    return PharmacyVerdict(ratio, limit, ratio is not None and ratio > limit)


def judge_users(past: Sequence[Month], now: Month) -> list[UserVerdict]:
    """Each account of the month, by name.

    Expected calls: the rate of the *other* accounts this month × own prescriptions × the account's usual share of such
    an expectation (its calls over what its colleagues made expect, over the past). So neither a month of unusual use
    nor a person's steady habit raises an alarm, and an abuse cannot hide in the rate that judges it. The variance
    allows for over-dispersion, estimated on the same past. Months of a confirmed misuse are the caller's to leave out.
    """
    usual = {user: _pairs(past, user) for user in now}
    shares = {user: _share(pairs) for user, pairs in usual.items()}
    spread = _dispersion(usual, shares)
    return [_judge(user, now, len(usual[user]), shares[user], spread) for user in sorted(now)]


def _others(month: Month, user: str) -> Use:
    rest = [use for name, use in month.items() if name != user]
    return Use(sum(use.calls for use in rest), sum(use.prescriptions for use in rest))


def _from_others(month: Month, user: str) -> tuple[float, float]:
    """Calls expected by the others' rate, and how much rarer the others' own calls make that rate unsure."""
    others, own = _others(month, user), month[user].prescriptions
    if not others.calls or not others.prescriptions:
        return 0.0, 0.0
    return others.calls / others.prescriptions * own, own / others.prescriptions


def _pairs(past: Sequence[Month], user: str) -> list[tuple[int, float, float]]:
    """(calls, expected, unsureness) of the months in which something could be expected of the account."""
    pairs = [(month[user].calls, *_from_others(month, user)) for month in past if user in month]
    return [pair for pair in pairs if pair[1] > 0]


def _share(pairs: Sequence[tuple[int, float, float]]) -> float | None:
    """The account's usual share of what its colleagues' rate makes expect; the median, which one bad month leaves."""
    return median(calls / expected for calls, expected, _ in pairs) if len(pairs) >= LEAST_MONTHS else None


def _dispersion(usual: Mapping[str, Sequence[tuple[int, float, float]]], shares: Mapping[str, float | None]) -> float:
    """Variance over mean of the past, at least 1 (Poisson), over all accounts with a long enough past."""
    squares, degrees = 0.0, 0
    for user, pairs in usual.items():
        share = shares[user]
        if share is None or not share:
            continue
        for calls, expected, unsure in pairs:
            mean = share * expected
            squares += (calls - mean) ** 2 / (mean * (1 + share * unsure))
        degrees += len(pairs) - 1
    return max(1.0, squares / degrees) if degrees else 1.0


def _judge(user: str, now: Month, months: int, share: float | None, spread: float) -> UserVerdict:
    calls = now[user].calls
    by_others, unsure = _from_others(now, user)
    if share is None or not by_others:
        return UserVerdict(user, calls, None, None, False)
    expected = share * by_others
    variance = spread * max(expected, 1.0) * (1 + share * unsure) * (1 + _MEDIAN_COST / months)
    z = (calls - expected) / sqrt(variance)
    return UserVerdict(user, calls, expected, z, z > MOST_Z and calls - expected >= LEAST_EXCESS)


_MEDIAN_COST = 1.57
"""π/2: how much less a median of n months tells than their mean."""
