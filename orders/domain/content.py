"""What an order must say before it is issued: the mandatory mentions of the form and exact amounts.

Source: S, « Exemple de bon de commande – Officine – LGO – Vague 1 »; amounts: domain facts §1.4.
"""

from __future__ import annotations

from decimal import Decimal

from orders.domain.facts import Content, PharmacyFacts
from portal.common.money import Triple, euros
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet

_FORM = "S, exemple de bon de commande"

MANDATORY: dict[str, str] = {
    "client_name": "le nom de la structure cliente",
    "client_responsible": "le nom du responsable de la structure cliente",
    "client_phone": "le téléphone du client",
    "client_email": "l’adresse électronique du client",
    "administrator_name": "le nom de l’administrateur technique des certificats",
    "administrator_status": "le statut de l’administrateur technique (éditeur ou pharmacien)",
    "administrator_card": "le numéro de carte CPA ou CPS de l’administrateur technique",
    "administrator_phone": "le téléphone de l’administrateur technique",
    "administrator_email": "l’adresse électronique à laquelle notifier l’habilitation",
    "installation_scenario": "le scénario d’installation",
}


def check_mandatory(content: Content) -> list[Refusal]:
    """Each field of the form that must not be empty."""
    missing = [
        Refusal("missing_field", f"Il manque {what}. Cette mention est obligatoire : complétez-la.", name, _FORM)
        for name, what in MANDATORY.items()
        if not str(getattr(content, name)).strip()
    ]
    return missing + _check_mailboxes(content)


def _check_mailboxes(content: Content) -> list[Refusal]:
    refusals = []
    for kind, label in (("personal", "personnelle"), ("organisation", "organisationnelle")):
        has, operator = getattr(content, f"has_{kind}_mailbox"), getattr(content, f"{kind}_operator")
        if has is None:
            refusals.append(
                Refusal(
                    "missing_field",
                    f"Répondez par oui ou par non : la pharmacie dispose-t-elle d’une BAL MSSanté {label} ?",
                    f"has_{kind}_mailbox",
                    _FORM,
                )
            )
        elif has and not operator.strip():
            refusals.append(
                Refusal(
                    "missing_field",
                    f"Indiquez l’opérateur de la BAL MSSanté {label}, ou répondez non.",
                    f"{kind}_operator",
                    _FORM,
                )
            )
    return refusals


def check_amounts(content: Content, pharmacy: PharmacyFacts, rules: RuleSet) -> list[Refusal]:
    """HT within the ceiling, VAT exact to the cent at the right rate, sum exact, all of it paid by the State."""
    expected = Triple.from_ht(content.amounts.ht, rules.money.vat_for(pharmacy.department))
    rate = rules.money.vat_for(pharmacy.department)
    amounts, refusals = content.amounts, []
    if amounts.ht <= 0:
        refusals.append(
            Refusal("zero_amount", "Le montant HT doit être supérieur à 0 € : indiquez le montant réel.", "amount_ht")
        )
    ceiling = max(tier.ceiling_ht for tier in rules.money.tiers)
    if amounts.ht > ceiling:
        refusals.append(
            Refusal(
                "above_ceiling",
                f"Le montant HT dépasse le plafond de {euros(ceiling)} par officine (à confirmer). "
                f"Indiquez au plus {euros(ceiling)}.",
                "amount_ht",
                rules.money.tiers[0].source,
            )
        )
    if content.vat_percent != rate:
        refusals.append(
            Refusal("bad_vat_rate", f"Le taux de TVA de ce département est de {_percent(rate)}.", "vat_percent")
        )
    return refusals + _check_sums(content, expected, rate)


def _check_sums(content: Content, expected: Triple, rate: Decimal) -> list[Refusal]:
    amounts, refusals = content.amounts, []
    if amounts.vat != expected.vat:
        refusals.append(
            Refusal(
                "bad_vat",
                f"La TVA ne tombe pas juste : {_percent(rate)} de {euros(amounts.ht)} font {euros(expected.vat)}, "
                f"et non {euros(amounts.vat)}.",
                "amount_vat",
            )
        )
    if amounts.ttc != amounts.ht + amounts.vat:
        refusals.append(
            Refusal(
                "bad_total",
                f"Le total ne tombe pas juste : {euros(amounts.ht)} + {euros(amounts.vat)} font "
                f"{euros(amounts.ht + amounts.vat)}, et non {euros(amounts.ttc)}.",
                "amount_ttc",
            )
        )
    if content.state_amount != amounts.ttc:
        refusals.append(
            Refusal(
                "bad_state_amount",
                f"Le montant pris en charge par l’Etat doit être le montant TTC, {euros(amounts.ttc)} : "
                "la Prestation ne laisse aucun reste à charge.",
                "state_amount",
                "S, « Il n’y a pas de reste à charge pour le pharmacien »",
            )
        )
    return refusals


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f}".replace(".", ",") + " %"
