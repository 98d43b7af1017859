"""The CNIL's receipt: through the safe door, under its hash, in the sheet and in the register; and the scope asked."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from homologation.models import Breach, BreachNotification, BreachReceipt
from homologation.presentation_breach import register_rows
from homologation.services.breach_answer import keep_receipt
from homologation.services.breach_sheet import register, sheet
from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.common import clock
from portal.common.refusals import Refused
from portal.documents import storage
from portal.documents.domain.incoming import PDF, Incoming
from tests.factories import breaches, people
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db
CONTENT = b"%PDF-1.4 accuse de reception"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = Incoming(CONTENT, PDF, "accuse.pdf", SHA256)


def keep(one: breaches.Case, file: Incoming = FILE, **more: Any) -> BreachReceipt:
    sent = BreachNotification.objects.filter(breach=one.pk).first()
    given: dict[str, Any] = {"actor": one.adjoint, "notification_id": sent.pk if sent else 0} | more
    return keep_receipt(breach_id=one.pk, file=file, **given)


def test_the_hash_is_kept_and_shown_everywhere() -> None:
    one = breaches.case_in("notified")
    receipt = keep(one)
    assert receipt.sha256 == SHA256 and storage.read(SHA256) == CONTENT
    [sent] = sheet(one.breach, clock.business_now())["notifications"]
    assert sent["receipts"] == [{"label": "accuse.pdf", "sha256": SHA256}]
    heads, row = register_rows(register(one.place, [one.breach], None, None, clock.business_now()))
    assert SHA256 in row[heads.index("Notifications et accusés de réception")]
    client = Client()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    page = client.get(one.breach.get_absolute_url()).content.decode()
    assert SHA256 in page and "accuse.pdf" in page
    response = client.get(reverse("homologation:breach_receipt", args=[one.pk, receipt.pk]))
    assert response.content == CONTENT and response["Content-Disposition"].startswith("attachment")
    register_csv = client.get(reverse("homologation:breaches_csv")).content.decode()
    assert SHA256 in register_csv


@pytest.mark.parametrize("state", ["notified", "completed", "closed"])
def test_it_may_come_late_even_after_the_end(state: str) -> None:
    one = breaches.case_in(state)
    keep(one)
    with pytest.raises(Refused, match="déjà joint"):
        keep(one)
    assert BreachReceipt.objects.count() == 1


def test_its_name_holds_no_patient() -> None:
    one = breaches.case_in("notified")
    with pytest.raises(Refused, match="renommez le fichier"):
        keep(one, Incoming(CONTENT, PDF, "accuse 1 85 05 78 006 084 36.pdf", SHA256))
    assert not BreachReceipt.objects.exists()


def test_nothing_to_join_and_strangers() -> None:
    waiting, documented = breaches.case_in("to_notify"), breaches.case_in("documented")
    for one in (waiting, documented):
        with pytest.raises(Refused):
            keep(one)
    one, other = breaches.case_in("notified"), breaches.case_in("notified")
    with pytest.raises(Refused, match="ne vous revient pas"):
        keep(one, actor=people.attach(people.pharmacy(), Role.TITULAIRE))
    with pytest.raises(Refused, match="Choisissez la notification"):
        keep(one, notification_id=BreachNotification.objects.get(breach=other.pk).pk)
    assert not BreachReceipt.objects.exists()
    receipt = keep(one)
    client = Client()
    client.force_login(User.objects.get(pk=other.titulaire.user_id or 0))
    assert client.get(reverse("homologation:breach_receipt", args=[one.pk, receipt.pk])).status_code == 404
    assert client.get(reverse("homologation:breach_receipt", args=[other.pk, receipt.pk])).status_code == 404


def test_what_is_no_scan_stays_out() -> None:
    one, client = breaches.case_in("notified"), Client()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    sent = BreachNotification.objects.get(breach=one.pk)
    file = SimpleUploadedFile("accuse.pdf", b"MZ\x90\x00" * 9)
    url = reverse("homologation:breach_file_receipt", args=[one.pk])
    page = client.post(url, {"notification": sent.pk, "file": file}).content.decode()
    assert "n’est ni un PDF" in page and not BreachReceipt.objects.exists()


def test_a_receipt_is_a_proof() -> None:
    receipt = keep(breaches.case_in("notified"))
    with refused_by_postgres("Cannot"):
        BreachReceipt.objects.filter(pk=receipt.pk).update(label="autre")
    with refused_by_postgres("Cannot"):
        sql("DELETE FROM homologation_breachreceipt WHERE id = %s", receipt.pk)


def test_nothing_is_closed_without_saying_whether_insi_is_touched() -> None:
    one = breaches.case_in("completed").persons("not_required")
    client = Client()
    client.force_login(User.objects.get(pk=one.titulaire.user_id or 0))
    url = reverse("homologation:breach_close", args=[one.pk])
    said = {"facts": "Les faits", "effects": "Les effets", "remedial": "Les mesures"}
    page = client.post(url, said).content.decode()
    assert one.breach.state == "completed" and "Les effets" in page
    client.post(url, {**said, "in_scope": "non"})
    assert (one.breach.state, one.breach.in_scope) == ("closed", False)
    with refused_by_postgres("ended_is_final"):
        Breach.objects.filter(pk=one.pk).update(in_scope=True)


def test_postgresql_asks_it_too() -> None:
    one = breaches.case_in("completed").persons("not_required")
    with refused_by_postgres("closed_says_scope"):
        Breach.objects.filter(pk=one.pk).update(
            state="closed", facts="x", effects="x", remedial="x", ended_at=clock.business_now()
        )
