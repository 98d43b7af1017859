"""Deposit by machine: pieces, cuts, doubles and wrong tokens; what is taken is taken once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import reverse

from indicators import storage
from indicators.models import ActivityToken, Deposit, Upload
from indicators.services.background import read_waiting
from portal.audit.models import AuditEvent
from portal.common import clock
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.integration.indicators.deposits import Depositor
from tests.integration.indicators.machines import Machine, checksum, token_of
from tests.unit.indicators.logs import log

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried() -> Iterator[None]:
    """Nobody has asked too often yet."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def machine(ours: Depositor) -> Machine:
    return Machine(ours, token_of(ours.supplier.siret))


def code_of(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code and told["detail"] and told["type"].endswith(f"#{told['code']}")
    return answer.status_code, told["code"]


def test_a_file_in_pieces_is_read_and_told(machine: Machine) -> None:
    ours = machine.ours
    content = log(ours.event(1), ours.event(2, apcv=""), ours.event(3, finess=people.pharmacy().finess))
    url = machine.address(content)
    assert machine.patch(url, 0, content[:100], **checksum(content[:100])).status_code == 204
    assert (machine.offset(url), machine.read(url)["state"]) == (100, "receiving")
    last = machine.patch(url, 100, content[100:])
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(content)))
    assert machine.read(url)["state"] == "reading"
    read_waiting(ours.supplier.pk)
    told = machine.read(url)
    assert (told["state"], told["result"]["outcome"], told["result"]["accepted"]) == ("accepted", "accepted", 1)
    assert told["result"]["rejected"] == {"foreign_pharmacy": 1, "missing_value": 1}
    rejected: Any = machine.client.get(told["rejects"], headers=machine.headers())
    lines = b"".join(rejected.streaming_content).decode().splitlines()
    assert lines[1:] == content.decode().splitlines()[2:]
    assert list(storage.folder("incoming").iterdir()) == []


def test_a_replay_answers_with_the_first_result(machine: Machine) -> None:
    content = log(machine.ours.event(1))
    machine.patch(machine.address(content), 0, content)
    read_waiting(machine.ours.supplier.pk)
    again = machine.create(content, name="autre.csv")
    assert (again.status_code, again["Upload-Offset"]) == (201, str(len(content)))
    told = machine.read(again["Location"])["result"]
    assert (told["outcome"], told["file"], told["accepted"]) == ("already_deposited", "autre.csv", 1)
    assert machine.create(content)["Location"] == again["Location"], "one row, however often it asks"
    blind = machine.address(content, sha256="")
    assert machine.patch(blind, 0, content).status_code == 204
    assert machine.read(blind)["result"]["outcome"] == "already_deposited"
    assert (Deposit.objects.count(), list(storage.folder("incoming").iterdir())) == (1, [])


def test_announced_again_an_upload_goes_on_where_it_was(machine: Machine) -> None:
    content = log(machine.ours.event(1))
    url = machine.address(content)
    machine.patch(url, 0, content[:50])
    again = machine.create(content)
    assert (again["Location"], again["Upload-Offset"]) == (url, "50")


def test_wrong_places_sums_and_kinds_change_nothing(machine: Machine) -> None:
    content = log(machine.ours.event(1))
    url = machine.address(content)
    machine.patch(url, 0, content[:50])
    part = content[50:80]
    assert code_of(machine.patch(url, 49, part)) == (409, "wrong_offset")
    assert code_of(machine.patch(url, 51, part)) == (409, "wrong_offset")
    assert code_of(machine.patch(url, 50, content)) == (413, "past_the_end")
    assert code_of(machine.patch(url, 50, part, **checksum(b"other"))) == (460, "checksum_mismatch")
    assert code_of(machine.patch(url, 50, part, **{"Upload-Checksum": "md5 AAAA"})) == (400, "bad_checksum")
    assert code_of(machine.patch(url, 50, part, **{"Tus-Resumable": "0.2"})) == (412, "unsupported_version")
    assert code_of(machine.client.generic("PATCH", url, part, headers=machine.headers())) == (415, "bad_content_type")
    assert machine.offset(url) == 50
    assert machine.patch(url, 50, content[50:]).status_code == 204
    assert Deposit.objects.get().sha256 == sha256(content).hexdigest()
    assert machine.patch(url, len(content), b"").status_code == 204, "the last answer was lost: asked again"


def test_bytes_that_are_not_those_announced_are_dropped(machine: Machine) -> None:
    content = log(machine.ours.event(1))
    url = machine.address(content, sha256="0" * 64)
    assert code_of(machine.patch(url, 0, content)) == (460, "checksum_mismatch")
    assert code_of(machine.patch(url, 0, content)) == (410, "upload_gone")
    assert (machine.read(url)["state"], Deposit.objects.count()) == ("dropped", 0)
    assert list(storage.folder("incoming").iterdir()) == []


def test_an_upload_left_alone_for_a_day_is_gone_and_one_given_up_too(machine: Machine) -> None:
    content = log(machine.ours.event(1))
    url = machine.address(content)
    machine.patch(url, 0, content[:50])
    (kept,) = storage.folder("incoming").iterdir()
    old = MACHINE.timestamp() - 90_000
    os.utime(kept, (old, old))
    storage.forget_receptions([])
    assert code_of(machine.patch(url, 50, content[50:])) == (410, "upload_gone")
    assert (again := machine.address(content)) != url, "the same bytes may come anew"
    assert machine.client.delete(again, headers=machine.headers()).status_code == 204
    assert code_of(machine.patch(again, 0, content)) == (410, "upload_gone")


def test_killed_between_the_last_byte_and_the_deposit(machine: Machine) -> None:
    """What a web process that dies there leaves: the row and the bytes, no deposit."""
    content = log(machine.ours.event(1))
    url = machine.address(content)
    machine.patch(url, 0, content[:-1])
    upload = Upload.objects.get()
    with storage.partial(upload.pk).open("ab") as file:
        file.write(content[-1:] + b"more than was noted")
    Upload.objects.filter(pk=upload.pk).update(received=len(content))
    storage.partial(upload.pk).write_bytes(content)
    assert machine.read(url)["state"] == "reading"
    assert Deposit.objects.get().sha256 == sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"software": "Autre@9"}, 422, "unknown_software"),
        ({"software": ""}, 400, "bad_metadata"),
        ({"sha256": "abc"}, 400, "bad_metadata"),
        ({"filename": "journal de 1 85 05 78 006 084 36.csv"}, 400, "bad_filename"),
    ],
)
def test_what_is_announced_wrongly(machine: Machine, told: dict[str, str], status: int, code: str) -> None:
    assert code_of(machine.create(b"x", **told)) == (status, code)
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("Upload-Length", "", (411, "bad_length")),
        ("Upload-Length", "-5", (411, "bad_length")),
        ("Upload-Length", "0", (422, "empty")),
        ("Upload-Length", str(21 * 1024**3), (422, "too_large")),
        ("Upload-Metadata", "filename ***", (400, "bad_metadata")),
        ("Tus-Resumable", "0.2", (412, "unsupported_version")),
    ],
)
def test_headers_of_a_creation(machine: Machine, header: str, value: str, code: tuple[int, str]) -> None:
    headers = machine.announced(b"x") | {header: value}
    assert code_of(machine.client.post(reverse("indicators:api_uploads"), headers=headers)) == code


def test_tokens_that_serve_no_more_and_those_of_others(machine: Machine) -> None:
    content = log(machine.ours.event(1))
    url = machine.address(content)
    assert ActivityToken.objects.get().last_used_at == MACHINE
    stranger = Machine(machine.ours, token_of(people.supplier().siret))
    assert code_of(stranger.patch(url, 0, content)) == (404, "unknown_upload")
    assert code_of(stranger.create(content)) == (422, "unknown_software")
    assert code_of(Machine(machine.ours, "lgo_inconnu").create(content)) == (401, "bad_token")
    short = Machine(machine.ours, token_of(machine.ours.supplier.siret, days=1))
    with clock.frozen(business=TODAY, machine=MACHINE.replace(day=MACHINE.day + 1)):
        assert code_of(short.create(content)) == (401, "bad_token")
    key = ActivityToken.objects.get(supplier=machine.ours.supplier, expires_at__gt=MACHINE.replace(year=2026, month=3))
    for _ in range(2):
        call_command("activity_token", "revoke", str(key.pk), stdout=StringIO())
    assert code_of(machine.patch(url, 0, content)) == (401, "bad_token")
    verbs = AuditEvent.objects.filter(object_type="activity_token", object_id=str(key.pk)).values_list(
        "verb", flat=True
    )
    assert sorted(verbs) == ["make", "revoke"] and not Deposit.objects.exists()


def test_a_token_is_kept_as_a_hash_and_cannot_be_changed(machine: Machine) -> None:
    out = StringIO()
    call_command("activity_token", "list", supplier=machine.ours.supplier.siret, json=True, stdout=out)
    (told,) = json.loads(out.getvalue())
    row = ActivityToken.objects.get(pk=told["id"])
    assert row.digest == sha256(machine.token.encode()).hexdigest() and machine.token not in out.getvalue()
    for changed in ({"digest": "0" * 64}, {"expires_at": MACHINE.replace(year=2030)}, {"scope": "all"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ActivityToken.objects.update(**changed)
    for siret, days in ((machine.ours.supplier.siret, 0), (machine.ours.supplier.siret, 800), ("0" * 14, 5)):
        with pytest.raises(CommandError):
            token_of(siret, days=days)


def test_whoever_asks_too_often_is_slowed(machine: Machine) -> None:
    url = machine.address(log(machine.ours.event(1)))
    cache.set(f"throttle:activity-api:{int(MACHINE.timestamp()) // 60}:127.0.0.1", 599)
    assert machine.client.get(url, headers=machine.headers()).status_code == 200
    slow = machine.client.get(url, headers=machine.headers())
    assert code_of(slow) == (429, "too_many_requests") and slow["Retry-After"] == "60"
