"""The installation: planned, done or failed, with its reserves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from orders.domain import installation as rules
from orders.domain.facts import InstallationFacts
from orders.models import Installation, InstallationReserve
from orders.services.machines import INSTALLATIONS
from portal.accounts.actors import Actor
from portal.accounts.selectors import person
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, refuse
from portal.workflow.execute import Act, run


@dataclass(frozen=True)
class Works:
    """What was done on site: checklist codes ticked, effective data, people trained."""

    installed_at: datetime
    checklist: tuple[str, ...]
    final_scenario: str
    mss_address: str
    mss_kind: str
    trained: str
    certificate_ids: str = ""

    def details(self) -> dict[str, object]:
        """The fields to stamp on the installation."""
        return {
            "checklist": list(self.checklist),
            "final_scenario": self.final_scenario.strip(),
            "mss_address": self.mss_address.strip(),
            "mss_kind": self.mss_kind,
            "trained": self.trained.strip(),
            "certificate_ids": self.certificate_ids.strip(),
        }


def plan(*, installation_id: UUID, actor: Actor, planned_for: datetime) -> Installation:
    """Plan, or plan again after a failure. Raises ``Refused`` for a date past or after the closing."""
    return _plan("plan", installation_id, actor, planned_for)


def replan(*, installation_id: UUID, actor: Actor, planned_for: datetime) -> Installation:
    """Move the planned date."""
    return _plan("replan", installation_id, actor, planned_for)


def _plan(verb: str, installation_id: UUID, actor: Actor, planned_for: datetime) -> Installation:
    act: Act[InstallationFacts] = Act(
        verb, {"planned_for": planned_for}, check=lambda facts: rules.check_planned_date(planned_for, facts)
    )
    return run(INSTALLATIONS, installation_id, actor, act)


def start(*, installation_id: UUID, actor: Actor) -> Installation:
    """The works have begun."""
    return run(INSTALLATIONS, installation_id, actor, Act("start"))


def declare(*, installation_id: UUID, actor: Actor, works: Works) -> Installation:
    """Declare the installation done. Raises ``Refused`` while a line of the checklist is open."""

    def check(facts: InstallationFacts) -> list[Refusal]:
        return (
            rules.check_installed_date(works.installed_at, facts)
            + rules.check_checklist(works.checklist, facts.rules)
            + rules.check_effective({name: str(value) for name, value in works.details().items()} | _mss(works))
        )

    stamps = {"installed_at": works.installed_at, "details": works.details()}
    return run(INSTALLATIONS, installation_id, actor, Act("declare", stamps, check=check))


def _mss(works: Works) -> dict[str, str]:
    # A pharmacy without any mailbox yet has no address to give: that is said, not left blank.
    return {"mss_address": works.mss_address.strip() or ("aucune" if works.mss_kind == "NONE" else "")}


def fail(*, installation_id: UUID, actor: Actor, cause: str, detail: str) -> Installation:
    """Report a failure with its cause."""
    act: Act[InstallationFacts] = Act(
        "fail", {"cause": cause, "detail": detail.strip()}, check=lambda facts: rules.check_failure(cause, detail)
    )
    return run(INSTALLATIONS, installation_id, actor, act)


@dataclass(frozen=True)
class ReserveRequest:
    """A point that does not hold: which line of the checklist, why, by when to mend it."""

    point: str
    reason: str
    due_on: date = field()


@transaction.atomic
def raise_reserve(*, installation_id: UUID, actor: Actor, request: ReserveRequest) -> InstallationReserve:
    """Set a reserve: no VA is prepared until it is lifted."""

    def check(facts: InstallationFacts) -> list[Refusal]:
        refusals = []
        if request.point not in {item.code for item in facts.rules.checklist}:
            refusals.append(Refusal("bad_point", "Choisissez le point concerné dans la liste.", "point"))
        if request.due_on < paris_date(facts.now):
            refusals.append(Refusal("past_date", "Cette date est passée : donnez une date à venir.", "due_on"))
        if not request.reason.strip():
            refusals.append(Refusal("missing_field", "Dites en quelques mots ce qui ne va pas.", "reason"))
        if InstallationReserve.objects.filter(
            installation=installation_id, point=request.point, lifted_at=None
        ).exists():
            refusals.append(Refusal("reserve_open", "Une réserve est déjà ouverte sur ce point.", "point"))
        return refusals

    installation = run(
        INSTALLATIONS, installation_id, actor, Act("reserve", check=check, data={"point": request.point})
    )
    return InstallationReserve.objects.create(
        installation=installation,
        point=request.point,
        reason=request.reason.strip(),
        due_on=request.due_on,
        raised_at=clock.business_now(),
        raised_by=person(actor),
    )


@transaction.atomic
def lift_reserve(*, installation_id: UUID, reserve_id: int, actor: Actor, note: str) -> InstallationReserve:
    """Lift a reserve, saying what was done."""
    run(INSTALLATIONS, installation_id, actor, Act("lift", data={"reserve": reserve_id}))
    reserve = InstallationReserve.objects.filter(pk=reserve_id, installation=installation_id, lifted_at=None).first()
    if reserve is None:
        raise refuse("no_reserve", "Cette réserve est déjà levée.")
    reserve.lifted_at, reserve.lifted_by_id, reserve.note = clock.business_now(), actor.user_id, note.strip()
    reserve.save(update_fields=["lifted_at", "lifted_by", "note"])
    return reserve


@transaction.atomic
def abort_of_order(order_id: UUID) -> None:
    """Cancel the installation of an order that left its live states (nothing to do where it has ended)."""
    open_one = Installation.objects.filter(order=order_id).exclude(state__in=["validated", "cancelled"]).first()
    if open_one is not None:
        run(INSTALLATIONS, open_one.pk, Actor.system(), Act("abort"))
