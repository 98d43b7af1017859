"""The daily root: one a day, chained, the same in the table and in the files, sealed when somebody seals."""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.audit import files, sealing
from portal.audit.domain.anchors import state_root
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.publishing import publish_root
from portal.audit.sealing import Sealer
from portal.audit.services import Entry, record
from portal.audit.tasks import publish_daily_root
from portal.common import clock
from portal.common.canonical import canonical
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import MACHINE, TODAY
from tests.factories.dossiers import order_in
from tests.integration.audit.conftest import Publish
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db
TODAY_UTC = MACHINE.date()


def test_a_day_has_one_root_over_every_chain(publish: Publish) -> None:
    order_in("issued")
    root = publish(0)
    heads = {
        (event.object_type, event.object_id): [event.object_type, event.object_id, event.seq, event.hash]
        for event in AuditEvent.objects.order_by("seq")
    }
    found = files.read(files.heads_path(TODAY_UTC))
    assert [list(head) for head in found.heads] == sorted(heads.values())
    assert (root.number, root.day, root.made_at, root.previous) == (1, TODAY_UTC, MACHINE, "")
    assert (root.count, root.tree, root.hash) == (len(heads), found.statement.tree, found.hash)
    assert found.problem() == "" and (root.signature, root.token) == (None, None)
    order_in("draft")
    assert publish_root() == (root, False)
    assert publish_daily_root() == 1
    assert AuditRoot.objects.count() == 1


def test_the_next_day_hangs_on_the_day_before(publish: Publish) -> None:
    order_in("draft")
    first = publish(0)
    second = publish(3)
    assert (second.number, second.day, second.previous) == (2, TODAY_UTC + timedelta(days=3), first.hash)
    assert second.tree == first.tree and second.hash != first.hash


def test_a_clock_set_back_publishes_nothing(publish: Publish) -> None:
    last = publish(2)
    assert publish(1) == last


def test_an_empty_journal_has_a_root_too(publish: Publish) -> None:
    assert not AuditEvent.objects.exists()
    root = publish(0)
    assert (root.count, root.tree) == (0, hashlib.sha256(b"").hexdigest())


def test_the_public_file_gives_the_root_and_names_nothing(publish: Publish) -> None:
    one = order_in("issued")
    root = publish(0)
    text = gzip.decompress(files.public_path(TODAY_UTC).read_bytes()).decode()
    assert str(one.pk) not in text and "orders_order" not in text
    value = json.loads(text)
    assert canonical(value).decode() == text
    assert hashlib.sha256(canonical(value["root"])).hexdigest() == value["hash"] == root.hash
    found = files.read(files.public_path(TODAY_UTC))
    assert found.problem() == "" and found.leaves == files.read(files.heads_path(TODAY_UTC)).leaves


def test_files_are_private_and_an_attempt_that_was_cut_is_made_again(publish: Publish, audit_folder: Path) -> None:
    order_in("draft")
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(0)
        raise RuntimeError("cut before the commit")
    assert not AuditRoot.objects.exists() and files.published_days() == [TODAY_UTC]
    order_in("draft")
    root = publish(0)
    found = files.read(files.heads_path(TODAY_UTC))
    assert found.hash == root.hash and found.statement.count == root.count
    assert {path.stat().st_mode & 0o777 for path in audit_folder.iterdir()} == {0o600}
    assert audit_folder.stat().st_mode & 0o777 == 0o700
    assert len(list(audit_folder.iterdir())) == 2


def test_whoever_seals_sees_the_bytes_of_the_statement(publish: Publish) -> None:
    seen: list[bytes] = []

    def sign(content: bytes) -> bytes:
        seen.append(content)
        return b"signed"

    sealing.install(Sealer(lambda: (True, True), sign, lambda content: b"stamped", lambda *_: []))
    root = publish(0)
    found = files.read(files.heads_path(TODAY_UTC))
    assert seen == [found.statement.content()] and hashlib.sha256(seen[0]).hexdigest() == root.hash
    assert (bytes(root.signature or b""), bytes(root.token or b"")) == (b"signed", b"stamped")
    assert (found.seal.signature, found.seal.token) == (b"signed", b"stamped")
    assert files.read(files.public_path(TODAY_UTC)).seal == found.seal


def test_postgresql_keeps_roots_as_they_are(publish: Publish) -> None:
    root = publish(0)
    publish(1)
    with refused_by_postgres("published_for_good"):
        sql("UPDATE audit_auditroot SET count = 7")
    with refused_by_postgres("(?i)cannot (update or )?delete"):
        sql("DELETE FROM audit_auditroot")
    later = MACHINE + timedelta(days=5)
    for number, previous, day in ((3, "0" * 64, later), (4, root.hash, later), (2, root.hash, later)):
        forged = state_root([], day, number, previous)
        with pytest.raises(DatabaseError), transaction.atomic():
            AuditRoot.objects.create(**{**vars(forged), "hash": forged.hash})


def test_the_command_publishes_once() -> None:
    told = [json.loads(_command("--json")), json.loads(_command("--json"))]
    assert [line["made"] for line in told] == [True, False]
    assert told[0]["hash"] == told[1]["hash"] == AuditRoot.objects.get().hash
    assert "déjà publiée" in _command()


def _command(*options: str) -> str:
    said = StringIO()
    call_command("publish_audit_root", *options, stdout=said)
    return said.getvalue()


def test_the_last_root_goes_out_with_every_mail(publish: Publish) -> None:
    order_in("issued")
    deliver_pending()
    assert mail.outbox and not any("Empreinte du journal" in message.body for message in mail.outbox)
    mail.outbox.clear()
    publish(0)
    root = publish(1)
    order_in("issued")
    deliver_pending()
    expected = f"\n-- \nEmpreinte du journal au {root.day:%d/%m/%Y} : {root.hash}\n"
    assert mail.outbox and all(message.body.endswith(expected) for message in mail.outbox)


def test_anybody_reads_the_roots_and_downloads_them(publish: Publish, client: Client) -> None:
    assert "Aucune empreinte publiée" in client.get(reverse("audit:roots")).content.decode()
    first, second = publish(0), publish(1)
    page = client.get(reverse("audit:roots")).content.decode()
    assert page.index(second.hash) < page.index(first.hash) and "horodatage interne" in page
    url = reverse("audit:root_file", args=[first.day.isoformat()])
    assert url in page
    response = client.get(url)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert json.loads(gzip.decompress(content))["hash"] == first.hash
    assert response["Content-Type"] == "application/gzip" and "public" in response["Cache-Control"]
    assert client.get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("day", ["2026-01-06", "20260105", "2026-W02-1", "2026-13-01", "zz", "0000-00-00"])
def test_other_days_do_not_exist(day: str, publish: Publish, client: Client) -> None:
    publish(0)
    assert client.get(reverse("audit:root_file", args=[day])).status_code == 404


def test_a_root_whose_file_is_gone_is_not_served(publish: Publish, client: Client) -> None:
    root = publish(0)
    files.public_path(root.day).unlink()
    assert client.get(reverse("audit:root_file", args=[root.day.isoformat()])).status_code == 404


def test_other_files_of_the_folder_are_no_roots(audit_folder: Path) -> None:
    publish_root()
    (audit_folder / "2026-99-99.json.gz").write_bytes(b"")
    (audit_folder / "notes.txt").write_bytes(b"")
    assert files.published_days() == [TODAY_UTC]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\x1f\x8bshort", b'{"root": 1}', b'{"root": {}}', b'{"root": {"number": "x"}}', b"\xff\xfe"],
)
def test_a_file_that_is_none_is_said_to_be_unreadable(content: bytes, audit_folder: Path) -> None:
    publish_root()
    path = files.heads_path(date(2026, 1, 5))
    path.write_bytes(content)
    with pytest.raises(files.BadRootFile, match="illisible"):
        files.read(path)
    path.unlink()
    with pytest.raises(files.BadRootFile, match="manque"):
        files.read(path)


def test_a_seal_that_fails_leaves_a_root_that_the_next_attempt_seals() -> None:
    def broken(content: bytes) -> bytes:
        raise OSError("no key")

    record(Entry("essai", "1", "x", TODAY), Actor.system())
    sealing.install(Sealer(lambda: (True, False), broken, broken, lambda *_: []))
    root, made = publish_root()
    assert made and root.signature is None
    sealing.install(Sealer(lambda: (True, False), lambda content: b"signed", broken, lambda *_: []))
    with clock.frozen(machine=MACHINE + timedelta(minutes=15)):
        assert publish_daily_root() == 1
    root.refresh_from_db()
    assert bytes(root.signature or b"") == b"signed"
