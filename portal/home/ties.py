"""How an order is tied to others, in words that each reader may read: a supplier never learns who the rival is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders.domain.lifecycle import ISSUED, REPLACED, TRANSFERRED
from orders.domain.limits import french_day
from orders.models import Objection, Order
from orders.selectors import ties_of
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import PHARMACY_SIDE, SUPPLIER_SIDE


@dataclass(frozen=True)
class Tie:
    """One sentence, with the other dossier where the reader may open it."""

    words: str
    url: str = ""
    link: str = ""


def ties(order: Order, actor: Actor) -> list[Tie]:
    """What this order replaced or took over, and what did so to it."""
    tied = order.origin_id is not None or order.state in (REPLACED, TRANSFERRED)
    if not tied and order.pharmacy.closed_on is None:
        return []
    known = ties_of(actor, order)
    former = next((other for other in known if other.pk == order.origin_id), None)
    later = [other for other in known if other.origin_id == order.pk]
    return [*_former(order, former, actor), *_later(order, later, actor)]


def _former(order: Order, former: Order | None, actor: Actor) -> list[Tie]:
    if order.origin_kind == "transfer":
        words = "Cette commande reprend celle de la pharmacie qui vous a précédé, et garde sa date."
        if actor.role not in PHARMACY_SIDE:
            words = "Cette commande reprend celle d’une pharmacie à laquelle celle-ci a succédé, et garde sa date."
        return [_tie(words, former)]
    if order.origin_kind == "replacement" and order.signed_at:
        if former is None and actor.role in SUPPLIER_SIDE:
            return [Tie("En la signant, la pharmacie a mis fin à une autre commande qu’elle avait signée.")]
        return [_tie("Cette commande en remplace une autre.", former)]
    return []


def _later(order: Order, later: Sequence[Order], actor: Actor) -> list[Tie]:
    if order.state == REPLACED:
        winner = next((other for other in later if other.origin_kind == "replacement" and other.signed_at), None)
        if winner is None:
            return [Tie("La pharmacie a signé un autre bon de commande, qui remplace celui-ci.")]
        return [_tie("Cette commande est remplacée par une autre.", winner)]
    takers = [other for other in later if other.origin_kind == "transfer"]
    if order.state == TRANSFERRED:
        signed = next((other for other in takers if other.signed_at), None)
        return [_tie("La pharmacie qui succède a repris cette commande.", signed)]
    waiting = next((other for other in takers if other.state == ISSUED), None)
    return [_tie("La reprise de cette commande est proposée à la pharmacie qui succède.", waiting)] if waiting else []


def _tie(words: str, other: Order | None) -> Tie:
    if other is None:
        return Tie(words)
    signed = f", signé le {french_day(other.signed_at)}" if other.signed_at else ""
    link = f"Bon n° {other.number} – {other.supplier.name}{signed}"
    return Tie(words, other.get_absolute_url(), link)


@dataclass(frozen=True)
class Contest:
    """What the dossier says of an objection: ``ground`` only to those who may read it."""

    title: str
    words: str
    ground: str = ""
    answer: str = ""


def contests(order: Order, objections: Sequence[Objection], actor: Actor) -> list[Contest]:
    """The objections about this order, as the reader may know them."""
    return [_contest(order, objection, actor) for objection in objections if objection.raised_at]


def _contest(order: Order, objection: Objection, actor: Actor) -> Contest:
    replaced = objection.order_id == order.pk
    raised = french_day(objection.raised_at) if objection.raised_at else ""
    subject = "Le fournisseur conteste" if replaced else "Le fournisseur de l’ancienne commande conteste"
    words = f"{subject} ce remplacement, le {raised}. L’administration décidera."
    if objection.settled_at:
        verdict = _VERDICTS[objection.outcome][0 if replaced else 1]
        words = f"Contestation du {raised}, tranchée le {french_day(objection.settled_at)}. {verdict}"
    foreign = not replaced and actor.role in SUPPLIER_SIDE
    title = "Contestation du remplacement"
    return Contest(title, words, "" if foreign else objection.ground, objection.answer)


_VERDICTS = {
    "rejected": ("Elle est rejetée : le remplacement tient.", "Elle est rejetée : cette commande se poursuit."),
    "upheld": ("Elle est reçue : cette commande est rétablie.", "Elle est reçue : cette commande est annulée."),
}
"""By outcome: as told on the replaced order, and on the one that took its place."""
