"""What a superuser does past the triggers is found, named, and told apart; the untouched journal passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from portal.accounts.actors import Actor
from portal.audit import files
from portal.audit.domain.anchors import Seal, heads_file, public_file, state_root
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.services import Entry, event_hash, record
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.factories.dossiers import order_in
from tests.integration.audit.conftest import Publish
from tests.integration.refusals import check_deferred, sql

pytestmark = pytest.mark.django_db
TABLES = ("audit_auditevent", "audit_auditroot")


@contextmanager
def superuser() -> Iterator[None]:
    """With every right: triggers disabled, constraints dropped until the test's transaction is taken back."""
    check_deferred()
    for table in TABLES:
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    check_deferred()
    for table in TABLES:
        sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def verified(*options: str, status: int = 0) -> dict[str, Any]:
    """The report of the command, which ends with ``status``."""
    said, ended = StringIO(), 0
    try:
        call_command("verify_audit", "--json", *options, stdout=said)
    except CommandError as error:
        ended = error.returncode
    assert ended == status, said.getvalue()
    found: dict[str, Any] = json.loads(said.getvalue())
    return found


@pytest.fixture
def chain(publish: Publish) -> str:
    """An order of three events in the root of the first day, among others; a fourth event since."""
    one = order_in("signed_firm")
    order_in("issued")
    publish(0)
    with clock.frozen(machine=MACHINE + timedelta(days=1)):
        record(Entry("orders_order", str(one.pk), "late", TODAY), Actor.system())
    return str(one.pk)


def events(chain: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(object_type="orders_order", object_id=chain).order_by("seq"))


def rechain(chain: str, start: int = 1) -> None:
    """Recompute numbers, links and hashes, as whoever knows the function would."""
    previous = ""
    for seq, event in enumerate(events(chain), start=1):
        if seq >= start:
            event.seq, event.prev_hash = seq, previous
            event.hash = event_hash(event)
            event.save()
        previous = event.hash


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


Tamper = Callable[[str], None]


def _altered(chain: str) -> None:
    sql('UPDATE audit_auditevent SET data = \'{"amount": "1.00"}\' WHERE object_id = %s AND seq = 2', chain)


def _altered_with_its_hash(chain: str) -> None:
    event = events(chain)[1]
    event.role = "validator"
    event.hash = event_hash(event)
    event.save()


def _float(chain: str) -> None:
    sql("UPDATE audit_auditevent SET data = '{\"amount\": 1.5}' WHERE object_id = %s AND seq = 2", chain)


def _middle_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s AND seq = 2", chain)


def _first_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s AND seq = 1", chain)


def _last_published_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s AND seq >= 3", chain)


def _whole_chain_removed(chain: str) -> None:
    sql("DELETE FROM audit_auditevent WHERE object_id = %s", chain)


def _inserted(chain: str) -> None:
    """A row that fits, between the second and the third, those behind moved on."""
    second = events(chain)[1]
    sql("ALTER TABLE audit_auditevent DROP CONSTRAINT audit_event_seq")
    sql("UPDATE audit_auditevent SET seq = seq + 1 WHERE object_id = %s AND seq > 2", chain)
    forged = AuditEvent.objects.get(pk=second.pk)
    forged.pk, forged.seq, forged.prev_hash, forged.verb = None, 3, second.hash, "forged"
    forged.hash = event_hash(forged)
    forged.save(force_insert=True)


def _inserted_and_recomputed(chain: str) -> None:
    _inserted(chain)
    rechain(chain)


def _swapped(chain: str) -> None:
    sql("ALTER TABLE audit_auditevent DROP CONSTRAINT audit_event_seq")
    sql("UPDATE audit_auditevent SET seq = 5 - seq WHERE object_id = %s AND seq IN (2, 3)", chain)


def _swapped_and_recomputed(chain: str) -> None:
    _swapped(chain)
    rechain(chain)


def _recomputed(chain: str) -> None:
    event = events(chain)[1]
    event.role = "validator"
    event.save()
    rechain(chain)


def _shortened_and_recomputed(chain: str) -> None:
    _middle_removed(chain)
    rechain(chain)


def _backdated(chain: str) -> None:
    """A row that fits at the end of another chain, said to be older than the root."""
    other = AuditEvent.objects.filter(object_type="orders_order").exclude(object_id=chain).latest("seq")
    with clock.frozen(machine=MACHINE - timedelta(days=2)):
        record(Entry(other.object_type, other.object_id, "forged", TODAY), Actor.system())


def _backdated_chain(chain: str) -> None:
    with clock.frozen(machine=MACHINE - timedelta(days=2)):
        record(Entry("essai", "forged", "create", TODAY), Actor.system())


# How, the number of the first row named, what is said of it, and how many rows in all.
TAMPERS: list[tuple[Tamper, int, str, int]] = [
    (_altered, 2, "son contenu ne correspond plus à son empreinte", 1),
    (_altered_with_its_hash, 2, "récrite", 1),
    (_float, 2, "son contenu ne correspond plus à son empreinte", 1),
    (_first_removed, 1, "la ligne n° 1 manque", 1),
    (_middle_removed, 2, "la ligne n° 2 manque", 1),
    (_last_published_removed, 3, "la ligne n° 3 manque : l’empreinte du 05/01/2026 va jusqu’au n° 3", 1),
    (_whole_chain_removed, 1, "la chaîne entière a disparu : l’empreinte du 05/01/2026 en compte 3 lignes", 1),
    (_inserted, 3, "ce n’est pas la ligne que compte l’empreinte du 05/01/2026", 3),
    (_inserted_and_recomputed, 3, "ce n’est pas la ligne que compte l’empreinte du 05/01/2026", 2),
    (_swapped, 2, "son contenu ne correspond plus à son empreinte", 2),
    (_swapped_and_recomputed, 3, "ce n’est pas la ligne que compte l’empreinte du 05/01/2026", 1),
    (_recomputed, 3, "la chaîne a été récrite entre la ligne n° 1 et celle-ci", 1),
    (_shortened_and_recomputed, 3, "la chaîne a été récrite entre la ligne n° 1 et celle-ci", 1),
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


@pytest.mark.parametrize("tamper", [_backdated, _backdated_chain])
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
        _recomputed(chain)
    publish(2)
    report = verified(status=1)
    assert report["first"]["object_id"] == chain and "05/01/2026" in report["first"]["problem"]


def test_what_was_removed_before_a_later_root_is_still_found(chain: str, publish: Publish) -> None:
    with superuser():
        _last_published_removed(chain)
    publish(2)
    assert "la ligne n° 3 manque" in verified(status=1)["first"]["problem"]


def test_all_faults_are_told_and_the_first_is_the_oldest(chain: str) -> None:
    other = str(AuditEvent.objects.filter(object_type="orders_order").exclude(object_id=chain).latest("pk").object_id)
    with superuser():
        _altered(other)
        _altered(chain)
    report = verified(status=1)
    older = min((chain, other), key=lambda key: AuditEvent.objects.get(object_id=key, seq=2).pk)
    assert {fault["object_id"] for fault in report["faults"]} == {chain, other}
    assert report["first"]["object_id"] == older


ROOT_CHANGES = ["count = count + 1", "tree = repeat('0', 64)", "hash = repeat('0', 64)", "made_at = made_at + interval '1 s'",
                "previous = repeat('0', 64)"]  # fmt: skip


@pytest.mark.parametrize("change", ROOT_CHANGES)
def test_an_altered_root_row_is_found(chain: str, publish: Publish, change: str) -> None:
    publish(2)
    with superuser():
        sql(f"UPDATE audit_auditroot SET {change} WHERE number = 2")  # noqa: S608
    report = verified(status=1)
    assert (report["first"]["object_type"], report["first"]["object_id"]) == ("audit_auditroot", "2")
    assert any("dans la table a été changée" in fault["problem"] for fault in report["faults"])


def test_a_seal_taken_from_a_root_is_found(chain: str) -> None:
    with superuser():
        sql("UPDATE audit_auditroot SET signature = 'x'")
    assert "un autre sceau" in verified(status=1)["first"]["problem"]


def test_a_removed_root_is_found(chain: str, publish: Publish) -> None:
    publish(2)
    publish(3)
    with superuser():
        sql("DELETE FROM audit_auditroot WHERE number = 2")
    problems = [fault["problem"] for fault in verified(status=1)["faults"]]
    assert any("manquent dans la table" in problem for problem in problems)
    assert any("le fichier du 07/01/2026 n’a pas de ligne dans la table" in problem for problem in problems)


def forged_files(chain: str, **kept: Any) -> None:
    """The files of the first day, over the journal as it is now."""
    root = files.read(files.heads_path(MACHINE.date())).statement
    found = {head[:2]: head for head in files.read(files.heads_path(root.day)).heads}
    head = events(chain)[2]
    found["orders_order", chain] = found["orders_order", chain]._replace(hash=head.hash)
    statement = state_root(list(found.values()), root.made_at, root.number, root.previous)
    files.write(files.heads_path(root.day), heads_file(statement, Seal(), list(found.values())))
    files.write(files.public_path(root.day), public_file(statement, Seal(), list(found.values())))
    AuditRoot.objects.filter(number=1).update(**vars(statement), hash=statement.hash) if kept.get("row") else None


def test_an_altered_root_file_is_found(chain: str) -> None:
    path = files.heads_path(MACHINE.date())
    root = files.read(path)
    heads = [root.heads[0]._replace(hash="0" * 64), *root.heads[1:]]
    files.write(path, heads_file(root.statement, root.seal, heads))
    report = verified(status=1)
    assert [fault["object_type"] for fault in report["faults"]] == ["audit_auditroot"]
    assert "les têtes de chaînes du fichier ne donnent pas la racine" in report["first"]["problem"]
    path.unlink()
    assert "manque" in verified(status=1)["first"]["problem"]


def test_an_altered_public_file_is_found(chain: str) -> None:
    path = files.public_path(MACHINE.date())
    root = files.read(files.heads_path(MACHINE.date()))
    files.write(path, public_file(root.statement, Seal(signature=b"x"), root.heads))
    assert "le fichier public dit autre chose" in verified(status=1)["first"]["problem"]
    files.write(path, public_file(root.statement, root.seal, root.heads[1:]))
    assert "fichier public" in verified(status=1)["first"]["problem"]


def test_files_rewritten_with_the_chain_part_from_the_table(chain: str) -> None:
    with superuser():
        _recomputed(chain)
    forged_files(chain)
    report = verified(status=1)
    assert "il porte une autre empreinte que la table" in report["faults"][0]["problem"]


def test_against_a_file_kept_elsewhere_even_a_whole_forgery_is_found(chain: str, tmp_path: Path) -> None:
    kept, public = tmp_path / "kept.json.gz", tmp_path / "public.json.gz"
    kept.write_bytes(files.heads_path(MACHINE.date()).read_bytes())
    public.write_bytes(files.public_path(MACHINE.date()).read_bytes())
    for path in (kept, public):
        assert verified("--root-file", str(path))["ok"]
    with superuser():
        _recomputed(chain)
        forged_files(chain, row=True)
    assert verified()["ok"], "nothing inside the portal shows it any more"
    report = verified("--root-file", str(kept), status=1)
    assert (report["first"]["object_id"], report["first"]["seq"]) == (chain, 3)
    assert "la table ne connaît pas son empreinte" in report["faults"][0]["problem"]
    report = verified("--root-file", str(public), status=1)
    assert "1 chaînes du fichier fourni ne se retrouvent plus dans le journal" in report["faults"][-1]["problem"]


def test_since_a_day_older_rows_keep_their_place_but_are_not_recomputed(chain: str) -> None:
    with superuser():
        _altered(chain)
    assert verified("--since", "2026-01-06")["ok"]
    assert not verified("--since", "2026-01-05", status=1)["ok"]
    with superuser():
        _middle_removed(chain)
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
        _altered(chain)
    with pytest.raises(CommandError, match="1 écarts"):
        call_command("verify_audit", stdout=said)
    assert f"orders_order {chain} n° 2 : son contenu" in said.getvalue()


def test_a_longer_journal_takes_no_more_queries(chain: str, django_assert_max_num_queries: Any) -> None:
    for _ in range(20):
        record(Entry("essai", str(uuid4()), "x", TODAY), Actor.system())
    with django_assert_max_num_queries(7):
        assert verified()["ok"]
