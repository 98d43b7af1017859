"""Archive time-stamps renewed before they end: what is kept holds for ever, and nothing that was is replaced."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.http import FileResponse
from django.test import override_settings

from portal.common import clock
from portal.config.celery import app
from portal.documents import storage
from portal.documents.models import Document, Renewal
from portal.documents.responses import pdf_response
from portal.documents.seal import authority as authorities
from portal.documents.seal.authority import Authority
from portal.documents.selectors import document_of_hash, open_file
from portal.documents.services.renew import renew_timestamps
from portal.documents.services.verify import verify_all
from portal.documents.services.verify_file import verify_file
from portal.documents.tasks import renew_timestamps as scheduled
from tests.factories import sealing as seals
from tests.integration.documents.test_certificates import CENTURY, EXPIRED, LONG_AGO, YEAR, published
from tests.unit.documents.parts import MACHINE

pytestmark = pytest.mark.django_db
EARLY, DUE = LONG_AGO + timedelta(days=200), LONG_AGO + timedelta(days=300)


@dataclass(frozen=True)
class Kept:
    """An order issued and signed years ago, its time-stamps good for a year."""

    issued: Document
    signed: Document
    root: Authority


@pytest.fixture
def kept(documents_folder: Path, tmp_path: Path) -> Iterator[Kept]:
    root = Authority.made(LONG_AGO, CENTURY)
    old = published(replace(root, life=YEAR), tmp_path / "old")
    with seals.sealing(old, documents_folder), clock.frozen(machine=LONG_AGO):
        issued = seals.order()
        made = Kept(issued, seals.signed_order(issued), root)
    new = published(replace(root, at=DUE, life=5 * YEAR), tmp_path / "new")
    with seals.sealing(new, documents_folder, SEAL_ROOTS=str(old)):
        yield made


def at(instant: datetime) -> Any:
    """Run the renewal at an instant."""
    with clock.frozen(machine=instant):
        return renew_timestamps()


def test_nothing_is_renewed_before_it_is_time(kept: Kept) -> None:
    done = at(EARLY)
    assert (done.examined, done.renewed, done.as_json()["ok"]) == (2, 0, True)
    assert not Renewal.objects.exists()


def test_what_ends_soon_is_renewed_once_and_keeps_its_beginning(kept: Kept) -> None:
    done = at(DUE)
    assert (done.examined, done.renewed, done.faults, done.stopped) == (2, 2, [], "")
    assert at(DUE + timedelta(days=30)).renewed == 0
    for document in (kept.issued, kept.signed):
        [renewal] = document.renewals.all()
        first, later = storage.read(document.sha256 or ""), storage.read(renewal.sha256)
        assert later.startswith(first) and len(later) == renewal.size > len(first)
        assert (renewal.made_at, renewal.good_until) == (DUE, DUE + 5 * YEAR)
        document.refresh_from_db()
        assert document.sha256 != renewal.sha256, "the first file stays the one that was shown and signed"


@pytest.mark.parametrize("name", ["issued", "signed"])
def test_years_later_the_renewed_file_holds_and_the_first_one_by_it(kept: Kept, name: str) -> None:
    document: Document = getattr(kept, name)
    first = seals.content(document)
    late = verify_file(first)
    assert not late.genuine and {reason.split(" : ")[1] for reason in late.reasons} == {EXPIRED}
    at(DUE)
    renewed = open_file(document).read()
    with clock.frozen(machine=DUE + 4 * YEAR):
        for content in (first, renewed):
            verdict = verify_file(content)
            assert (verdict.reasons, verdict.genuine, verdict.document) == ([], True, document)
        assert not verify_file(renewed[:-1]).genuine and not verify_file(renewed + b"\n").genuine


def test_the_renewed_file_is_the_one_handed_out_and_known(kept: Kept) -> None:
    before = pdf_response(kept.signed)
    at(DUE)
    after = pdf_response(kept.signed)
    [renewal] = kept.signed.renewals.all()
    assert (before["ETag"], after["ETag"]) == (f'"{kept.signed.sha256}"', f'"{renewal.sha256}"')
    assert isinstance(after, FileResponse)
    assert storage.read(renewal.sha256) == after.getvalue()
    assert document_of_hash(renewal.sha256) == document_of_hash(kept.signed.sha256 or "") == kept.signed


def test_a_second_renewal_covers_the_first(kept: Kept, documents_folder: Path, tmp_path: Path) -> None:
    """Five years on, the certificate of the first renewal ends in its turn."""
    at(DUE)
    soon = Renewal.objects.latest("id").good_until - timedelta(days=60)
    root, old = kept.root, tmp_path / "old"
    month = replace(root, at=soon, life=timedelta(days=30))  # a list of revoked certificates never lasts for years
    (old / authorities.REVOKED_FILE).write_bytes(month.revoked().public_bytes(Encoding.DER))
    newer = published(replace(root, at=soon, life=20 * YEAR), tmp_path / "newer")
    with seals.sealing(newer, documents_folder, SEAL_ROOTS=str(old)):
        assert (at(soon).renewed, at(soon).renewed) == (2, 0)
        with clock.frozen(machine=MACHINE):
            for document in (kept.issued, kept.signed):
                assert document.renewals.count() == 2
                assert verify_file(open_file(document).read()).reasons == []


def test_a_damaged_file_is_told_and_left(kept: Kept) -> None:
    path = storage.path_of(kept.issued.sha256 or "")
    path.write_bytes(path.read_bytes() + b"\n")
    done = at(DUE)
    assert (done.renewed, [fault["document"] for fault in done.faults]) == (1, [str(kept.issued.pk)])
    assert not kept.issued.renewals.exists()


def test_a_file_that_no_longer_holds_is_not_given_a_new_date(kept: Kept) -> None:
    """Found after its end, a file is not made good by a time-stamp of today."""
    done = at(MACHINE)
    assert (done.renewed, len(done.faults)) == (0, 2)
    assert all(EXPIRED in " ".join(fault["reasons"]) for fault in done.faults)


def test_without_an_authority_the_command_says_so(kept: Kept) -> None:
    with override_settings(TSA_URLS=[]), clock.frozen(machine=DUE):
        out = io.StringIO()
        with pytest.raises(CommandError, match="TSA_URLS is not set") as stopped:
            call_command("renew_timestamps", "--json", stdout=out)
    assert (stopped.value.returncode, json.loads(out.getvalue())["renewed"]) == (1, 0)
    assert not Renewal.objects.exists()


def test_the_command_tells_what_it_did(kept: Kept) -> None:
    out = io.StringIO()
    with clock.frozen(machine=DUE):
        call_command("renew_timestamps", "--json", stdout=out)
        assert json.loads(out.getvalue()) == {"examined": 2, "renewed": 2, "faults": [], "stopped": "", "ok": True}
        call_command("renew_timestamps", stdout=(plain := io.StringIO()))
    assert plain.getvalue() == "2 documents examinés, 0 horodatages renouvelés.\n"


def test_the_schedule_runs_it_every_month(kept: Kept) -> None:
    entry = app.conf.beat_schedule["time-stamps"]
    assert entry["task"] == scheduled.name
    assert len(entry["schedule"].day_of_month) == 1 and len(entry["schedule"].month_of_year) == 12
    with clock.frozen(machine=DUE):
        assert scheduled() == 2


def test_the_store_knows_its_renewed_files(kept: Kept) -> None:
    at(DUE)
    report = verify_all()
    assert (report.checked, report.faults, report.unknown_files) == (2, [], [])
    [renewal] = kept.signed.renewals.all()
    storage.path_of(renewal.sha256).unlink()
    [fault] = verify_all().faults
    assert (fault.document_id, fault.problem) == (str(kept.signed.pk), "fichier du 02/11/2015 absent")


def test_postgresql_keeps_renewals_as_they_are(kept: Kept) -> None:
    at(DUE)
    rows = Renewal.objects.filter(document=kept.signed)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(size=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Renewal.objects.create(
            document=kept.signed, sha256="0" * 64, size=1, made_at=MACHINE, good_until=MACHINE - timedelta(days=1)
        )
