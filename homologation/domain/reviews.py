"""What makes a decision be read again before its end: rules that are data, and facts that are compared (facts §1.7).

A cause is a fact with the object that it is about, never a verdict: the titulaire says what follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from homologation.domain.questions import ROW
from homologation.domain.steps import BadCatalogue
from homologation.domain.supervision import next_month
from homologation.domain.validity import months_after
from portal.common.canonical import sha256_of
from portal.common.text import fold

STANDINGS: Mapping[str, str] = {"suspended": "suspendu", "withdrawn": "retiré"}
"""The statuses of a référencement that open a review."""


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue; ``cause`` names how it is found (``FINDERS``)."""

    id: str
    cause: str
    title: str
    why: str
    source: str
    confirmed: bool = True


@dataclass(frozen=True)
class Reviews:
    """The rules of a programme. ``remind_days``: of the end of validity, negative after it, farthest first."""

    rules: tuple[Rule, ...]
    remind_days: tuple[int, ...]
    alerts_in_a_row: int
    alert_causes: frozenset[str]

    def rule(self, key: str) -> Rule | None:
        """The rule of this id."""
        return next((rule for rule in self.rules if rule.id == key), None)


@dataclass(frozen=True)
class Named:
    """Something with a key of its own, what people call it, and since when; ``at`` may be unknown."""

    key: str
    name: str
    at: datetime | None = None


@dataclass(frozen=True)
class DecisionFacts:
    """What is known on ``today`` (Paris) of the world that a decision of ``decided_at`` was about.

    ``software``: the version that it was decided for; ``in_service``: the version installed last. ``standing``: the
    status of ``software`` (its key), by what is recorded. ``certificates``: the days until which those named in the
    dossier and in the steps hold. ``exposed``, ``breaches``: of the register, known or closed since the decision.
    ``alerts``: months of confirmed alerts, with when each was analysed. ``form``: a newer major version. ``pack``: what
    the editor proposes since, where it differs. ``applications``: those told since that receive the INS.
    """

    decided_at: datetime
    today: date
    software: Named | None = None
    in_service: Named | None = None
    standing: Named | None = None
    certificates: frozenset[date] = frozenset()
    exposed: tuple[Named, ...] = ()
    titulaires_then: frozenset[int] = frozenset()
    titulaires_now: frozenset[int] = frozenset()
    breaches: tuple[Named, ...] = ()
    alerts: Mapping[date, datetime] | None = None
    form: Named | None = None
    pack: Named | None = None
    applications: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cause:
    """A fact that a rule found, about ``object``: the same object never opens a second review of a dossier."""

    rule: str
    cause: str
    object: str
    fact: str


def parse_reviews(content: Mapping[str, Any]) -> Reviews:
    """The rules of a file. Raises ``BadCatalogue``."""
    try:
        rules = tuple(Rule(**one) for one in content["rule"])
        days = tuple(sorted({int(number) for number in content["remind_days"]}, reverse=True))
        found = Reviews(rules, days, int(content["alerts_in_a_row"]), frozenset(content["alert_causes"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadCatalogue(f"revues : {error}") from error
    if strays := sorted({rule.cause for rule in rules} - set(FINDERS)):
        raise BadCatalogue(f"revues : causes inconnues ({', '.join(strays)})")
    if len({rule.id for rule in rules}) != len(rules) or found.alerts_in_a_row < 1:
        raise BadCatalogue("revues : une règle est donnée deux fois, ou « alerts_in_a_row » n’est pas positif")
    return found


def causes(facts: DecisionFacts, reviews: Reviews) -> list[Cause]:
    """What every rule finds, in the order of the catalogue."""
    return [
        Cause(rule.id, rule.cause, key, fact)
        for rule in reviews.rules
        for key, fact in FINDERS[rule.cause](facts, reviews)
    ]


Found = Iterator[tuple[str, str]]
Rows = Iterable[Mapping[str, Any]]


def _software(facts: DecisionFacts, reviews: Reviews) -> Found:
    """Another version in service; where the dossier named none, one installed since."""
    now, then = facts.in_service, facts.software
    if now is None or (then is not None and then.key == now.key):
        return
    if then is None and (now.at is None or now.at <= facts.decided_at):
        return
    before = f"le dossier a été décidé pour {then.name}" if then else "le dossier n’en nommait aucun"
    yield now.key, f"Logiciel en service : {now.name} ; {before}."


def _standing(facts: DecisionFacts, reviews: Reviews) -> Found:
    standing, software = facts.standing, facts.software
    if standing is None or software is None or standing.key not in STANDINGS or standing.at is None:
        return
    since = standing.at.isoformat()
    yield (
        f"{software.key}:{standing.key}:{since}",
        f"Le référencement de {software.name} est {STANDINGS[standing.key]}.",
    )


def _certificates(facts: DecisionFacts, reviews: Reviews) -> Found:
    """A certificate that expired since the decision, one that a breach exposed."""
    for until in sorted(facts.certificates):
        if until < facts.today:
            yield f"expired:{until}", f"Un certificat a expiré le {until:%d/%m/%Y}."
    for breach in facts.exposed:
        yield f"exposed:{breach.key}", f"{breach.name} : un certificat a pu être exposé, sa révocation est définitive."


def _titulaires(facts: DecisionFacts, reviews: Reviews) -> Found:
    """Counts alone: who they are, the pharmacy knows."""
    came = len(facts.titulaires_now - facts.titulaires_then)
    left = len(facts.titulaires_then - facts.titulaires_now)
    if came or left:
        said = f"Titulaires arrivés depuis la décision : {came} ; partis : {left}."
        yield sha256_of(sorted(facts.titulaires_now))[:32], said


def _breaches(facts: DecisionFacts, reviews: Reviews) -> Found:
    for breach in facts.breaches:
        yield breach.key, f"La violation {breach.name} est close : sa cause touche l’usage du téléservice INSi."


def _alerts(facts: DecisionFacts, reviews: Reviews) -> Found:
    """A run of months, named by its first: a longer run is no other object."""
    months = facts.alerts or {}
    for first in sorted(months):
        if months_after(first, -1) in months:
            continue
        run = [first]
        while (following := next_month(run[-1])) in months:
            run.append(following)
        if len(run) >= reviews.alerts_in_a_row and max(months[one] for one in run) > facts.decided_at:
            said = ", ".join(f"{one:%m/%Y}" for one in run)
            yield f"{first:%Y-%m}", f"Alertes de supervision confirmées {len(run)} mois de suite : {said}."


def _form(facts: DecisionFacts, reviews: Reviews) -> Found:
    if facts.form is not None:
        yield facts.form.key, f"Le questionnaire est passé à la version majeure {facts.form.name}."


def _pack(facts: DecisionFacts, reviews: Reviews) -> Found:
    if facts.pack is not None:
        yield facts.pack.key, f"L’éditeur propose de nouvelles réponses : {facts.pack.name}."


def _applications(facts: DecisionFacts, reviews: Reviews) -> Found:
    for name in facts.applications:
        said = f"« {name} » reçoit l’INS, et n’est pas parmi les logiciels du dossier décidé."
        yield sha256_of(fold(name))[:32], said


def new_applications(decided: Rows, told: Rows) -> tuple[str, ...]:
    """The applications of ``told`` that receive the INS and that ``decided`` does not say to receive it, by name."""
    known = {fold(name) for name in _receiving(decided)}
    return tuple(dict.fromkeys(name for name in _receiving(told) if fold(name) not in known))


def _receiving(rows: Rows) -> list[str]:
    names = (str(row.get("nom") or "").strip() for row in rows if row.get("recoit_ins") is True)
    return [name for name in names if name]


def without_rows(value: Any) -> Any:
    """A value to compare by what it says: the keys of its rows, which two authors never share, left out."""
    if not isinstance(value, list):
        return value
    return [{key: cell for key, cell in row.items() if key != ROW} if isinstance(row, dict) else row for row in value]


FINDERS: Mapping[str, Callable[[DecisionFacts, Reviews], Found]] = {
    "software": _software,
    "standing": _standing,
    "certificate": _certificates,
    "titulaires": _titulaires,
    "breach": _breaches,
    "alerts": _alerts,
    "questionnaire": _form,
    "pack": _pack,
    "application": _applications,
}


def end_days(valid_until: date, today: date, days: Collection[int]) -> list[int]:
    """The days before the last day of validity to remind at: those of the catalogue, then the same day each month.

    Negative: after it. Only what may be due by ``today`` is told beyond the catalogue's own.
    """
    last = last_valid_day(valid_until)
    found = set(days)
    months = 2
    while (later := months_after(last, months)) <= today:
        if -(later - last).days < min(days, default=0):
            found.add(-(later - last).days)
        months += 1
    return sorted(found, reverse=True)


def last_valid_day(valid_until: date) -> date:
    """The last day on which a decision holds; ``valid_until`` is excluded."""
    return date.fromordinal(valid_until.toordinal() - 1)
