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


def _menu(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    count = unread(actor)
    items = [(_home_label(actor), reverse("home"))]
    if actor.role in ADMINISTRATION:
        items.append(("Toutes les commandes", reverse("home:board")))
        items.append(("Commandes en jeu", reverse("home:at_stake")))
        items.append(("Contestations", reverse("orders:objections")))
        items.append(("Fournisseurs", reverse("registry:suppliers")))
        items.append(("Logiciels", reverse("registry:software")))
        items.append(("Référencement", reverse("referencing:dossiers")))
        items.append(("Pharmacies", reverse("registry:pharmacies")))
        items.append(("Rattachements", reverse("registry:enrolments")))
        items.append(("Règles", reverse("rulemaking:amendments")))
        items.append(("Années de résultats", reverse("indicators:years")))
    if actor.role in SUPPLIER_SIDE:
        items.append(("Commandes en jeu", reverse("home:at_stake")))
        items.append(("Nouvelle commande", reverse("orders:choose_pharmacy")))
        items.append(("Documents signés à la main", reverse("documents:scans")))
    if actor.role is Role.SUPPLIER or actor.role in ADMINISTRATION:
        items.append(("Usages", reverse("indicators:board")))
    if actor.role in PHARMACY_SIDE:
        items.append(("Usages", reverse("indicators:usage")))
        items.append(("Journaux reçus", reverse("indicators:deposits")))
    items.append(("Échéances", reverse("reminders:deadlines")))
    if actor.role is Role.SUPPLIER or actor.role in ADMINISTRATION:
        items.append(("Journaux d’activité", reverse("indicators:deposits")))
    items.append(("Plans communs", reverse("orders:plans")))
    if actor.role is Role.SUPPLIER:
        items.append(("Référencement", reverse("referencing:dossiers")))
    items.append(("Logiciels référencés", reverse("referencing:public")))
    items.append((f"Messages ({count})" if count else "Messages", reverse("home:notices")))
    return [{"label": label, "url": url, "current": request.path == url} for label, url in items]


def _home_label(actor: Actor) -> str:
    if actor.role in SUPPLIER_SIDE:
        return "Commandes"
    return "Ma pharmacie" if actor.role in PHARMACY_SIDE else "Tableau de bord"


def _identity(request: PortalRequest, actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "role": actor.role.label,
        "organisation": actor.organisation_name,
        "switch_url": reverse("home:switch") if len(request.memberships) > 1 else None,
        "account_url": reverse("mfa_index"),
    }
