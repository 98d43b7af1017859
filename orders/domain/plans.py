"""The plan that a supplier and a pharmacy make together: a question, dates proposed by one, agreed by the other.

Source: S, « Rapprochez-vous de votre éditeur pour savoir si leur solution sera bien référencée Ségur, quand elle le
sera et comment vous pouvez planifier ensemble ».
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from orders.domain.limits import french_day
from portal.common.clock import last_day_before, paris_date
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet

QUESTION, PROPOSAL, AGREEMENT = "question", "proposal", "agreement"
KINDS = {QUESTION: "Question posée", PROPOSAL: "Dates proposées", AGREEMENT: "Dates convenues"}
SUPPLIER, PHARMACY = "supplier", "pharmacy"
SIDES = {SUPPLIER: "Fournisseur", PHARMACY: "Pharmacie"}


@dataclass(frozen=True)
class Dates:
    """The days of the plan."""

    order_on: date
    install_on: date
    train_on: date


@dataclass(frozen=True)
class Step:
    """One revision of a plan, as the rules see it; numbered from 1."""

    number: int
    kind: str
    side: str


@dataclass(frozen=True)
class Standing:
    """Where a plan stands: ``code`` is the kind of what was said last, ``waits_for`` the side that should answer
    (empty once agreed), ``proposal`` the number of the last proposal."""

    code: str
    waits_for: str
    proposal: int | None

    @property
    def label(self) -> str:
        """Its French word."""
        return KINDS[self.code]


def other_side(side: str) -> str:
    """The other of the two."""
    return PHARMACY if side == SUPPLIER else SUPPLIER


def standing(steps: Sequence[Step]) -> Standing:
    """Where a plan stands after its revisions, oldest first. Raises ValueError where there is none."""
    if not steps:
        raise ValueError("a plan begins with a question or a proposal")
    last = steps[-1]
    proposals = [step.number for step in steps if step.kind == PROPOSAL]
    waits_for = "" if last.kind == AGREEMENT else other_side(last.side)
    return Standing(last.kind, waits_for, proposals[-1] if proposals else None)


def check_agreement(steps: Sequence[Step], side: str, seen: int | None) -> list[Refusal]:
    """The last proposal is agreed once, by the side that did not make it, as it was seen."""
    proposal = next((step for step in reversed(steps) if step.kind == PROPOSAL), None)
    if proposal is None:
        return [Refusal("nothing_proposed", "Aucune date n’est encore proposée : proposez les vôtres.")]
    if any(step.kind == AGREEMENT and step.number > proposal.number for step in steps):
        return [Refusal("already_agreed", "Ces dates sont déjà convenues.")]
    if proposal.side == side:
        return [Refusal("own_proposal", "Vous avez proposé ces dates : c’est à l’autre partie de les accepter.")]
    if seen != proposal.number:
        words = "D’autres dates ont été proposées depuis que vous avez ouvert cette page. Relisez-les avant d’accepter."
        return [Refusal("stale", words)]
    return []


def check_words(words: str) -> list[Refusal]:
    """A question says something."""
    return [] if words.strip() else [Refusal("missing_field", "Écrivez votre question.", "words")]


def check_dates(dates: Dates, rules: RuleSet, now: datetime, ordered_on: date | None = None) -> list[Refusal]:
    """To come, in the windows of the rules in force, the works not before the order. ``ordered_on``: the day the
    order was signed, once it is: that day may then be past."""
    today, refusals = paris_date(now), []
    for name, day in (("order_on", dates.order_on), ("install_on", dates.install_on), ("train_on", dates.train_on)):
        if day < today and not (name == "order_on" and day == ordered_on):
            words = f"Le {french_day(day)} est passé : choisissez une date à partir d’aujourd’hui."
            refusals.append(Refusal("past_date", words, name))
    refusals += _check_order_window(dates.order_on, rules, ordered_on)
    for name, what in (("install_on", "L’installation"), ("train_on", "La formation")):
        refusals += _check_works(name, what, getattr(dates, name), dates.order_on, rules)
    return refusals


def _check_order_window(day: date, rules: RuleSet, ordered_on: date | None) -> list[Refusal]:
    opens, closes = rules.milestone("signature", "opens"), rules.milestone("signature", "closes")
    if day == ordered_on:
        return []
    if opens and day < paris_date(opens.at):
        words = (
            f"Les commandes se signent à partir du {french_day(opens.at)} : choisissez une date à compter de ce jour."
        )
        return [Refusal("too_early", words, "order_on", opens.source)]
    if closes and day > last_day_before(closes.at):
        last = french_day(last_day_before(closes.at))
        words = f"Les commandes se signent jusqu’au {last} : choisissez une date antérieure ou égale."
        return [Refusal("after_closing", words, "order_on", closes.source)]
    return []


def _check_works(name: str, what: str, day: date, order_on: date, rules: RuleSet) -> list[Refusal]:
    closes = rules.milestone("installation", "closes")
    if day < order_on:
        words = f"{what} ne peut pas précéder la commande, prévue le {french_day(order_on)}."
        return [Refusal("before_order", words, name)]
    if closes and day > last_day_before(closes.at):
        last = french_day(last_day_before(closes.at))
        words = f"{what} doit être faite au plus tard le {last} : choisissez une date antérieure ou égale."
        return [Refusal("after_closing", words, name, closes.source)]
    return []
