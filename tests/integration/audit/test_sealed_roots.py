"""The roots' seals: by the documents' own key, put later where it was away, and told where they are not what they were."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from portal.accounts.actors import Actor
from portal.audit import files
from portal.audit.domain.anchors import Seal
from portal.audit.models import AuditEvent, AuditRoot
from portal.audit.publishing import seal_of, seal_waiting, statement_of
from portal.audit.services import Entry, record
from portal.audit.tasks import publish_daily_root
from portal.audit.verification import verify_journal
from portal.common import clock
from portal.config.startup import install_root_sealer
from portal.documents.seal import detached
from portal.documents.seal.authority import demo_authority
from tests.conftest import MACHINE, TODAY
from tests.factories.sealing import sealing
from tests.integration.audit.conftest import Publish
from tests.integration.audit.tampering import superuser
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its keys are made once."""
    with clock.frozen(machine=MACHINE):
        return demo_authority(tmp_path_factory.mktemp("seal") / "authority")


@pytest.fixture(autouse=True)
def sealed(authority: Path, tmp_path: Path) -> Iterator[None]:
    """Roots are sealed and time-stamped, as a running portal does; nobody has asked for any within the minute."""
    cache.clear()
    install_root_sealer()
    with sealing(authority, tmp_path / "documents"):
        yield


def told(day: int = 0) -> list[str]:
    """What the verification says so many days later."""
    with clock.frozen(machine=MACHINE + timedelta(days=day)):
        return [fault.problem for fault in verify_journal().faults]


def put(**parts: bytes | None) -> None:
    """Another seal in the first row and, where the part is there, in its files: as who holds the server can."""
    with superuser():
        AuditRoot.objects.filter(number=1).update(**parts)
    for name, ending in (("signature", "p7s"), ("token", "tst")):
        if name in parts:
            path = files.seal_path(MACHINE.date(), ending)
            path.unlink(missing_ok=True)
            if (part := parts[name]) is not None:
                files.write_plain(path, part)


def test_a_root_bears_a_signature_and_a_time_stamp_that_others_can_check(
    publish: Publish, authority: Path, tmp_path: Path
) -> None:
    root = publish(0)
    assert told() == []
    (tmp_path / "root.json").write_bytes(statement_of(root).content())
    at = ["-CAfile", str(authority / "root.pem"), "-attime", str(int(MACHINE.timestamp()))]
    signature, token = (str(files.seal_path(root.day, ending)) for ending in ("p7s", "tst"))
    for command in (
        ["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-content", "root.json", "-in", signature],
        ["ts", "-verify", "-token_in", "-data", "root.json", "-in", token],
    ):
        done = subprocess.run(["openssl", *command, *at], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert AuditEvent.objects.get(verb="seal").object_id == "1"


def test_a_root_made_while_the_key_was_away_is_sealed_by_the_schedule(publish: Publish, settings: Settings) -> None:
    good, settings.SEAL_BACKEND, settings.SEAL_KEY = settings.SEAL_KEY, "pkcs12", "/nowhere.p12"
    root = publish(0)
    assert root.signature is None and root.token is not None
    assert told() == [] and seal_waiting() == 0
    assert any("il lui manque sa part de sceau (signature)" in problem for problem in told(2))
    settings.SEAL_KEY = good
    with clock.frozen(machine=MACHINE + timedelta(days=2)):
        assert publish_daily_root() == 2
        kept = seal_of(AuditRoot.objects.get(number=1))
        assert kept.signature is not None and seal_waiting() == 0
        assert verify_journal().faults == []
    assert files.read_heads(root.day).seal == kept


def test_a_silent_authority_only_puts_the_time_stamp_off(publish: Publish, settings: Settings) -> None:
    good, settings.TSA_URLS = settings.TSA_URLS, ["http://127.0.0.1:9/"]
    root = publish(0)
    assert root.signature is not None and root.token is None
    settings.TSA_URLS = good
    with clock.frozen(machine=MACHINE + timedelta(hours=1)):
        assert seal_waiting() == 1
    assert seal_of(AuditRoot.objects.get(number=1)).token is not None and told(1) == []


def test_a_seal_is_put_once(publish: Publish) -> None:
    publish(0)
    with refused_by_postgres("signed_for_good"):
        sql("UPDATE audit_auditroot SET signature = NULL")
    with refused_by_postgres("stamped_for_good"):
        sql("UPDATE audit_auditroot SET token = '\\x00'")


def test_a_seal_taken_away_is_never_put_again(publish: Publish) -> None:
    publish(0)
    put(signature=None, token=None)
    with clock.frozen(machine=MACHINE + timedelta(hours=1)):
        assert seal_waiting() == 0
    assert seal_of(AuditRoot.objects.get(number=1)) == Seal()
    assert AuditEvent.objects.filter(verb="seal").count() == 1
    assert [words for words in told() if words.endswith("a été retirée")] == [
        "sa part de sceau (signature) a été retirée",
        "sa part de sceau (horodatage) a été retirée",
    ]


def test_a_part_taken_away_does_not_keep_another_root_from_its_seal(publish: Publish, settings: Settings) -> None:
    publish(0)
    good, settings.TSA_URLS = settings.TSA_URLS, ["http://127.0.0.1:9/"]
    publish(1)
    settings.TSA_URLS = good
    put(token=None)
    with clock.frozen(machine=MACHINE + timedelta(days=1, hours=1)):
        assert seal_waiting() == 1
    assert AuditRoot.objects.get(number=1).token is None
    assert AuditRoot.objects.get(number=2).token is not None


def test_the_journal_believes_the_first_hash_of_a_seal(publish: Publish) -> None:
    root = publish(0)
    with clock.frozen(machine=MACHINE + timedelta(hours=1)):
        later = detached.token_over(statement_of(root).content())
        put(token=later)
        said = {"token": hashlib.sha256(later).hexdigest()}
        record(Entry("audit_auditroot", "1", "seal", TODAY, data=said), Actor.system())
    assert "sa part de sceau (horodatage) n’est pas celle que le journal a inscrite" in told(1)


@pytest.mark.parametrize("since", [None, MACHINE.date() + timedelta(days=1)])
def test_the_last_time_stamp_is_judged_today_also_once_no_authority_is_set(
    publish: Publish, settings: Settings, since: date | None
) -> None:
    publish(0)
    settings.TSA_URLS = []
    assert publish(1).token is None and told(1) == []
    with clock.frozen(machine=MACHINE + timedelta(days=4000)):
        faults = [fault.problem for fault in verify_journal(since=since).faults if fault.object_id == "1"]
    lapsed = "l’horodatage ne vient pas d’une autorité reconnue par le portail, ou son certificat n’est plus valable"
    assert lapsed in faults


def _nothing(root: AuditRoot) -> dict[str, bytes | None]:
    return {"signature": None, "token": None}


def _other_content(root: AuditRoot) -> dict[str, bytes | None]:
    return {"signature": detached.signature_over(b"{}"), "token": detached.token_over(b"{}")}


def _broken(root: AuditRoot) -> dict[str, bytes | None]:
    return {"signature": bytes(root.signature or b"")[:-9], "token": b"\x30\x00"}


def _future(root: AuditRoot) -> dict[str, bytes | None]:
    with clock.frozen(machine=MACHINE + timedelta(days=30)):
        return {"token": detached.token_over(statement_of(root).content())}


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (_nothing, ["signature) a été retirée", "horodatage) a été retirée"]),
        (_other_content, ["la signature porte sur un autre contenu", "l’horodatage porte sur un autre contenu"]),
        (_broken, ["la signature est illisible", "l’horodatage est illisible"]),
        (_future, ["l’horodatage est daté du futur", "n’est pas celle que le journal a inscrite"]),
    ],
)
def test_another_seal_is_found(
    publish: Publish, tamper: Callable[[AuditRoot], dict[str, bytes | None]], expected: list[str]
) -> None:
    put(**tamper(publish(0)))
    problems = told()
    for words in expected:
        assert any(words in problem for problem in problems), problems


def test_the_seal_of_a_strangers_key_is_found(publish: Publish, tmp_path: Path) -> None:
    content = statement_of(publish(0)).content()
    with clock.frozen(machine=MACHINE):
        other = demo_authority(tmp_path / "other")
    with sealing(other, tmp_path):
        signature, token = detached.signature_over(content), detached.token_over(content)
    put(signature=signature, token=token)
    problems = told()
    assert any("une clé que le portail ne reconnaît pas" in problem for problem in problems), problems
    assert any("ne vient pas d’une autorité reconnue" in problem for problem in problems), problems


def test_a_lost_or_changed_file_of_the_seal_is_told(publish: Publish) -> None:
    publish(0)
    files.seal_path(MACHINE.date(), "p7s").unlink()
    files.seal_path(MACHINE.date(), "tst").write_bytes(b"other")
    assert [problem for problem in told() if ".p7s" in problem or ".tst" in problem] == [
        "fichier du 05/01/2026 : le fichier .p7s (signature) manque",
        "fichier du 05/01/2026 : le fichier .tst (horodatage) n’est pas celui de la table",
    ]


def test_everybody_may_take_the_statement_and_its_seal(publish: Publish, client: Client) -> None:
    root, day = publish(0), MACHINE.date().isoformat()
    parts = {"json": statement_of(root).content(), "p7s": bytes(root.signature or b""), "tst": bytes(root.token or b"")}
    kinds = {
        "json": "application/json",
        "p7s": "application/pkcs7-signature",
        "tst": "application/vnd.etsi.timestamp-token",
    }
    page = client.get(reverse("audit:roots")).content.decode()
    for ending, expected in parts.items():
        url = reverse("audit:root_part", args=[day, ending])
        assert url in page
        response = client.get(url)
        assert response.content == expected and response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Type"] == kinds[ending]
    assert client.get(reverse("audit:root_part", args=["2020-01-01", "p7s"])).status_code == 404


def test_the_list_slows_down_who_asks_too_often(publish: Publish, client: Client) -> None:
    publish(0)
    answers = [client.get(reverse("audit:roots")).status_code for _ in range(61)]
    assert answers[:60] == [200] * 60 and answers[60] == 429
