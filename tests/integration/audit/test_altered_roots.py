"""Roots altered or removed, in the table or as files, and a whole forgery held against a file kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.audit import files
from portal.audit.domain.anchors import Seal, heads_file, public_file, state_root
from portal.audit.models import AuditRoot
from tests.conftest import MACHINE
from tests.integration.audit.conftest import Publish
from tests.integration.audit.tampering import events, recomputed, superuser, verified
from tests.integration.refusals import sql

pytestmark = pytest.mark.django_db


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


def forged_files(chain: str, *, row: bool = False) -> None:
    """The files of the first day over the journal as it is now, and the row of the table too."""
    root = files.read(files.heads_path(MACHINE.date())).statement
    found = {head[:2]: head for head in files.read(files.heads_path(root.day)).heads}
    head = events(chain)[2]
    found["orders_order", chain] = found["orders_order", chain]._replace(hash=head.hash)
    statement = state_root(list(found.values()), root.made_at, root.number, root.previous)
    files.write(files.heads_path(root.day), heads_file(statement, Seal(), list(found.values())))
    files.write(files.public_path(root.day), public_file(statement, Seal(), list(found.values())))
    if row:
        AuditRoot.objects.filter(number=1).update(**vars(statement), hash=statement.hash)


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
        recomputed(chain)
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
        recomputed(chain)
        forged_files(chain, row=True)
    assert verified()["ok"], "nothing inside the portal shows it any more"
    report = verified("--root-file", str(kept), status=1)
    assert (report["first"]["object_id"], report["first"]["seq"]) == (chain, 3)
    assert "la table ne connaît pas son empreinte" in report["faults"][0]["problem"]
    report = verified("--root-file", str(public), status=1)
    assert "1 chaînes du fichier fourni ne se retrouvent plus dans le journal" in report["faults"][-1]["problem"]
