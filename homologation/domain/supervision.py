"""The deterministic rules of monthly supervision, SUP-01 to SUP-08 (compliance facts §3). An alert is never a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

DUE_DAY = 10
"""Day of the next month by which the report is due, « à confirmer »."""


@dataclass(frozen=True)
class UserRow:
    """One account over the month. What only a detailed report says is None elsewhere.

    ``tickets``: maintenance tickets of the month; ``outside_presence``: activity outside the declared presence;
    ``two_posts``: activity on two posts at once. ``detailed``: a detailed report tells of this account.
    """

    user: str
    calls: int
    prescriptions: int
    maintenance: bool = False
    tickets: int | None = None
    outside_presence: int | None = None
    two_posts: int | None = None
    detailed: bool = False


@dataclass(frozen=True)
class Report:
    """A monthly report; ``month`` is its first day, ``log_from`` and ``log_until`` (excluded) what the logs cover."""

    month: date
    calls: int
    prescriptions: int
    rows: tuple[UserRow, ...] = ()
    log_from: date | None = None
    log_until: date | None = None


@dataclass(frozen=True)
class Authorised:
    """One person of the questionnaire's 2.2, in force over ``[since, until)``."""

    user: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Alert:
    """What a rule found; ``user`` where it concerns one account."""

    rule: str
    message: str
    user: str = ""


def next_month(month: date) -> date:
    """The first day of the month after that of ``month``."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def alerts(report: Report, people: Sequence[Authorised] = ()) -> list[Alert]:
    """What the rules find in a report; ``people``: those of 2.2, none where it is not filled yet."""
    return [alert for rule in RULES for alert in rule(report, people)]


def missing_report(month: date, today: date, received: bool) -> list[Alert]:
    """SUP-04: the report of a month is due on the 10th of the next one."""
    due = next_month(month).replace(day=DUE_DAY)
    if received or today <= due:
        return []
    return [Alert("SUP-04", f"Le rapport de {month:%m/%Y} était attendu le {due:%d/%m/%Y} : demandez-le.")]


def _more_calls(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-01, the form's own rule: strictly more calls than prescriptions."""
    if report.calls > report.prescriptions:
        yield Alert(
            "SUP-01",
            f"{report.calls} appels pour {report.prescriptions} prescriptions : vous pouvez demander le rapport "
            "détaillé à votre éditeur.",
        )


def _unauthorised(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-02: a user who was not authorised in that month."""
    if not people:
        return
    end = next_month(report.month)
    known = {
        person.user
        for person in people
        if (person.since is None or person.since < end) and (person.until is None or person.until > report.month)
    }
    for row in report.rows:
        if row.calls and row.user not in known:
            yield Alert("SUP-02", f"« {row.user} » a appelé INSi sans être habilité.", row.user)


def _sums(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-03: the rows do not add up to the totals."""
    if not report.rows:
        return
    for what, total, summed in (
        ("appels", report.calls, sum(row.calls for row in report.rows)),
        ("prescriptions", report.prescriptions, sum(row.prescriptions for row in report.rows)),
    ):
        if total != summed:
            yield Alert("SUP-03", f"Le détail fait {summed} {what}, le total {total} : demandez une correction.")


def _no_call(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-05: prescriptions and no call: traces lost, or INSi unused."""
    if report.prescriptions and not report.calls:
        yield Alert("SUP-05", "Aucun appel malgré des prescriptions : les traces manquent, ou INSi n’est pas utilisé.")


def _maintenance(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-06: a maintenance account was active without a ticket."""
    for row in report.rows:
        if row.maintenance and row.calls and row.tickets == 0:
            yield Alert("SUP-06", f"Le compte de maintenance « {row.user} » a servi sans ticket.", row.user)


def _borrowed(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-07: one account was active outside the person's presence, or on two posts."""
    for row in report.rows:
        if row.outside_presence or row.two_posts:
            yield Alert("SUP-07", f"« {row.user} » a servi hors présence ou sur deux postes.", row.user)


def _period(report: Report, people: Sequence[Authorised]) -> Iterator[Alert]:
    """SUP-08: the logs do not cover the month."""
    start, end = report.log_from, report.log_until
    if (start and start > report.month) or (end and end < next_month(report.month)):
        yield Alert("SUP-08", "Les traces ne couvrent pas tout le mois : ce rapport est partiel.")


@dataclass(frozen=True)
class Untold:
    """A rule that could not look this month, and why: its silence is no good news."""

    rule: str
    why: str

    @property
    def what(self) -> str:
        """What the rule looks for."""
        return LOOKED_FOR[self.rule]


LOOKED_FOR: Mapping[str, str] = {
    "SUP-02": "appels d’une personne non habilitée",
    "SUP-03": "détail par compte différent du total",
    "SUP-06": "compte de maintenance utilisé sans ticket",
    "SUP-07": "activité hors présence ou sur deux postes",
    "SUP-08": "traces qui ne couvrent pas tout le mois",
    "STA-02": "compte qui appelle plus que ses collègues",
}


def without_source(report: Report, people: Sequence[Authorised] = ()) -> list[Untold]:
    """The rules that nothing can answer for this month, by id; those of the statistics that need accounts too."""
    by_account = ("SUP-02", "SUP-03", "STA-02")
    found: list[Untold] = []
    if not report.rows:
        found += [Untold(rule, "seuls des totaux ont été reçus, sans détail par compte") for rule in by_account]
    elif not people:
        why = "aucune personne habilitée n’a d’identifiant dans la partie 2.2 du questionnaire : indiquez-les"
        found.append(Untold("SUP-02", why))
    if report.log_from is None or report.log_until is None:
        found.append(Untold("SUP-08", "les dates des traces ne sont pas indiquées"))
    found += _without_detail([row for row in report.rows if row.detailed])
    return sorted(found, key=lambda one: list(LOOKED_FOR).index(one.rule))


def _without_detail(detailed: Sequence[UserRow]) -> Iterator[Untold]:
    if not detailed:
        for rule in ("SUP-06", "SUP-07"):
            yield Untold(rule, "aucun rapport détaillé n’a été déposé pour ce mois")
        return
    asked = (
        ("SUP-06", "tickets", [row for row in detailed if row.maintenance and row.calls and row.tickets is None]),
        ("SUP-07", "présence ou postes", [r for r in detailed if r.outside_presence is None or r.two_posts is None]),
    )
    for rule, what, rows in asked:
        if rows:
            yield Untold(rule, f"{what} non indiqués pour {_accounts(len(rows))}")


def _accounts(number: int) -> str:
    return f"{number} compte{'s' if number > 1 else ''}"


Rule = Callable[[Report, Sequence[Authorised]], Iterator[Alert]]
RULES: tuple[Rule, ...] = (_more_calls, _unauthorised, _sums, _no_call, _maintenance, _borrowed, _period)


ONE_PERSON, EVERYBODY, UNDECIDED = "one_person", "everybody", "undecided"
WHO_LABELS: Mapping[str, str] = {
    ONE_PERSON: "Une personne en particulier",
    EVERYBODY: "L’ensemble des employés",
    UNDECIDED: "Indéterminé",
}


@dataclass(frozen=True)
class Who:
    """Whom the excess of calls concerns, with the arithmetic: ``excess`` by user, largest first."""

    answer: str
    excess: tuple[tuple[str, int], ...]
    total: int
    active: int
    user: str = ""


def who(report: Report) -> Who:
    """The form's question, « l’ensemble des employés ou une personne en particulier ».

    Excess of a user: calls above their own prescriptions. One person: the largest carries 60 % of it or more. All: two
    thirds of the active users have one. Thresholds « à confirmer ».
    """
    active = [row for row in report.rows if row.calls or row.prescriptions]
    pairs = [(row.user, max(0, row.calls - row.prescriptions)) for row in active]
    excess = tuple(sorted((pair for pair in pairs if pair[1]), key=lambda pair: (-pair[1], pair[0])))
    total = sum(amount for _, amount in excess)
    if not total:
        return Who(UNDECIDED, excess, total, len(active))
    if 10 * excess[0][1] >= 6 * total:
        return Who(ONE_PERSON, excess, total, len(active), excess[0][0])
    return Who(EVERYBODY if 3 * len(excess) >= 2 * len(active) else UNDECIDED, excess, total, len(active))
