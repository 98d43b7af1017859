"""Monthly supervision of INSi calls: the seed's rule and the pharmacy's own history against the rule by user.

Run with ``python -m benchmarks.supervision``. A seeded simulation: pharmacies of five accounts and 2,500 prescriptions
a month unequally shared, each with its own ratio of calls (0.55 to 0.95), each account with its own habit, each month
with its own mood, counts over-dispersed. Twelve clean months, then one in which one account makes 100, 200 or 400
calls too many. Figures: share of the misuses found, and of the clean months with an alarm.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homologation.domain.statistics import Month, Use, judge_pharmacy, judge_users

SEED, PHARMACIES = 20221115, 4_000
SHARES = (0.32, 0.25, 0.20, 0.14, 0.09)
PRESCRIPTIONS, MONTHS, OVER_DISPERSION = 2_500, 12, 1.5


@dataclass(frozen=True)
class Place:
    """One simulated pharmacy: its past and the month to judge."""

    past: tuple[Month, ...]
    now: Month


def simulate(dice: random.Random) -> Place:
    """A pharmacy of five accounts over thirteen clean months."""
    ratio = dice.uniform(0.55, 0.95)
    habits = [dice.uniform(0.9, 1.1) for _ in SHARES]
    months = tuple(_month(dice, ratio, habits) for _ in range(MONTHS + 1))
    return Place(months[:-1], months[-1])


def _month(dice: random.Random, ratio: float, habits: Sequence[float]) -> Month:
    volume, mood = dice.gauss(PRESCRIPTIONS, 0.08 * PRESCRIPTIONS), dice.gauss(1, 0.05)
    month = {}
    for number, (share, habit) in enumerate(zip(SHARES, habits, strict=True)):
        prescriptions = _count(dice, volume * share)
        month[f"u{number}"] = Use(_count(dice, prescriptions * ratio * habit * mood), prescriptions)
    return month


def _count(dice: random.Random, mean: float) -> int:
    return max(0, round(dice.gauss(mean, (OVER_DISPERSION * mean) ** 0.5)))


def abused(place: Place, user: int, calls: int) -> Place:
    """The same month with so many calls too many by one account."""
    was = place.now[f"u{user}"]
    return Place(place.past, {**place.now, f"u{user}": Use(was.calls + calls, was.prescriptions)})


def by_seed_rule(place: Place) -> bool:
    """More calls than prescriptions, in all."""
    whole = _whole(place.now)
    return whole.calls > whole.prescriptions


def by_history(place: Place) -> bool:
    """The pharmacy's ratio above its own median and spread."""
    return judge_pharmacy([_whole(month) for month in place.past], _whole(place.now)).flagged


def by_user(place: Place) -> bool:
    """Any account flagged."""
    return any(verdict.flagged for verdict in judge_users(place.past, place.now))


def _whole(month: Month) -> Use:
    return Use(sum(use.calls for use in month.values()), sum(use.prescriptions for use in month.values()))


RULES: dict[str, Callable[[Place], bool]] = {
    "seed rule (SUP-01)": by_seed_rule,
    "pharmacy history": by_history,
    "by user": by_user,
}


def share_found(rule: Callable[[Place], bool], places: Sequence[Place]) -> float:
    """In how many of these months the rule raises an alarm."""
    return sum(map(rule, places)) / len(places)


def names_the_right_one(places: Sequence[tuple[Place, int]]) -> float:
    """In how many of these misuses the account that made them is the one flagged, and alone."""
    right = 0
    for place, user in places:
        flagged = [verdict.user for verdict in judge_users(place.past, place.now) if verdict.flagged]
        right += flagged == [f"u{user}"]
    return right / len(places)


def main() -> None:
    """Print one line a rule."""
    dice = random.Random(SEED)
    clean = [simulate(dice) for _ in range(PHARMACIES)]
    picked = [dice.randrange(len(SHARES)) for _ in clean]
    print(f"{PHARMACIES} pharmacies, seed {SEED}; false alarms a month, then misuses found")
    for name, rule in RULES.items():
        found = [
            share_found(rule, [abused(place, user, calls) for place, user in zip(clean, picked, strict=True)])
            for calls in (100, 200, 400)
        ]
        figures = ", ".join(f"+{calls}: {part:.1%}" for calls, part in zip((100, 200, 400), found, strict=True))
        print(f"{name:20} {share_found(rule, clean):6.2%}   {figures}")
    for user, part in enumerate(SHARES):
        found_of = share_found(by_user, [abused(place, user, 200) for place in clean])
        print(f"by user, +200 by the account with {part:.0%} of the prescriptions: {found_of:.1%}")
    cases = [(abused(place, user, 200), user) for place, user in zip(clean, picked, strict=True)]
    print(f"+200: the right account named, and alone: {names_the_right_one(cases):.1%}")


if __name__ == "__main__":
    main()
