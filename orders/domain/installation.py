"""The guards of an installation (source: S, « travaux de réception, d’installation et de formation »)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from orders.domain.facts import InstallationFacts
from orders.domain.lifecycle import FIRM, SIGNED
from orders.domain.limits import french_day
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet

FAILURE_CAUSES: dict[str, str] = {
    "old_hardware": "Poste ou système trop ancien",
    "no_certificate": "Certificat logiciel non obtenu",
    "no_mailbox": "Boîte MSSanté absente",
    "refused_on_site": "Intervention refusée sur place",
    "other": "Autre cause",
}


def guard_plan(facts: InstallationFacts) -> list[Refusal]:
    """An installation is planned for a signed order; a conditional one is planned at the supplier's risk."""
    if facts.order_state in SIGNED:
        return []
    return [Refusal("order_not_live", "La commande n’est plus en cours : aucune installation n’est à planifier.")]


def guard_firm(facts: InstallationFacts) -> list[Refusal]:
    """Works start once the order is firm: a conditional order gives no right to the Prestation yet."""
    if facts.order_state in FIRM:
        return []
    if refusals := guard_live(facts):
        return refusals
    return [
        Refusal(
            "order_not_firm",
            "La commande est encore sous condition de référencement : l’installation se déclare une fois la commande "
            "affermie.",
        )
    ]


def guard_live(facts: InstallationFacts) -> list[Refusal]:
    """An order that has ended keeps its installation as it stands, until it comes back (ADR 17)."""
    if facts.order_state in SIGNED:
        return []
    return [Refusal("order_not_live", "La commande n’est plus en cours : l’installation reste telle qu’elle est.")]


def guard_lift(facts: InstallationFacts) -> list[Refusal]:
    """Something is to be lifted."""
    if facts.open_reserves:
        return guard_live(facts)
    return [Refusal("no_reserve", "Aucune réserve n’est ouverte.")]


def guard_reserve(facts: InstallationFacts) -> list[Refusal]:
    """A reserve is set before the VA is signed."""
    if not facts.va_open:
        return guard_live(facts)
    return [
        Refusal(
            "va_open", "La VA est déjà préparée ou signée : la réserve se pose en refusant le point concerné de la VA."
        )
    ]


def check_planned_date(planned_for: datetime, facts: InstallationFacts) -> list[Refusal]:
    """The date is in the future and strictly before the closing of installations."""
    closes = facts.rules.milestone("installation", "closes")
    if planned_for < facts.now:
        return [Refusal("past_date", "Cette date est passée : choisissez une date à venir.", "planned_for")]
    if closes and planned_for >= closes.at:
        return [
            Refusal(
                "after_closing",
                f"Les installations doivent être faites avant le {french_day(closes.at)} : choisissez une date "
                "antérieure.",
                "planned_for",
                closes.source,
            )
        ]
    return []


def check_installed_date(installed_at: datetime, facts: InstallationFacts) -> list[Refusal]:
    """Not in the future, not before the order's signature, before the closing."""
    closes = facts.rules.milestone("installation", "closes")
    if installed_at > facts.now:
        return [
            Refusal("future_date", "Cette date est à venir : déclarez l’installation une fois faite.", "installed_at")
        ]
    # Forms tell minutes, signatures have seconds: within the same minute, nobody is late.
    if facts.order_signed_at and installed_at < facts.order_signed_at.replace(second=0, microsecond=0):
        return [
            Refusal(
                "before_order",
                f"L’installation ne peut pas précéder la commande, signée le {french_day(facts.order_signed_at)}.",
                "installed_at",
            )
        ]
    if closes and installed_at >= closes.at:
        return [
            Refusal(
                "after_closing",
                f"Les installations devaient être faites avant le {french_day(closes.at)}.",
                "installed_at",
                closes.source,
            )
        ]
    return []


def check_checklist(done: Collection[str], rules: RuleSet) -> list[Refusal]:
    """Every line of the checklist is answered before the installation counts as done."""
    missing = [item.label for item in rules.checklist if item.code not in done]
    if not missing:
        return []
    return [
        Refusal(
            "checklist_open",
            "Il reste à faire : " + " ; ".join(missing) + ". Cochez chaque point une fois fait, ou signalez un échec.",
            "checklist",
            "S, « Quel est le périmètre couvert ? »",
        )
    ]


def check_effective(details: Mapping[str, str]) -> list[Refusal]:
    """Final scenario and effective MSSanté address: what controls rely on (domain facts §1.9)."""
    labels = {
        "final_scenario": "le scénario d’installation final",
        "mss_address": "l’adresse MSSanté effective",
        "mss_kind": "le type de la boîte MSSanté",
        "trained": "les personnes formées",
    }
    return [
        Refusal("missing_field", f"Indiquez {label} : cette information est contrôlée.", name)
        for name, label in labels.items()
        if not details.get(name, "").strip()
    ]


def check_failure(cause: str, detail: str) -> list[Refusal]:
    """A failure has a coded cause; « other » needs words."""
    if cause not in FAILURE_CAUSES:
        return [Refusal("bad_cause", "Choisissez la cause de l’échec dans la liste.", "cause")]
    if cause == "other" and not detail.strip():
        return [Refusal("missing_field", "Précisez la cause en quelques mots.", "detail")]
    return []
