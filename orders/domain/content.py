"""What an order must say before it is issued: the mandatory mentions of the form and exact amounts.

Source: S, « Exemple de bon de commande – Officine – LGO – Vague 1 »; amounts: domain facts §1.4.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from orders.domain.facts import Content, PharmacyFacts
from portal.common.money import Triple, euros
from portal.common.refusals import Refusal
from portal.programmes.domain.ruleset import RuleSet

_FORM = "S, exemple de bon de commande"

# The French words of each field that a rule set may require (``RuleSet.required_fields`` says which, and since when).
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


def check_mandatory(content: Content, rules: RuleSet, at: datetime) -> list[Refusal]:
    """Each field that the rules require of an order issued at ``at`` and that is empty."""
    missing = [
        Refusal(
            "missing_field",
            f"Il manque {MANDATORY[required.field]}. Cette mention est obligatoire : complétez-la.",
            required.field,
            required.source,
        )
        for required in rules.required_fields
        if required.holds_at(at) and not str(getattr(content, required.field)).strip()
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
    refusals += _check_ceiling(amounts.ht, rules)
    if content.vat_percent != rate:
        refusals.append(
            Refusal("bad_vat_rate", f"Le taux de TVA de ce département est de {_percent(rate)}.", "vat_percent")
        )
    return refusals + _check_sums(content, expected, rate)


def _check_ceiling(ht: Decimal, rules: RuleSet) -> list[Refusal]:
    """``rules`` as they read for the client (``RuleSet.for_client``): its Prestation, and at most its ceiling."""
    if not rules.prestation_label:
        return [
            Refusal(
                "no_prestation",
                "Aucune Prestation de ce dispositif ne revient à cette pharmacie, compte tenu de celles qu’elle a déjà "
                "reçues. Vérifiez la pharmacie choisie et le dispositif.",
            )
        ]
    tier = rules.money.ceiling()
    if tier is None:
        return [
            Refusal(
                "not_in_table",
                "Cette pharmacie ne figure pas dans la table des bénéficiaires de ce dispositif : aucun plafond ne lui "
                "est attribué. Vérifiez son FINESS, ou interrogez l’administration.",
            )
        ]
    if ht <= tier.ceiling_ht:
        return []
    doubt = "" if tier.confidence == "C" else " (à confirmer)"
    return [
        Refusal(
            "above_ceiling",
            f"Le montant HT dépasse le plafond de {euros(tier.ceiling_ht)} par officine{doubt}. "
            f"Indiquez au plus {euros(tier.ceiling_ht)}.",
            "amount_ht",
            tier.source,
        )
    ]


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
