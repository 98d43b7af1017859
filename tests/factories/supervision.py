"""Counters of a pharmacy as activity logs leave them, monthly totals as a supplier sends them, cases at each state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from homologation.models import SupervisionCase, SupervisionReport
from homologation.services import cases
from homologation.services.supervise import compute_month
from indicators.domain.counters import COUNTERS
from indicators.models import DailyCounter, UserMonth
from portal.accounts.actors import Actor
from portal.documents.domain.incoming import CSV, Incoming
from portal.registry.models import Pharmacy, Supplier

MONTH = date(2022, 10, 1)
HEADER = "finess;mois;appels;recuperations;verifications;echecs;cpx;certificat;prescriptions"


def counted(
    place: Pharmacy, supplier: Supplier, users: Mapping[str, tuple[int, int]], month: date = MONTH, **more: Any
) -> None:
    """(calls, prescriptions) of each account, on two days of a month."""
    calls, written = (sum(pair[at] for pair in users.values()) for at in (0, 1))
    whole = {"insi_calls": calls, "insi_retrieval": calls, "insi_cpx": calls, "prescriptions": written}
    for day, counts in ((2, whole), (28, {})):
        DailyCounter.objects.create(
            supplier=supplier,
            pharmacy=place,
            day=month.replace(day=day),
            **(dict.fromkeys(COUNTERS, 0) | {"claims": 1} | counts | more),
        )
    UserMonth.objects.bulk_create(
        UserMonth(
            supplier=supplier,
            pharmacy=place,
            month=month,
            user_ref=name,
            insi_calls=one,
            insi_failed=0,
            insi_off_hours=0,
            prescriptions=two,
            active_days=20,
        )
        for name, (one, two) in users.items()
    )


def totals(*lines: str, header: str = HEADER) -> Incoming:
    """A file of totals."""
    content = "\n".join([header, *lines, ""]).encode()
    return Incoming(content, CSV, "totaux.csv", "0" * 64)


def line(finess: str, calls: int, prescriptions: int, month: str = "2022-10") -> str:
    """One pharmacy and month, every call a retrieval by card."""
    return f"{finess};{month};{calls};{calls};0;0;{calls};0;{prescriptions}"


def report_of(place: Pharmacy, month: date = MONTH) -> SupervisionReport:
    """The report of a month that stands."""
    return SupervisionReport.objects.filter(pharmacy=place, month=month).latest("revision")


def alerted(place: Pharmacy, supplier: Supplier) -> SupervisionCase:
    """The case of a month with more calls than prescriptions, most of them by one account."""
    counted(place, supplier, {"u1": (90, 40), "u2": (30, 40)})
    compute_month(MONTH, [place.pk])
    return SupervisionCase.objects.get(pharmacy=place, month=MONTH)


def brought_to(case: SupervisionCase, state: str, actor: Actor, *, misuse: bool = True) -> SupervisionCase:
    """Carry a case on by its services alone."""
    key: dict[str, Any] = {"case_id": case.pk, "actor": actor}
    if state in ("detail_asked", "detail_received"):
        cases.ask_detail(**key)
        if state == "detail_received":
            cases.receive_detail(**key, detail="Détail reçu par courrier le 12.")
    if state in ("analysed", "acted", "closed", "escalated"):
        cause = "misuse_one" if misuse else "care"
        cases.analyse(**key, cause=cause, analysis="Vu avec la personne concernée.")
    if state in ("acted", "escalated"):
        cases.engage(**key, actions=["reminder"], action="Rappel remis.", recipients=["Préparatrice 2"])
    if state == "closed":
        cases.close(**key, note="Rien d’anormal.")
    if state == "escalated":
        cases.escalate(**key, note="Consultations sans motif.")
    return SupervisionCase.objects.get(pk=case.pk)
