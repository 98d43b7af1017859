"""The words a pharmacist agrees to, versioned: a later wording is a new version, never an edit."""

from __future__ import annotations

from orders.domain.facts import HolderFacts
from orders.domain.limits import french_day

CONSENT_VERSION = "bdc-1"

DECLINE_REASONS: dict[str, str] = {
    "other_supplier": "J’ai choisi un autre fournisseur",
    "not_interested": "Je ne souhaite pas cette prestation",
    "wrong_content": "La commande contient une erreur",
    "not_my_pharmacy": "Cette commande ne concerne pas ma pharmacie",
    "other": "Autre motif",
}

_FIRM = (
    "Je signe ce bon de commande. Je commande la Prestation Ségur décrite et les certificats logiciels associés, dont "
    "j’accepte les conditions générales d’utilisation. Je confirme qu’il s’agit de la seule Prestation Ségur de mon "
    "officine."
)
_CONDITIONAL = (
    " J’ai compris que cette commande est conditionnée au référencement du logiciel par l’ANS et qu’elle devient "
    "caduque si cette condition n’est pas remplie."
)


def replacement_text(former: HolderFacts, *, transfer: bool) -> str:
    """The sentence by which the signatory replaces the order that holds the right of the pharmacy."""
    signed = f", signé le {french_day(former.signed_at)}" if former.signed_at else ""
    if transfer:
        return (
            f"Je reprends le bon de commande n° {former.number}{signed} par la pharmacie à laquelle je succède : il "
            "prend fin, et celui-ci garde sa date."
        )
    return (
        f"Ce bon remplace le bon n° {former.number} de {former.supplier_name}{signed}. L’ancien bon prend fin à ma "
        "signature, son fournisseur en est prévenu."
    )


def consent_text(*, conditional: bool) -> str:
    """The sentence beside the box, as kept in the evidence."""
    return _FIRM + _CONDITIONAL if conditional else _FIRM
