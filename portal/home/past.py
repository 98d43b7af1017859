"""A dossier as it was at the end of a day: what the journal says of its objects, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from attestations.domain.lifecycle import ATTESTATION
from orders.domain.installation import FAILURE_CAUSES
from orders.domain.lifecycle import DRAFT, INSTALLATION, ORDER
from orders.domain.reasons import reason_words
from orders.models.installations import MSS_KINDS
from portal.audit.domain.as_of import Past, as_of
from portal.audit.models import AuditEvent
from portal.audit.services import recorded
from portal.ui import formats

ORDERS = "orders_order"
_TITLES = {
    ORDERS: ("Commande", ORDER),
    "orders_installation": ("Installation", INSTALLATION),
    "attestations_attestation": ("Vérification d’aptitude (VA)", ATTESTATION),
}


def _instant(value: Any) -> str:
    return formats.instant(datetime.fromisoformat(value))


def _euros(value: Any) -> str:
    return f"{value} €".replace(".", ",")


def _side(value: Any) -> str:
    return "le fournisseur" if value == "supplier" else "la pharmacie"


_FIELDS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "referencing_number": ("N° de référencement", str),
    "amount_ht": ("Montant HT", _euros),
    "amount_vat": ("TVA", _euros),
    "amount_ttc": ("Montant TTC", _euros),
    "vat_percent": ("Taux de TVA", lambda value: f"{value} %".replace(".", ",")),
    "state_amount": ("Pris en charge par l’Etat", _euros),
    "issued_at": ("Émise le", _instant),
    "expires_at": ("À signer avant le", _instant),
    "signed_at": ("Signée le", _instant),
    "counts_from": ("Compte depuis le", _instant),
    "conditional_until": ("Dossier de référencement à compléter avant le", _instant),
    "affirmed_at": ("Affermie le", _instant),
    "realised_at": ("Réalisée le", _instant),
    "ended_at": ("Terminée le", _instant),
    "end_reason": ("Motif de fin", reason_words),
    "cancel_asked_by": ("Annulation demandée par", _side),
    "planned_for": ("Prévue le", _instant),
    "started_at": ("Commencée le", _instant),
    "installed_at": ("Installée le", _instant),
    "failed_at": ("En échec le", _instant),
    "failure_cause": ("Cause de l’échec", lambda value: FAILURE_CAUSES.get(value, value)),
    "mss_kind": ("Messagerie MSSanté", lambda value: dict(MSS_KINDS).get(value, value)),
    "prepared_at": ("Préparée le", _instant),
    "completed_at": ("Complétée le", _instant),
}
"""The journaled fields that say something to a reader, in the order in which they are shown."""


@dataclass(frozen=True)
class PastObject:
    """One object in words: what it is, the state it was in, since when, and its fields."""

    title: str
    state: str
    since: datetime
    fields: list[tuple[str, str]]


def past_objects(events: Iterable[AuditEvent], instant: datetime, *, for_pharmacy: bool) -> list[PastObject]:
    """The order, its installation and its VAs before ``instant``; none for a pharmacy while the order was a draft."""
    pasts = as_of((recorded(event) for event in events), instant)
    order = next((past for past in pasts if past.object_type == ORDERS), None)
    if order is None or (for_pharmacy and order.state == DRAFT):
        return []
    return [_told(past) for past in pasts if past.object_type in _TITLES]


def _told(past: Past) -> PastObject:
    title, lifecycle = _TITLES[past.object_type]
    shown = [
        (label, words(past.fields[name]))
        for name, (label, words) in _FIELDS.items()
        if past.fields.get(name) not in (None, "")
    ]
    return PastObject(title, lifecycle.labels[past.state], past.at, shown)
