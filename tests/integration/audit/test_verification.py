"""What a superuser does past the triggers is found, named, and told apart; the untouched journal passes."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.accounts.actors import Actor
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.services import Entry, record
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.factories.dossiers import order_in
from tests.integration.audit import tampering
from tests.integration.audit.conftest import Publish
from tests.integration.audit.tampering import Tamper, superuser, verified
from tests.integration.refusals import sql

pytestmark = pytest.mark.django_db


def test_the_untouched_journal_passes(chain: str, publish: Publish) -> None:
    report = verified()
    root = AuditRoot.objects.get()
    assert set(report) == {"ok", "checked", "chains", "root", "faults", "first"}
    assert (report["ok"], report["faults"], report["first"]) == (True, [], None)
    assert (report["checked"], report["chains"]) == (AuditEvent.objects.count(), root.count)
    assert report["root"] == {"number": 1, "day": "2026-01-05", "hash": root.hash, "count": root.count}
    publish(2)
    assert verified()["ok"] and verified("--since", "2026-01-06")["ok"]


def test_without_any_root_the_chains_are_still_checked() -> None:
    one = order_in("issued")
    assert verified()["root"] is None
    with superuser():
        sql("UPDATE audit_auditevent SET role = 'x' WHERE object_id = %s AND seq = 2", str(one.pk))
    assert verified(status=1)["first"]["seq"] == 2


# How, the number of the first row named, what is said of it, and how many rows in all.
TAMPERS: list[tuple[Tamper, int, str, int]] = [
    (tampering.altered, 2, "son contenu ne correspond plus à son empreinte", 1),
    (tampering.altered_with_its_hash, 2, "récrite", 1),
    (tampering.float, 2, "son contenu ne correspond plus à son empreinte", 1),
    (tampering.first_removed, 1, "la ligne n° 1 manque", 1),
    (tampering.middle_removed, 2, "la ligne n° 2 manque", 1),
    (tampering.last_published_removed, 3, "la ligne n° 3 manque : l’empreinte du 05/01/2026 va jusqu’au n° 3", 1),
    (tampering.whole_chain_removed, 1, "la chaîne entière a disparu : l’empreinte du 05/01/2026 en compte 3 lignes", 1),
    (tampering.inserted, 3, "ce n’est pas la ligne que compte l’empreinte du 05/01/2026", 3),
    (tampering.inserted_and_recomputed, 3, "ce n’est pas la ligne que compte l’empreinte du 05/01/2026", 2),
    (tampering.swapped, 2, "son contenu ne correspond plus à son empreinte", 2),
    (tampering.swapped_and_recomputed, 3, "ce n’est pas la ligne que compte l’empreinte du 05/01/2026", 1),
    (tampering.recomputed, 3, "la chaîne a été récrite entre la ligne n° 1 et celle-ci", 1),
    (tampering.shortened_and_recomputed, 3, "la chaîne a été récrite entre la ligne n° 1 et celle-ci", 1),
]


@pytest.mark.parametrize(("tamper", "seq", "words", "faults"), TAMPERS)
def test_each_tampering_is_found_and_named(chain: str, tamper: Tamper, seq: int, words: str, faults: int) -> None:
    with superuser():
        tamper(chain)
    report = verified(status=1)
    first = report["first"]
    assert (first["object_type"], first["object_id"], first["seq"]) == ("orders_order", chain, seq), report["faults"]
    assert words in first["problem"] and first in report["faults"]
    assert {fault["object_id"] for fault in report["faults"]} == {chain}
    assert len(report["faults"]) == faults, report["faults"]


@pytest.mark.parametrize("tamper", [tampering.backdated, tampering.backdated_chain])
def test_a_row_written_into_the_past_is_found(chain: str, tamper: Tamper) -> None:
    tamper(chain)
    report = verified(status=1)
    assert len(report["faults"]) == 1 and "antidatée" in report["first"]["problem"]
    assert (
        AuditEvent.objects.get(object_id=report["first"]["object_id"], recorded_at__lt=MACHINE).seq
        == report["first"]["seq"]
    )


def test_an_act_committed_just_after_the_root_is_no_fault(publish: Publish) -> None:
    order_in("draft")
    publish(0)
    with clock.frozen(machine=MACHINE - timedelta(minutes=50)):
        record(Entry("essai", "slow", "create", TODAY), Actor.system())
    assert verified()["ok"]


def test_a_rewriting_that_a_later_root_covers_is_still_found(chain: str, publish: Publish) -> None:
    with superuser():
        tampering.recomputed(chain)
    publish(2)
    report = verified(status=1)
    assert report["first"]["object_id"] == chain and "05/01/2026" in report["first"]["problem"]


def test_what_was_removed_before_a_later_root_is_still_found(chain: str, publish: Publish) -> None:
    with superuser():
        tampering.last_published_removed(chain)
    publish(2)
    assert "la ligne n° 3 manque" in verified(status=1)["first"]["problem"]


def test_all_faults_are_told_and_the_first_is_the_oldest(chain: str) -> None:
    other = str(AuditEvent.objects.filter(object_type="orders_order").exclude(object_id=chain).latest("pk").object_id)
    with superuser():
        tampering.altered(other)
        tampering.altered(chain)
    report = verified(status=1)
    older = min((chain, other), key=lambda key: AuditEvent.objects.get(object_id=key, seq=2).pk)
    assert {fault["object_id"] for fault in report["faults"]} == {chain, other}
    assert report["first"]["object_id"] == older


def test_since_a_day_older_rows_keep_their_place_but_are_not_recomputed(chain: str) -> None:
    with superuser():
        tampering.altered(chain)
    assert verified("--since", "2026-01-06")["ok"]
    assert not verified("--since", "2026-01-05", status=1)["ok"]
    with superuser():
        tampering.middle_removed(chain)
    assert "manque" in verified("--since", "2026-01-06", status=1)["first"]["problem"]


def test_wrong_usage_ends_with_two(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as missing:
        call_command("verify_audit", "--root-file", str(tmp_path / "none"))
    assert missing.value.returncode == 2
    with pytest.raises(CommandError, match="n’est pas une date"):
        call_command("verify_audit", "--since", "hier")


def test_in_words(chain: str) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "0 écarts" in said.getvalue() and AuditRoot.objects.get().hash in said.getvalue()
    with superuser():
        tampering.altered(chain)
    with pytest.raises(CommandError, match="1 écarts"):
        call_command("verify_audit", stdout=said)
    assert f"orders_order {chain} n° 2 : son contenu" in said.getvalue()


def test_a_longer_journal_takes_no_more_queries(chain: str, django_assert_max_num_queries: Any) -> None:
    for _ in range(20):
        record(Entry("essai", str(uuid4()), "x", TODAY), Actor.system())
    with django_assert_max_num_queries(8):
        assert verified()["ok"]
