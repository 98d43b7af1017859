"""The installation's services: what each refuses, and that a refusal writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from orders.models import InstallationReserve
from orders.services import installation as services
from portal.accounts.actors import Actor
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from portal.outbox.models import OutboxMessage
from tests.conftest import TODAY
from tests.factories.content import CHECKLIST, works
from tests.factories.dossiers import PLANNED_FOR, Dossier, installation_in, order_in, paris, va_in

pytestmark = pytest.mark.django_db
SOON = TODAY + timedelta(days=5)


def refused(act: Callable[[], Any]) -> list[tuple[str, str]]:
    """Codes and fields of a refusal, after proving that it wrote nothing."""
    before = AuditEvent.objects.count(), OutboxMessage.objects.count(), InstallationReserve.objects.count()
    with pytest.raises(Refused) as error:
        act()
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count(), InstallationReserve.objects.count()) == before
    return [(refusal.code, refusal.field) for refusal in error.value.refusals]


def declare(one: Dossier, **changes: Any) -> Any:
    done = works(changes.pop("installed_at", TODAY), **changes)
    return services.declare(installation_id=one.installation.pk, actor=one.supplier, works=done)


@pytest.mark.parametrize(
    ("planned", "code"),
    [(TODAY - timedelta(seconds=1), "past_date"), (paris("2023-04-28", 14), "after_closing")],
)
def test_planned_dates(planned: Any, code: str) -> None:
    one = order_in("signed_firm")
    plan = lambda: one.plan(TODAY, planned)  # noqa: E731
    assert refused(plan) == [(code, "planned_for")]
    assert one.installation.planned_for is None


def test_planned_again_started_failed_planned_again() -> None:
    one = installation_in("planned")
    moved = services.replan(installation_id=one.installation.pk, actor=one.supplier, planned_for=SOON)
    assert (moved.state, moved.planned_for) == ("planned", SOON)
    assert one.start(TODAY).started_at == TODAY
    failed = one.fail(TODAY, actor=one.titulaire)
    assert (failed.state, failed.failed_at, failed.failure_cause) == ("failed", TODAY, "old_hardware")
    again = one.plan(TODAY, SOON)
    assert (again.state, again.failed_at, again.failure_cause) == ("planned", None, "")


def test_a_failure_has_a_cause() -> None:
    one = installation_in("planned")

    def fail(cause: str, detail: str = "") -> Any:
        return services.fail(installation_id=one.installation.pk, actor=one.supplier, cause=cause, detail=detail)

    assert refused(lambda: fail("")) == [("bad_cause", "cause")]
    assert refused(lambda: fail("other", " ")) == [("missing_field", "detail")]
    assert fail("other", " Inondation ").failure_detail == "Inondation"


@pytest.mark.parametrize("missing", CHECKLIST)
def test_declaring_needs_the_whole_checklist(missing: str) -> None:
    one = installation_in("planned")
    done = tuple(code for code in CHECKLIST if code != missing)
    assert refused(lambda: declare(one, checklist=done)) == [("checklist_open", "checklist")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"installed_at": TODAY + timedelta(seconds=1)}, [("future_date", "installed_at")]),
        ({"installed_at": paris("2022-10-12", 13)}, [("before_order", "installed_at")]),
        ({"final_scenario": " "}, [("missing_field", "final_scenario")]),
        ({"mss_address": " "}, [("missing_field", "mss_address")]),
        ({"mss_kind": ""}, [("missing_field", "mss_kind")]),
        ({"trained": ""}, [("missing_field", "trained")]),
    ],
)
def test_declaring_needs_what_controls_rely_on(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    one = installation_in("planned")
    assert refused(lambda: declare(one, **changes)) == expected


def test_a_conditional_order_is_planned_but_not_installed() -> None:
    one = order_in("signed_conditional")
    one.plan()
    assert refused(lambda: one.start()) == [("order_not_firm", "")]
    assert refused(lambda: declare(one)) == [("order_not_firm", "")]


def raise_reserve(one: Dossier, point: str = "training", reason: str = "x", actor: Actor | None = None) -> Any:
    request = services.ReserveRequest(point, reason, date(2022, 12, 1))
    return services.raise_reserve(installation_id=one.installation.pk, actor=actor or one.titulaire, request=request)


def test_reserves() -> None:
    one = installation_in("installed")
    assert refused(lambda: raise_reserve(one, "nothing", " ")) == [("bad_point", "point"), ("missing_field", "reason")]
    first = raise_reserve(one)
    assert refused(lambda: raise_reserve(one)) == [("reserve_open", "point")]
    raise_reserve(one, "licence", actor=one.supplier)

    def lift(key: int) -> Any:
        return services.lift_reserve(
            installation_id=one.installation.pk, reserve_id=key, actor=one.supplier, note=" Fait "
        )

    assert refused(lambda: lift(0)) == [("no_reserve", "")]
    lifted = lift(first.pk)
    assert (lifted.lifted_at, lifted.lifted_by_id, lifted.note) == (TODAY, one.supplier.user_id, "Fait")
    assert refused(lambda: lift(first.pk)) == [("no_reserve", "")]
    assert refused(lambda: one.prepare(TODAY)) == [("reserves_open", "")]
    lift(InstallationReserve.objects.get(point="licence").pk)
    raise_reserve(one)  # the same point again, once lifted
    assert InstallationReserve.objects.filter(point="training").count() == 2


@pytest.mark.parametrize("state", ["to_sign", "signed_with_reserves"])
def test_no_reserve_beside_a_va(state: str) -> None:
    one = va_in(state)
    assert refused(lambda: raise_reserve(one)) == [("va_open", "")]


def test_a_reserve_of_another_installation_is_not_lifted() -> None:
    one, other = installation_in("installed"), installation_in("installed")
    raise_reserve(one)
    mine = raise_reserve(other)
    assert refused(
        lambda: services.lift_reserve(
            installation_id=one.installation.pk, reserve_id=mine.pk, actor=one.supplier, note=""
        )
    ) == [("no_reserve", "")]


def test_planned_at_its_own_date() -> None:
    assert installation_in("planned").installation.planned_for == PLANNED_FOR
