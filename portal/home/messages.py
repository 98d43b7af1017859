"""Who is told what after an act: one literal table, one handler."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from orders.domain.installation import FAILURE_CAUSES
from orders.models import Installation, Objection, Order
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import people_with_role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.clock import last_day_before, paris_date
from portal.home.endings import told
from portal.outbox.services.notices import Template, notify

PHARMACY = "pharmacy"
SUPPLIER = "supplier"
BOTH = (PHARMACY, SUPPLIER)


MESSAGES: dict[str, Template[tuple[str, ...]]] = {
    "orders_order.issue": Template(
        (PHARMACY,),
        "Un bon de commande Ségur vous attend",
        "{supplier} vous propose le bon de commande n° {number} pour {software}. Il ne vous coûte rien. "
        "Lisez-le, puis signez-le ou refusez-le avant le {expires}.",
    ),
    "orders_order.sign_firm": Template(
        BOTH,
        "Bon de commande n° {number} signé",
        "Le bon de commande n° {number} ({pharmacy}) a été signé le {signed}. L’installation peut être planifiée.",
    ),
    "orders_order.sign_conditional": Template(
        BOTH,
        "Bon de commande n° {number} signé sous condition",
        "Le bon de commande n° {number} ({pharmacy}) a été signé le {signed}, sous condition de référencement de "
        "{software}. Le dossier de référencement doit être complet au plus tard le {limit}.",
    ),
    "orders_order.decline": Template(
        (SUPPLIER,),
        "Bon de commande n° {number} refusé",
        "{pharmacy} a refusé le bon de commande n° {number}. Le motif figure dans le dossier.",
    ),
    "orders_order.expire": Template(
        BOTH,
        "Bon de commande n° {number} expiré",
        "Bon de commande n° {number} ({pharmacy}). {ending}",
    ),
    "orders_order.affirm": Template(
        (PHARMACY,),
        "Bon de commande n° {number} affermi",
        "{software} est référencé : le bon de commande n° {number} ({pharmacy}) est affermi. L’installation peut "
        "être déclarée.",
    ),
    "orders_order.lapse": Template(
        BOTH,
        "Bon de commande n° {number} caduc",
        "Le bon de commande n° {number} ({pharmacy}) est caduc. {ending}",
    ),
    "orders_order.hand_over": Template(
        BOTH,
        "Un bon de commande Ségur à reprendre",
        "La pharmacie {pharmacy} succède à une autre, qui avait signé un bon de commande pour {software}. Le bon "
        "n° {number} permet à son titulaire de le reprendre, avec sa date, avant le {expires}.",
    ),
    "orders_order.replace": Template(
        BOTH,
        "Bon de commande n° {number} remplacé",
        "Le titulaire de {pharmacy} a signé un autre bon de commande, qui remplace le bon n° {number}.{contest}",
    ),
    "orders_order.transfer": Template(
        (SUPPLIER,),
        "Bon de commande n° {number} repris",
        "La pharmacie qui succède à {pharmacy} a repris le bon de commande n° {number}.",
    ),
    **{
        f"orders_order.{verb}": Template(
            (PHARMACY,),
            "Votre bon de commande n° {number} est rétabli",
            "Le bon de commande n° {number} ({software}) n’est plus caduc ni expiré : " + what,
        )
        for verb, what in (
            ("revive_issued", "vous pouvez de nouveau le signer, avant le {expires}."),
            ("revive_conditional", "il reprend, sous condition de référencement."),
            ("revive_firm", "il reprend là où il en était."),
            ("revive_affirmed", "il reprend là où il en était."),
        )
    },
    "orders_order.ask_cancel": Template(
        BOTH,
        "Annulation demandée pour le bon n° {number}",
        "L’annulation du bon de commande n° {number} ({pharmacy}) est demandée. L’autre partie doit l’accepter ou "
        "maintenir la commande.",
    ),
    "orders_order.keep": Template(
        BOTH, "Bon de commande n° {number} maintenu", "Le bon de commande n° {number} ({pharmacy}) est maintenu."
    ),
    "orders_order.cancel": Template(
        BOTH,
        "Bon de commande n° {number} annulé",
        "Le bon de commande n° {number} ({pharmacy}) est annulé d’un commun accord. La pharmacie n’est plus engagée.",
    ),
    "orders_order.void": Template(
        BOTH,
        "Bon de commande n° {number} annulé par l’administration",
        "L’administration a annulé le bon de commande n° {number} ({pharmacy}). Le motif figure dans le dossier.",
    ),
    "orders_order.realise": Template(
        BOTH,
        "Prestation Ségur réalisée",
        "La VA du bon de commande n° {number} ({pharmacy}) est signée : la Prestation est réalisée.",
    ),
    "orders_installation.plan": Template(
        (PHARMACY,),
        "Votre installation est planifiée",
        "{supplier} installera {software} le {planned}. En cas d’empêchement, prévenez votre fournisseur.",
    ),
    "orders_installation.replan": Template(
        (PHARMACY,), "Nouvelle date d’installation", "{supplier} installera {software} le {planned}."
    ),
    "orders_installation.declare": Template(
        (PHARMACY,),
        "Votre logiciel est installé",
        "{supplier} déclare avoir installé {software}. Vérifiez que tout fonctionne : vous signerez bientôt la "
        "vérification d’aptitude (VA).",
    ),
    "orders_installation.fail": Template(
        BOTH,
        "Installation en échec – bon n° {number}",
        "L’installation de {software} ({pharmacy}) n’a pas abouti. Cause : {failure}. Le fournisseur doit proposer "
        "une nouvelle date.",
    ),
    "orders_installation.reserve": Template(
        BOTH,
        "Réserve sur l’installation – bon n° {number}",
        "Une réserve est posée sur l’installation de {software} ({pharmacy}). La VA attend qu’elle soit levée.",
    ),
    "orders_installation.lift": Template(
        BOTH,
        "Réserve levée – bon n° {number}",
        "Une réserve sur l’installation de {software} ({pharmacy}) est levée.",
    ),
    "attestations_attestation.create": Template(
        (PHARMACY,),
        "Votre vérification d’aptitude (VA) est à signer",
        "L’installation de {software} est faite. Vérifiez les cinq points de la VA, puis signez-la ou dites ce qui "
        "ne va pas.",
    ),
    "attestations_attestation.sign_with_reserves": Template(
        BOTH,
        "VA signée avec réserves – bon n° {number}",
        "La VA du bon n° {number} ({pharmacy}) est signée avec des réserves. Le fournisseur doit les lever, puis le "
        "titulaire signera les points concernés.",
    ),
    "attestations_attestation.sign_late": Template(
        BOTH,
        "VA signée hors délai – bon n° {number}",
        "La VA du bon n° {number} ({pharmacy}) a été signée après la clôture. Elle est gardée, mais ne donne pas droit "
        "au financement, sauf si un nouvel arrêté repousse la date.",
    ),
    "attestations_attestation.accept_late": Template(
        BOTH,
        "VA reconnue dans les temps – bon n° {number}",
        "Une nouvelle règle couvre la date de la VA du bon n° {number} ({pharmacy}) : elle compte désormais.",
    ),
    "attestations_attestation.refuse": Template(
        BOTH,
        "VA refusée – bon n° {number}",
        "La VA du bon n° {number} ({pharmacy}) est refusée. Le motif figure dans le dossier ; une nouvelle VA sera "
        "préparée une fois le problème réglé.",
    ),
    "attestations_attestation.lift": Template(
        (PHARMACY,),
        "Une réserve de votre VA est levée",
        "{supplier} déclare avoir traité une réserve. Vérifiez, puis signez le point concerné.",
    ),
    "attestations_attestation.confirm": Template(
        BOTH,
        "Réponse aux réserves de la VA – bon n° {number}",
        "Le titulaire a répondu aux réserves levées de la VA du bon n° {number} ({pharmacy}).",
    ),
}
"""By table and verb. ``sign`` and ``complete`` of a VA are told by the order's ``realise``."""


def tell(payload: dict[str, Any]) -> None:
    """Write to everyone concerned by the act of an audit event; a repeated delivery writes nothing twice."""
    event = AuditEvent.objects.get(pk=payload["event"])
    template = MESSAGES.get(f"{event.object_type}.{event.verb}")
    if template is None:
        return
    order = Order.objects.select_related("supplier", "pharmacy", "software_version__software").get(pk=event.thread)
    organisations = {PHARMACY: order.pharmacy.organisation_id, SUPPLIER: order.supplier.organisation_id}
    roles = {PHARMACY: frozenset({Role.TITULAIRE}), SUPPLIER: frozenset({Role.SUPPLIER})}
    for side in template.to:
        organisation = organisations[side]
        link = reverse("home:dossier", args=[order.pk])
        letter = template.letter(_facts(order, side), link=link, dedup=f"act:{event.pk}")
        if organisation is not None:
            for membership in people_with_role(organisation, roles[side], clock.business_now()):
                notify(membership.user, organisation, letter)


def _contest(order: Order) -> str:
    """Until when the supplier of a replaced order may object; empty where it has no such right."""
    objection = Objection.objects.filter(order=order).first()
    if objection is None:
        return ""
    last = f"{last_day_before(objection.until):%d/%m/%Y}"
    return (
        f" Vos travaux avaient commencé : vous pouvez contester ce remplacement jusqu’au {last} inclus, depuis le "
        "dossier."
    )


def _facts(order: Order, side: str = PHARMACY) -> dict[str, str]:
    """What a message may say of an order, as its reader on ``side`` is told it."""
    installation = Installation.objects.filter(order=order).first()
    planned = installation.planned_for if installation else None
    return {
        "number": order.number,
        "supplier": order.supplier.name,
        "pharmacy": order.pharmacy.name,
        "software": str(order.software_version),
        "expires": f"{last_day_before(order.expires_at):%d/%m/%Y}" if order.expires_at else "",
        "signed": f"{paris_date(order.signed_at):%d/%m/%Y}" if order.signed_at else "",
        "limit": f"{last_day_before(order.conditional_until):%d/%m/%Y}" if order.conditional_until else "",
        "planned": f"{paris_date(planned):%d/%m/%Y}" if planned else "",
        "ending": told(order, side),
        "contest": _contest(order) if side == SUPPLIER else "",
        "failure": FAILURE_CAUSES.get(installation.failure_cause, "") if installation else "",
    }
