"""Who is told what about an objection: each party in words of its own, no supplier learning who its rival is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from orders.models import Objection, Order
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.services.notices import Letter, notify

_RAISED = {
    "former": "Votre contestation du remplacement du bon n° {number} ({pharmacy}) est enregistrée. L’administration la "
    "tranchera.",
    "new": "Votre bon n° {number} ({pharmacy}) avait mis fin à une autre commande. Son fournisseur conteste ce "
    "remplacement ; l’administration tranchera. D’ici là, votre commande se poursuit.",
    "pharmacy": "Le fournisseur du bon n° {number} conteste son remplacement. L’administration tranchera ; vous n’avez "
    "rien à faire.",
}
_SETTLED = {
    ("former", "rejected"): "Votre contestation est rejetée : le remplacement du bon n° {number} ({pharmacy}) tient.",
    ("former", "upheld"): "Votre contestation est reçue : le bon n° {number} ({pharmacy}) est rétabli.",
    ("new", "rejected"): "La contestation est rejetée : votre bon n° {number} ({pharmacy}) se poursuit.",
    ("new", "upheld"): "La contestation est reçue : votre bon n° {number} ({pharmacy}) est annulé.",
    ("pharmacy", "rejected"): "La contestation est rejetée : le bon n° {number} reste remplacé.",
    (
        "pharmacy",
        "upheld",
    ): "La contestation est reçue : le bon n° {number} est rétabli, celui qui l’avait remplacé est annulé.",
}


def tell_objection(payload: dict[str, Any]) -> None:
    """An objection to a replacement, or its outcome, is told to both suppliers and to the pharmacy."""
    related = ("order__supplier", "order__pharmacy", "by__supplier", "by__pharmacy")
    objection = Objection.objects.select_related(*related).get(order=payload["id"])
    order, by, settled = objection.order, objection.by, payload["step"] == "settled"
    parties = [
        ("former", order.supplier.organisation_id, Role.SUPPLIER, order),
        ("new", by.supplier.organisation_id, Role.SUPPLIER, by),
        ("pharmacy", order.pharmacy.organisation_id, Role.TITULAIRE, order),
    ]
    for party, organisation, role, dossier in parties:
        if organisation is None:
            continue
        words = _SETTLED[party, objection.outcome] if settled else _RAISED[party]
        letter = _letter(words, dossier, f"objection:{order.pk}:{payload['step']}:{party}", settled=settled)
        for membership in people_with_role(organisation, frozenset({role}), clock.business_now()):
            notify(membership.user, organisation, letter)


def _letter(words: str, dossier: Order, dedup: str, *, settled: bool) -> Letter:
    detail = " Le motif est dans le dossier." if settled else ""
    return Letter(
        subject=f"Bon n° {dossier.number} : " + ("contestation tranchée" if settled else "remplacement contesté"),
        body=words.format(number=dossier.number, pharmacy=dossier.pharmacy.name) + detail,
        link=reverse("home:dossier", args=[dossier.pk]),
        dedup=dedup,
    )
