"""What a simulation prints: the order of its lines, their form, and the same in French."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from attestations.domain.lifecycle import ATTESTATION as attestation
from orders.domain.lifecycle import INSTALLATION as installation
from orders.domain.lifecycle import ORDER as order
from portal.accounts.domain.roles import Role
from portal.demo.domain.happenings import (
    ATTESTATION,
    CAUSES,
    INSTALLATION,
    ORDER,
    REFERENCING,
    Happening,
    cause_of,
    in_order,
)
from portal.demo.telling import told

SIGNED = Happening(
    at=datetime(2023, 3, 25, 23, 30, tzinfo=UTC),
    kind=ORDER,
    object="BC-2023-000002",
    verb="sign_firm",
    from_state="issued",
    to_state="signed_firm",
    rule="",
    because="",
    rule_set="PHA-LGO-Va1 v1",
    place=3,
)


def test_lines_go_by_instant_then_object_then_rank() -> None:
    later = replace(SIGNED, at=datetime(2023, 3, 26, 0, 0, tzinfo=UTC), object="BC-2023-000001")
    other = replace(SIGNED, object="BC-2023-000001", place=9)
    before = replace(SIGNED, place=2)
    assert in_order([later, SIGNED, other, before]) == [other, before, SIGNED, later]


@pytest.mark.parametrize(
    ("at", "printed"),
    [
        (datetime(2023, 3, 25, 23, 30, tzinfo=UTC), "2023-03-26T00:30:00+01:00"),
        (datetime(2023, 3, 26, 0, 59, 59, tzinfo=UTC), "2023-03-26T01:59:59+01:00"),
        (datetime(2023, 3, 26, 1, 0, tzinfo=UTC), "2023-03-26T03:00:00+02:00"),
        (datetime(2022, 10, 30, 0, 30, tzinfo=UTC), "2022-10-30T02:30:00+02:00"),
        (datetime(2022, 10, 30, 1, 30, tzinfo=UTC), "2022-10-30T02:30:00+01:00"),
        (datetime(2022, 12, 31, 23, 0, tzinfo=UTC), "2023-01-01T00:00:00+01:00"),
    ],
)
def test_instants_are_printed_with_their_paris_offset(at: datetime, printed: str) -> None:
    assert replace(SIGNED, at=at).as_json() == {
        "at": printed,
        "object": "BC-2023-000002",
        "verb": "sign_firm",
        "from": "issued",
        "to": "signed_firm",
        "rule": "",
        "rule_set": "PHA-LGO-Va1 v1",
    }


def test_the_cause_is_what_the_verb_follows_else_the_verb() -> None:
    assert cause_of(INSTALLATION, "abort") == ("order_ended", "la commande a pris fin")
    assert cause_of(ORDER, "realise") == ("va_signed", "VA entièrement signée")
    assert cause_of(ORDER, "a_verb_to_come") == ("a_verb_to_come", "")


@pytest.mark.parametrize("kind_and_verb", CAUSES)
def test_causes_are_of_verbs_that_the_portal_does(kind_and_verb: tuple[str, str]) -> None:
    kind, verb = kind_and_verb
    lifecycle = {ORDER: order, INSTALLATION: installation, ATTESTATION: attestation}[kind]
    assert verb == "create" or lifecycle.transition(verb).roles == {Role.SYSTEM}


@pytest.mark.parametrize(
    ("happening", "line"),
    [
        (SIGNED, "26/03/2023 00:30  BC-2023-000002          Commande signée → Signée"),
        (
            replace(SIGNED, verb="lapse", to_state="lapsed", because="clôture du 28/04/2023 : S"),
            "26/03/2023 00:30  BC-2023-000002          Commande caduque → Caduque [clôture du 28/04/2023 : S]",
        ),
        (
            replace(SIGNED, verb="ask_cancel", from_state="signed_firm"),
            "26/03/2023 00:30  BC-2023-000002          Annulation demandée",
        ),
        (
            replace(SIGNED, kind=ATTESTATION, object="VA-BC-2023-000002", verb="create", to_state="to_sign"),
            "26/03/2023 00:30  VA-BC-2023-000002       VA préparée",
        ),
        (
            replace(SIGNED, kind=REFERENCING, object="Essai 1.0", verb="record_status", to_state="suspended"),
            "26/03/2023 00:30  Essai 1.0               Statut de référencement → Suspendu",
        ),
    ],
)
def test_the_same_in_french(happening: Happening, line: str) -> None:
    assert told(happening) == line
