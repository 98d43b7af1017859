"""What is said about a plan made together is told to the other side."""

from __future__ import annotations

from typing import Any

from orders.domain.plans import AGREEMENT, PHARMACY, PROPOSAL, SUPPLIER
from orders.models import Plan, PlanRevision
from portal.accounts.domain.roles import SUPPLIER_SIDE, Role
from portal.accounts.selectors import people_with_role
from portal.common import clock
from portal.outbox.services.notices import Letter, notify


def tell_plan(payload: dict[str, Any]) -> None:
    """Write to the side that did not speak; a repeated delivery writes nothing twice."""
    related = ("plan__supplier", "plan__pharmacy", "plan__software_version__software", "organisation")
    revision = PlanRevision.objects.select_related(*related).get(pk=payload["revision"])
    plan = revision.plan
    letter = Letter(
        subject=f"Plan commun pour {plan.software_version}",
        body=_words(revision),
        link=plan.get_absolute_url(),
        dedup=f"plan:{revision.pk}",
    )
    roles = frozenset({Role.TITULAIRE}) if revision.side == SUPPLIER else SUPPLIER_SIDE
    for organisation in _organisations(plan, revision):
        for membership in people_with_role(organisation, roles, clock.business_now()):
            notify(membership.user, organisation, letter)


def _organisations(plan: Plan, revision: PlanRevision) -> set[Any]:
    """Whom to write to: the pharmacy, or the supplier and the distributors that took part for it."""
    if revision.side != PHARMACY:
        return {plan.pharmacy.organisation_id} - {None}
    spoke = plan.revisions.filter(side=SUPPLIER).values_list("organisation", flat=True)
    return {plan.supplier.organisation_id, *spoke}


def _words(revision: PlanRevision) -> str:
    who, what = revision.organisation.name, str(revision.plan.software_version)
    if revision.kind == PROPOSAL:
        return (
            f"{who} vous propose ces dates pour {what} : commande le {revision.order_on:%d/%m/%Y}, installation le "
            f"{revision.install_on:%d/%m/%Y}, formation le {revision.train_on:%d/%m/%Y}. Acceptez-les, ou proposez-en "
            "d’autres."
        )
    if revision.kind == AGREEMENT:
        return f"{who} accepte les dates que vous avez proposées pour {what}."
    return f"{who} vous écrit au sujet de {what} : « {revision.words} »"
