"""What an order that ended by itself means for its reader: why, what is owed, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from orders.domain import reasons
from orders.domain.lifecycle import EXPIRED, LAPSED
from orders.models import Order
from portal.home.domain.stages import PHARMACY, SUPPLIER


@dataclass(frozen=True)
class Ending:
    """An end in plain words; ``steps`` are what the reader may do next, ``links`` where."""

    title: str
    why: str
    owed: str
    steps: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()


_FREE = "Vous ne devez rien : ni au fournisseur, ni à l’Etat. Cette commande ne vous engage plus."
_CLOSED_FREE = "Vous ne devez rien à l’Etat, et cette commande ne vous engage plus."
_BACK = (
    "Si un nouvel arrêté repousse cette date, la commande peut revenir d’elle-même, avec son installation et sa VA : "
    "vous en seriez prévenu, sans rien avoir à signer de nouveau."
)
_BACK_ISSUED = (
    "Si un nouvel arrêté repousse cette date, le bon peut vous être présenté de nouveau : vous seriez prévenu."
)
_ASK = "Demandez à votre fournisseur s’il vous propose un nouveau bon, ou choisissez un autre logiciel référencé."
_OTHER = "Choisissez un autre logiciel référencé : son fournisseur vous proposera un bon de commande."
_CAUSES: dict[str, str] = {
    reasons.LINK_EXPIRED: "Ce bon de commande n’a pas été signé dans le délai laissé pour le faire.",
    reasons.SIGNATURE_CLOSING: "Les signatures de bons de commande sont closes, et celui-ci n’était pas signé.",
    reasons.CONDITIONAL_LIMIT: "Le logiciel n’était pas encore référencé à la signature, et son dossier de "
    "référencement n’a pas été complet dans le délai que fixe la règle.",
    reasons.CLOSING: "La vérification d’aptitude (VA) n’a pas été signée avant la clôture du dispositif.",
    reasons.REFUSED: "L’ANS a refusé le référencement du logiciel commandé.",
    reasons.ABANDONED: "Le fournisseur a abandonné le référencement du logiciel commandé.",
    reasons.DOSSIER_LAPSED: "Le dossier de référencement du logiciel commandé est devenu caduc.",
    reasons.WITHDRAWN: "Le référencement du logiciel commandé a été retiré.",
    reasons.PHARMACY_CLOSED: "La pharmacie a fermé.",
}
_PHARMACY_STEPS: dict[str, tuple[str, ...]] = {
    reasons.LINK_EXPIRED: ("Demandez à votre fournisseur d’émettre le bon à nouveau.", _BACK_ISSUED),
    reasons.SIGNATURE_CLOSING: (_BACK_ISSUED,),
    reasons.CONDITIONAL_LIMIT: (_ASK, _BACK),
    reasons.CLOSING: ("Si l’installation est faite, vous pouvez encore signer la VA, hors délai.", _BACK),
    reasons.PHARMACY_CLOSED: (),
}
_SUPPLIER_STEPS: dict[str, tuple[str, ...]] = {
    reasons.LINK_EXPIRED: ("Vous pouvez rédiger un nouveau bon tant que les signatures sont ouvertes.",),
    reasons.SIGNATURE_CLOSING: ("Un nouvel arrêté qui repousse la date rouvrirait ce bon à la signature.",),
    reasons.CONDITIONAL_LIMIT: (
        "Une fois votre logiciel référencé, vous pouvez proposer un nouveau bon à la pharmacie.",
        "Un nouvel arrêté qui repousse le délai rétablirait cette commande, avec son installation et sa VA.",
    ),
    reasons.CLOSING: (
        "La VA peut encore être signée hors délai : elle ne compte que si un nouvel arrêté couvre sa date.",
        "Un nouvel arrêté qui repousse la clôture rétablirait cette commande, avec son installation et sa VA.",
    ),
    reasons.PHARMACY_CLOSED: (),
}


def ending(order: Order, side: str) -> Ending | None:
    """What to tell the reader of a dossier that expired or lapsed; None for any other."""
    if order.state not in (EXPIRED, LAPSED):
        return None
    title = "Cette commande a expiré" if order.state == EXPIRED else "Cette commande est caduque"
    why = _CAUSES[order.end_reason]
    if side == PHARMACY:
        steps = _PHARMACY_STEPS.get(order.end_reason, (_OTHER,))
        return Ending(title, why, _owed(order), steps, _links() if steps else ())
    if side == SUPPLIER:
        steps = _SUPPLIER_STEPS.get(order.end_reason, ("La pharmacie est libre de choisir un autre logiciel.",))
        return Ending(title, why, "La pharmacie n’est plus engagée, et rien n’est dû au titre de ce bon.", steps)
    return Ending(title, why, "La pharmacie n’est plus engagée.", ())


def _owed(order: Order) -> str:
    return _CLOSED_FREE if order.end_reason == reasons.CLOSING else _FREE


def told(order: Order, side: str) -> str:
    """The same as one paragraph, for a message; empty for an order that did not end by itself."""
    found = ending(order, side)
    return " ".join([found.why, found.owed, *found.steps]) if found else ""


def _links() -> tuple[tuple[str, str], ...]:
    return (("Logiciels référencés", registry_address()), ("Interroger un fournisseur", reverse("orders:plan_ask")))


def registry_address() -> str:
    """The public list of référencé software, or the home where this portal has none."""
    addresses: tuple[Callable[[], str], ...] = (lambda: reverse("referencing:public"), lambda: reverse("home"))
    for address in addresses:
        try:
            return address()
        except NoReverseMatch:
            continue
    raise NoReverseMatch("home")
