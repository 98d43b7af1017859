"""What a month of INSi calls shows, with its arithmetic: the rules SUP, then the statistics (compliance facts §3).

Every sentence holds the figures that it rests on, so that a pharmacist can do the sum again. An alert is never a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from homologation.domain.statistics import (
    LEAST_EXCESS,
    LEAST_MONTHS,
    MOST_Z,
    SPREAD_K,
    TO_SIGMA,
    PharmacyVerdict,
    Use,
    UserVerdict,
    judge_pharmacy,
    judge_users,
)
from homologation.domain.supervision import (
    ONE_PERSON,
    WHO_LABELS,
    Alert,
    Authorised,
    Report,
    Untold,
    Who,
    alerts,
    next_month,
    who,
    without_source,
)

PAST_MONTHS = 12
"""How far back the statistics look; accounts are kept no longer, « à confirmer »."""
QUIET_DAYS = 7
"""So many days without any line at an end of the month may be closing days; more, and the logs do not cover it."""


@dataclass(frozen=True)
class Judgement:
    """What one report shows. ``months``: how many earlier ones could be compared with.

    ``untold``: rules without a source this month, each with why; their silence is no good news.
    """

    alerts: tuple[Alert, ...]
    who: Who
    pharmacy: PharmacyVerdict
    users: tuple[UserVerdict, ...]
    months: int
    untold: tuple[Untold, ...] = ()

    @property
    def history_short(self) -> bool:
        """Whether the statistics can say nothing yet."""
        return self.months < LEAST_MONTHS

    @property
    def user_words(self) -> dict[str, str]:
        """What the statistics say of each account, by account."""
        return {verdict.user: user_words(verdict) for verdict in self.users}


def judge(report: Report, past: Sequence[Report], people: Sequence[Authorised] = ()) -> Judgement:
    """Judge a report against itself and earlier ones; ``past`` leaves out the months of a confirmed misuse.

    ``people``: those of the questionnaire's 2.2 that it names as the report does.
    """
    before = [one for one in past if one.month < report.month]
    pharmacy = judge_pharmacy([Use(one.calls, one.prescriptions) for one in before], _whole(report))
    users = tuple(judge_users([_by_user(one) for one in before if one.rows], _by_user(report)))
    months = sum(1 for one in before if one.prescriptions)
    found = [*alerts(report, people), *_statistics(report, pharmacy, users)]
    return Judgement(tuple(found), who(report), pharmacy, users, months, tuple(without_source(report, people)))


def _whole(report: Report) -> Use:
    return Use(report.calls, report.prescriptions)


def _by_user(report: Report) -> dict[str, Use]:
    return {row.user: Use(row.calls, row.prescriptions) for row in report.rows}


def _statistics(report: Report, pharmacy: PharmacyVerdict, users: Sequence[UserVerdict]) -> Iterator[Alert]:
    if pharmacy.flagged:
        yield Alert("STA-01", pharmacy_words(report, pharmacy))
    for verdict in users:
        if verdict.flagged:
            yield Alert("STA-02", f"« {verdict.user} » : {user_words(verdict)}", verdict.user)


def pharmacy_words(report: Report, verdict: PharmacyVerdict) -> str:
    """The pharmacy's ratio and its usual limit, in words."""
    if verdict.ratio is None:
        return "Aucune prescription : rapport non calculable."
    ratio = f"{report.calls} ÷ {report.prescriptions} = {said(verdict.ratio)} appel par prescription"
    if verdict.limit is None:
        return f"{ratio}. Historique insuffisant : il faut {LEAST_MONTHS} mois pour comparer."
    how = "au-dessus de" if verdict.flagged else "dans"
    return (
        f"{ratio}, {how} la limite habituelle de l’officine, {said(verdict.limit)} "
        f"(médiane + {said(SPREAD_K, 1)} × {said(TO_SIGMA, 4)} × écart médian des mois passés)."
    )


def user_words(verdict: UserVerdict) -> str:
    """One account against what its colleagues' use and its own past make expect, in words."""
    if verdict.expected is None or verdict.z is None or verdict.excess is None:
        return f"{verdict.calls} appels. Historique insuffisant : il faut {LEAST_MONTHS} mois pour comparer."
    return (
        f"{verdict.calls} appels pour {said(verdict.expected, 0)} attendus, soit un écart de "
        f"{said(verdict.excess, 0)} et z = {said(verdict.z, 1)} "
        f"(alerte au-dessus de z = {said(MOST_Z, 0)} et de {LEAST_EXCESS} appels)."
    )


def who_words(found: Who) -> str:
    """The form's question, « l’ensemble des employés ou une personne en particulier », with the sum behind it."""
    label = WHO_LABELS[found.answer]
    if not found.total:
        return f"{label} : aucun compte n’a plus d’appels que de prescriptions."
    largest, above = found.excess[0][1], len(found.excess)
    of_users = f"{above} compte{'s' if above > 1 else ''} sur {found.active} en excès"
    who_is = f" (« {found.user} »)" if found.answer == ONE_PERSON else ""
    share = f"le plus grand excès fait {largest} des {found.total} appels en excès ({100 * largest // found.total} %)"
    return f"{label}{who_is} : {share}, {of_users}. Seuils de 60 % et de deux tiers, à confirmer."


def said(number: float, digits: int = 2) -> str:
    """A number as French people write it."""
    return f"{number:.{digits}f}".replace(".", ",")


def covered(month: date, first: date, last: date) -> tuple[date, date]:
    """What the logs cover of a month, by the first and last days with a line: from, until (excluded)."""
    end = next_month(month)
    quiet = timedelta(days=QUIET_DAYS)
    until = last + timedelta(days=1)
    return (month if first - month <= quiet else first), (end if end - until <= quiet else until)


def months_before(month: date, count: int) -> list[date]:
    """The first days of the ``count`` months before that of ``month``, oldest first."""
    index = month.year * 12 + month.month - 1
    return [date((index - back) // 12, (index - back) % 12 + 1, 1) for back in range(count, 0, -1)]
