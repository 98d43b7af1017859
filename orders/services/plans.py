"""Making a plan together: asking, proposing dates, agreeing, and drafting the order from it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from orders.domain.lifecycle import LIVE
from orders.domain.plans import (
    AGREEMENT,
    PHARMACY,
    PROPOSAL,
    QUESTION,
    SUPPLIER,
    Dates,
    check_agreement,
    check_dates,
    check_words,
)
from orders.models import Order, Plan, PlanRevision
from orders.selectors import orders_of_plan
from orders.services.draft import DraftRequest, draft_order
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role, person
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused, refuse
from portal.outbox.services.publish import publish
from portal.programmes.selectors import ruleset_for
from portal.registry.models import Pharmacy, SoftwareVersion
from portal.registry.selectors import pharmacies_of, suppliers_served

REVISED = "plan.revised"


@transaction.atomic
def ask_supplier(*, programme: str, version_id: UUID, actor: Actor, words: str) -> Plan:
    """A titulaire asks the supplier of a version « sera-t-elle référencée, quand, que planifier ? »; the plan is
    opened on first need. Raises ``Refused``: not a titulaire, unknown software, nothing asked, pharmacy closed."""
    now = clock.business_now()
    pharmacy = pharmacies_of(actor).first()
    if actor.role is not Role.TITULAIRE or pharmacy is None or not holds_role(actor, actor.organisation_id, now):
        raise refuse("not_allowed", "C’est au titulaire de la pharmacie d’interroger un fournisseur.")
    version = SoftwareVersion.objects.select_related("software").filter(pk=version_id).first()
    refusals = check_words(words)
    if version is None:
        refusals.append(Refusal("unknown_software", "Choisissez un logiciel dans la liste.", "version"))
    if refusals or version is None:
        raise Refused(refusals)
    plan = _opened(programme, pharmacy, version)
    _revise(plan, actor, PHARMACY, kind=QUESTION, words=words)
    return plan


@transaction.atomic
def open_plan(*, programme: str, pharmacy_id: UUID, version_id: UUID, actor: Actor, dates: Dates, words: str) -> Plan:
    """A supplier proposes dates to a pharmacy; the plan is opened on first need. Raises ``Refused``: a foreign
    software, an unknown or closed pharmacy, dates that the rules refuse."""
    now = clock.business_now()
    pharmacy = Pharmacy.objects.filter(pk=pharmacy_id).first()
    version = SoftwareVersion.objects.select_related("software").filter(pk=version_id).first()
    served = suppliers_served(actor, now)
    if version is None or not served.filter(pk=version.software.supplier_id).exists():
        words = "Ce logiciel n’est pas l’un des vôtres : choisissez-le dans la liste."
        raise refuse("unknown_software", words, "version")
    if pharmacy is None:
        raise refuse("unknown_pharmacy", "Cette pharmacie est inconnue : cherchez-la par FINESS.")
    plan = _opened(programme, pharmacy, version)
    _propose(plan, actor, SUPPLIER, dates, words)
    return plan


@transaction.atomic
def ask(*, plan_id: UUID, actor: Actor, words: str) -> PlanRevision:
    """Ask or answer in words. Raises ``Refused`` for a stranger, or where nothing is said."""
    plan, side = _entered(plan_id, actor)
    if refusals := check_words(words):
        raise Refused(refusals)
    return _revise(plan, actor, side, kind=QUESTION, words=words)


@transaction.atomic
def propose(*, plan_id: UUID, actor: Actor, dates: Dates, words: str) -> PlanRevision:
    """Propose dates, in the place of those proposed or agreed before. Raises ``Refused`` by field."""
    plan, side = _entered(plan_id, actor)
    return _propose(plan, actor, side, dates, words)


@transaction.atomic
def agree(*, plan_id: UUID, actor: Actor, seen: int | None) -> PlanRevision:
    """Agree to the last proposal of the other side, which bears the number ``seen``. Raises ``Refused``."""
    plan, side = _entered(plan_id, actor)
    revisions = list(plan.revisions.all())
    if refusals := check_agreement([revision.as_step() for revision in revisions], side, seen):
        raise Refused(refusals)
    accepted = next(revision for revision in revisions if revision.number == seen)
    return _revise(plan, actor, side, kind=AGREEMENT, answers=accepted)


@transaction.atomic
def draft_from_plan(*, plan_id: UUID, actor: Actor) -> Order:
    """The draft of the order that the plan speaks of; the one under way where there is one already."""
    plan, side = _entered(plan_id, actor)
    if side != SUPPLIER:
        raise refuse("not_allowed", "C’est au fournisseur de rédiger le bon de commande.")
    if under_way := orders_of_plan(plan).first():
        return under_way
    now = clock.business_now()
    rate = ruleset_for(plan.programme_id, now, now).money.vat_for(plan.pharmacy.department)
    request = DraftRequest(plan.programme_id, plan.pharmacy_id, plan.software_version_id, {"vat_percent": rate})
    return draft_order(request=request, actor=actor)


def plan_side(plan: Plan, actor: Actor) -> str:
    """The side on which the actor may speak now; empty for a reader or a stranger."""
    now = clock.business_now()
    if not holds_role(actor, actor.organisation_id, now):
        return ""
    if actor.role is Role.TITULAIRE and plan.pharmacy.organisation_id == actor.organisation_id:
        return PHARMACY
    return SUPPLIER if suppliers_served(actor, now).filter(pk=plan.supplier_id).exists() else ""


def _opened(programme: str, pharmacy: Pharmacy, version: SoftwareVersion) -> Plan:
    if pharmacy.closed_on is not None:
        raise refuse("pharmacy_closed", "Cette pharmacie est fermée selon FINESS : il n’y a rien à planifier.")
    plan, _ = Plan.objects.get_or_create(
        programme_id=programme,
        pharmacy=pharmacy,
        software_version=version,
        defaults={"supplier": version.software.supplier, "opened_at": clock.business_now()},
    )
    return _locked(plan.pk)


def _locked(plan_id: UUID) -> Plan:
    related = ("pharmacy", "supplier", "software_version__software")
    return Plan.objects.select_for_update(of=("self",)).select_related(*related).get(pk=plan_id)


def _entered(plan_id: UUID, actor: Actor) -> tuple[Plan, str]:
    """The plan, locked, and the actor's side. Raises ``Refused`` for who may only read it."""
    plan = _locked(plan_id)
    side = plan_side(plan, actor)
    if not side:
        raise refuse("not_allowed", "Seuls le fournisseur et le titulaire de la pharmacie modifient ce plan.")
    return plan, side


def _propose(plan: Plan, actor: Actor, side: str, dates: Dates, words: str) -> PlanRevision:
    now = clock.business_now()
    rules = ruleset_for(plan.programme_id, now, now)
    if refusals := check_dates(dates, rules, now, ordered_on(plan)):
        raise Refused(refusals)
    return _revise(plan, actor, side, kind=PROPOSAL, words=words, dates=dates)


def ordered_on(plan: Plan) -> date | None:
    """The day on which the order of the plan was signed, once it is."""
    signed = orders_of_plan(plan).filter(state__in=LIVE).first()
    return paris_date(signed.signed_at) if signed and signed.signed_at else None


def _revise(
    plan: Plan,
    actor: Actor,
    side: str,
    *,
    kind: str,
    words: str = "",
    dates: Dates | None = None,
    answers: PlanRevision | None = None,
) -> PlanRevision:
    last = plan.revisions.order_by("-number").first()
    revision = PlanRevision.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        kind=kind,
        side=side,
        author=person(actor),
        organisation_id=actor.tenant,
        at=clock.business_now(),
        order_on=dates.order_on if dates else None,
        install_on=dates.install_on if dates else None,
        train_on=dates.train_on if dates else None,
        words=words.strip(),
        answers=answers,
    )
    publish(REVISED, {"revision": revision.pk}, dedup=f"{REVISED}:{revision.pk}")
    return revision
