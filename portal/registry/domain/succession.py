"""The events of a pharmacy's life that carry its right to the single Prestation to another one, or end it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.common.refusals import Refusal

SALE, TRANSFER, MERGER, CLOSURE = "sale", "transfer", "merger", "closure"

KINDS: dict[str, str] = {
    SALE: "Cession du fonds (nouveau FINESS)",
    TRANSFER: "Transfert",
    MERGER: "Regroupement",
    CLOSURE: "Fermeture",
}


@dataclass(frozen=True)
class SuccessionFacts:
    """The two pharmacies of an event, as the registry knows them."""

    kind: str
    same: bool
    already_succeeded: bool
    has_successor: bool
    successor_closed: bool
    successor_is_descendant: bool
    effective_on: date
    today: date


def check_succession(facts: SuccessionFacts) -> list[Refusal]:
    """An event is recorded once, for two different pharmacies, the one that goes on being open, and never ahead."""
    refusals = []
    if facts.kind not in KINDS:
        refusals.append(Refusal("bad_kind", "Choisissez l’événement dans la liste.", "kind"))
    if facts.already_succeeded:
        words = "Un événement est déjà enregistré pour cette pharmacie : il ne peut y en avoir qu’un."
        refusals.append(Refusal("already_succeeded", words))
    if facts.kind == CLOSURE and facts.has_successor:
        words = "Une fermeture n’a pas de successeur : laissez ce champ vide, ou choisissez un autre événement."
        refusals.append(Refusal("closure_successor", words, "successor"))
    if facts.kind != CLOSURE and not facts.has_successor:
        words = "Indiquez le FINESS géographique de la pharmacie qui succède."
        refusals.append(Refusal("successor_missing", words, "successor"))
    if facts.same or facts.successor_is_descendant:
        words = "La pharmacie qui succède doit être une autre pharmacie, qui ne descend pas déjà de celle-ci."
        refusals.append(Refusal("same_pharmacy", words, "successor"))
    if facts.successor_closed:
        words = "La pharmacie qui succède est fermée selon FINESS : vérifiez le numéro."
        refusals.append(Refusal("successor_closed", words, "successor"))
    if facts.effective_on > facts.today:
        words = "Cette date est à venir : enregistrez l’événement une fois qu’il a eu lieu."
        refusals.append(Refusal("future_date", words, "effective_on"))
    return refusals
