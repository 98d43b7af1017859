"""Who is told about the rules: the administration of its drafts, each supplier of what a publication did to its orders.

Each pharmacy is told of its own order by the order's own message; a supplier gets one message for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.urls import reverse

from orders.models import Order
from orders.services.revival import APPLY
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.accounts.selectors import administrators, people_with_role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.outbox.models import Job
from portal.outbox.services.notices import Letter, notify
from portal.registry.models import Supplier
from portal.rulemaking.models import Amendment

_LISTED = 100
_WORDS = {
    "revive_issued": "de nouveau à signer",
    "revive_conditional": "rétablies sous condition",
    "revive_firm": "rétablies",
    "revive_affirmed": "rétablies, affermies",
    "affirm": "affermies",
    "lapse": "caduques",
    "expire": "expirées",
    "redate": "avec un nouveau délai",
}


def tell_draft(payload: dict[str, Any]) -> None:
    """A draft waits for a second person, comes back, or is published: those concerned are told, not who did it."""
    amendment = Amendment.objects.get(pk=payload["id"])
    event = AuditEvent.objects.get(pk=payload["event"])
    subject, body = _DRAFT_WORDS[event.verb]
    letter = Letter(
        subject=f"{subject} : {amendment}",
        body=body.format(title=amendment, remark=amendment.remark),
        link=amendment.get_absolute_url(),
        dedup=f"amendment:{event.pk}",
    )
    for membership in _told(event, amendment):
        notify(membership.user, membership.organisation_id, letter)


_DRAFT_WORDS = {
    "submit": ("Règles à approuver", "Le projet « {title} » attend l’approbation d’une seconde personne."),
    "send_back": ("Projet de règles renvoyé", "Le projet « {title} » est renvoyé en rédaction. {remark}"),
    "publish": ("Règles publiées", "Le projet « {title} » est publié ; son application aux commandes a commencé."),
}


def _told(event: AuditEvent, amendment: Amendment) -> list[Membership]:
    members = administrators(clock.business_now()).exclude(user=event.actor_id)
    if event.verb == "submit":
        return list(members.filter(role=Role.VALIDATOR.value))
    if event.verb == "send_back":
        return list(members.filter(user__in=[amendment.created_by_id, amendment.edited_by_id]))
    return list(members)


def tell_applied(payload: dict[str, Any]) -> None:
    """One message a supplier: how many of its orders the new rules moved, and which."""
    job = Job.objects.get(pk=payload["id"])
    if job.kind != APPLY:
        return
    moved = _moved(job)
    suppliers = Supplier.objects.select_related("organisation").filter(pk__in=moved)
    for supplier in suppliers:
        letter = Letter(
            subject="Nouvelles règles : effet sur vos commandes",
            body="De nouvelles règles sont publiées.\n\n" + _listing(moved[supplier.pk]),
            link=reverse("home:board"),
            dedup=f"job:{job.pk}:{supplier.pk}",
        )
        people = people_with_role(supplier.organisation_id, frozenset({Role.SUPPLIER}), clock.business_now())
        for membership in people:
            notify(membership.user, supplier.organisation_id, letter)


def _moved(job: Job) -> dict[Any, dict[str, list[str]]]:
    """By supplier and verb, the numbers of the orders that the job moved under the version it applied."""
    events = AuditEvent.objects.filter(
        object_type="orders_order",
        rule_set=f"{job.params['programme']} v{job.params['version']}",
        verb__in=_WORDS,
        recorded_at__gte=job.created_at,
        actor=None,
    )
    last = dict(events.order_by("pk").values_list("object_id", "verb"))
    found: dict[Any, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    orders = Order.objects.filter(programme=job.params["programme"], pk__in=last).order_by("number")
    for pk, number, supplier in orders.values_list("pk", "number", "supplier"):
        found[supplier][last[str(pk)]].append(number)
    return found


def _listing(verbs: dict[str, list[str]]) -> str:
    lines = []
    for verb, words in _WORDS.items():
        numbers = verbs.get(verb, [])
        if numbers:
            more = f" et {len(numbers) - _LISTED} autres" if len(numbers) > _LISTED else ""
            lines.append(f"– {len(numbers)} {words} : {', '.join(numbers[:_LISTED])}{more}")
    return "\n".join(lines)
