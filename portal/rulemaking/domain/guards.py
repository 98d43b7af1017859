"""Whether a draft may be submitted, and who may publish it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet
from portal.rulemaking.domain.difference import IDENTITY, differences
from portal.rulemaking.domain.lifecycle import INCIDENT

_FOUR_EYES = "Règle des deux personnes : la seconde n’est ni l’auteur, ni le dernier rédacteur, ni celui qui soumet"
_SHORTENING = "Un texte qui réduit un délai ne vaut que pour l’avenir : les actes déjà faits restent valables"


@dataclass(frozen=True)
class AmendmentFacts:
    """What decides whether a draft may go on. ``after`` is None when the draft cannot be read (``fault`` says why)."""

    now: datetime
    kind: str
    before: RuleSet
    after: RuleSet | None
    fault: str
    actor_id: int | None
    written_by: frozenset[int]


def guard_submit(facts: AmendmentFacts) -> list[Refusal]:
    """A draft that can be read, changes something, and takes nothing away from acts already done."""
    if facts.after is None:
        return [Refusal("bad_rules", f"Ce projet ne peut pas être lu : {facts.fault}. Corrigez-le, puis soumettez-le.")]
    changes = [change for change in differences(facts.before, facts.after) if change.section != IDENTITY]
    if not changes:
        return [
            Refusal(
                "no_change",
                "Ce projet ne change rien aux règles en vigueur. Modifiez une date, un délai ou un montant, ou "
                "abandonnez-le.",
            )
        ]
    if facts.kind == INCIDENT:
        return _check_extension(facts)
    shortened = [change.words for change in changes if change.shortens]
    reach = facts.after.applies_from
    if shortened and (reach is None or reach < facts.now):
        return [
            Refusal(
                "retroactive_shortening",
                f"Ce projet réduit un délai : {shortened[0]}. Il ne peut pas s’appliquer à des actes déjà faits. "
                "Choisissez la portée « à compter de la publication », ou retirez cette réduction.",
                legal_ref=_SHORTENING,
            )
        ]
    return []


def _check_extension(facts: AmendmentFacts) -> list[Refusal]:
    """The new instant of the cut-offs hit is still to come: otherwise nobody could use it."""
    if facts.after is None or facts.after.outages[-1].extended_to > facts.now:
        return []
    return [
        Refusal(
            "extension_past",
            "Le report de cet incident est déjà passé : personne ne pourrait s’en servir. Renvoyez le projet en "
            "rédaction et choisissez une date à venir.",
        )
    ]


def guard_publish(facts: AmendmentFacts) -> list[Refusal]:
    """By a second person, under the same conditions as the submission."""
    if facts.actor_id is not None and facts.actor_id in facts.written_by:
        return [
            Refusal(
                "same_person",
                "Vous avez rédigé ou soumis ce projet : une autre personne, valideuse, doit l’approuver. "
                "Demandez-le à un collègue.",
                legal_ref=_FOUR_EYES,
            )
        ]
    return guard_submit(facts)
