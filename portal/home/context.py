"""What every page shows around its content: identity, menu, the demonstration's banner."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import ADMINISTRATION, PHARMACY_SIDE, SUPPLIER_SIDE, Role
from portal.accounts.middleware import PortalRequest
from portal.common import clock
from portal.demo.clock import demo_running
from portal.outbox.selectors import unread


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The context of ``base.html``; error pages may come before any actor is known."""
    actor = getattr(request, "actor", None)
    known = cast(Actor, actor) if actor else None
    return {
        "demo_banner": _banner(known),
        "nav_items": _menu(request, known) if known else [],
        "identity": _identity(cast(PortalRequest, request), known) if known else None,
        "footer_links": [
            {"label": "Calendrier et règles", "url": reverse("rulemaking:calendar")},
            {"label": "Vérifier un document", "url": reverse("documents:verify")},
            {"label": "Empreintes du journal", "url": reverse("audit:roots")},
        ],
    }


def _banner(actor: Actor | None) -> dict[str, Any] | None:
    if not demo_running():
        return None
    may_move = actor is not None and actor.role in ADMINISTRATION
    return {"business_now": clock.business_now(), "advance_url": reverse("home:advance") if may_move else None}


_EVERYBODY, _MEASURED = frozenset(Role), ADMINISTRATION | {Role.SUPPLIER}
_INVOLVED = _EVERYBODY - {Role.PREPARATEUR}
_MENU: tuple[tuple[frozenset[Role], str, str], ...] = (
    (ADMINISTRATION, "Toutes les commandes", "home:board"),
    (ADMINISTRATION | SUPPLIER_SIDE, "Commandes en jeu", "home:at_stake"),
    (ADMINISTRATION, "Contestations", "orders:objections"),
    (ADMINISTRATION, "Fournisseurs", "registry:suppliers"),
    (ADMINISTRATION, "Logiciels", "registry:software"),
    (ADMINISTRATION, "Référencement", "referencing:dossiers"),
    (ADMINISTRATION, "Pharmacies", "registry:pharmacies"),
    (ADMINISTRATION, "Rattachements", "registry:enrolments"),
    (ADMINISTRATION, "Règles", "rulemaking:amendments"),
    (ADMINISTRATION, "Années de résultats", "indicators:years"),
    (SUPPLIER_SIDE, "Nouvelle commande", "orders:choose_pharmacy"),
    (SUPPLIER_SIDE, "Documents signés à la main", "documents:scans"),
    (_MEASURED, "Usages", "indicators:board"),
    (PHARMACY_SIDE, "Usages", "indicators:usage"),
    (PHARMACY_SIDE, "Journaux reçus", "indicators:deposits"),
    (PHARMACY_SIDE, "Homologation INSi", "homologation:index"),
    (PHARMACY_SIDE, "Supervision INSi", "homologation:supervision"),
    (frozenset({Role.SUPPLIER}), "Dossiers INSi", "homologation:clients"),
    (frozenset({Role.SUPPLIER}), "Demandes d’aide INSi", "homologation:helps"),
    (frozenset({Role.SUPPLIER}), "Totaux INSi", "homologation:totals"),
    (_INVOLVED, "Échéances", "reminders:deadlines"),
    (_MEASURED, "Journaux d’activité", "indicators:deposits"),
    (_INVOLVED, "Plans communs", "orders:plans"),
    (frozenset({Role.SUPPLIER}), "Référencement", "referencing:dossiers"),
    (_EVERYBODY, "Logiciels référencés", "referencing:public"),
)


def _menu(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    count = unread(actor)
    items = [
        (_home_label(actor), reverse("home")),
        *((label, reverse(name)) for audience, label, name in _MENU if actor.role in audience),
        (f"Messages ({count})" if count else "Messages", reverse("home:notices")),
    ]
    return [{"label": label, "url": url, "current": request.path == url} for label, url in items]


def _home_label(actor: Actor) -> str:
    if actor.role in SUPPLIER_SIDE:
        return "Commandes"
    if actor.role is Role.PREPARATEUR:
        return "Consignes INSi"
    return "Ma pharmacie" if actor.role in PHARMACY_SIDE else "Tableau de bord"


def _identity(request: PortalRequest, actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "role": actor.role.label,
        "organisation": actor.organisation_name,
        "switch_url": reverse("home:switch") if len(request.memberships) > 1 else None,
        "account_url": reverse("mfa_index"),
    }
