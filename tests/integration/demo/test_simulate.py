"""``manage.py simulate_programme``: the whole programme, apart from the real data, the same at each run."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from portal.common import clock
from portal.demo.services import scratch
from portal.demo.services.people import make_people
from portal.demo.telling import told_between
from tests.conftest import TODAY, clone_of_test_database
from tests.shared import pointed_at

WHOLE = ("PHA-LGO-Va1", "--from", "2022-01-01", "--to", "2023-06-30")
FROM_OCTOBER = ("PHA-LGO-Va1", "--from", "2022-10-03", "--to", "2023-06-30")
DEADLINES = {"link_expired", "signature_closing", "conditional_limit", "closing", "referenced"}
RULES = DEADLINES | {"order_signed", "order_ended", "va_signed", "succession"}


def simulate(*arguments: str) -> str:
    out = io.StringIO()
    call_command("simulate_programme", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def printed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """What one whole run prints."""
    with django_db_blocker.unblock(), clock.frozen(business=TODAY):
        yield simulate(*WHOLE, "--json")


@pytest.fixture
def lines(printed: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture
def migrated(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The database to play in starts with its tables; ``printed`` has shown that it can make them.

    The numbers of orders count from one again: a sequence keeps what transactions that were taken back have drawn.
    """
    with django_db_blocker.unblock(), clone_of_test_database() as clone:
        with pointed_at(clone), connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE orders_number_seq RESTART")
        monkeypatch.setattr(scratch, "_EMPTY", f'TEMPLATE "{clone}"')
        yield


def _databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


def _everything() -> dict[str, Any]:
    """The number of rows of every table and the place of every sequence of the real database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        found: dict[str, Any] = dict(cursor.fetchall())
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  (names of our own tables)
            found[f"rows of {table}"] = cursor.fetchone()
    return found


def test_a_second_run_says_the_same_and_leaves_the_real_data_alone(
    lines: list[dict[str, str]], migrated: None, committed_db: str
) -> None:
    """On a portal with data, after a run that was killed: its database and its folder are still there.

    What comes before the first day is played without being printed.
    """
    make_people()
    left = f"{committed_db[:50]}_simulation"
    connection.cursor().execute(f'CREATE DATABASE "{left}"')
    folder = Path(settings.PORTAL_VAR) / left
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "left.pdf").write_text("left by a killed run")
    documents, before, written = settings.DOCUMENTS_FOLDER, _everything(), _files()
    shown = [json.loads(line) for line in simulate(*FROM_OCTOBER, "--json").splitlines()]
    assert shown == [line for line in lines if line["at"][:10] >= "2022-10-03"]
    assert shown[0]["at"][:10] == "2022-10-03"
    assert _everything() == before and _files() == written
    assert left not in _databases() and not folder.exists()
    assert documents == settings.DOCUMENTS_FOLDER and mail.outbox == []


def _files() -> list[Path]:
    folder = Path(settings.DOCUMENTS_FOLDER)
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_failed_run_leaves_nothing(migrated: None, committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.demo.cast.PHARMACIES", ())
    with pytest.raises(StopIteration):
        simulate(*WHOLE)
    left = f"{committed_db[:50]}_simulation"
    assert left not in _databases() and not (Path(settings.PORTAL_VAR) / left).exists()
    assert connection.settings_dict["NAME"] == committed_db


def test_a_connection_left_open_does_not_keep_the_place(migrated: None, committed_db: str) -> None:
    place = f"{committed_db[:50]}_simulation"
    with scratch.elsewhere(lambda: None):
        left = connection.copy()
        left.ensure_connection()
        assert place in _databases()
    assert place not in _databases()
    left.close()


def test_in_french_and_no_further_than_the_last_day(migrated: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        told = simulate("PHA-LGO-Va1", "--from", "2022-06-25", "--to", "2022-06-25").splitlines()
    assert told[0] == "25/06/2022 14:00  BC-2022-000001          Commande signée sous condition → Signée sous condition"
    assert told[1].endswith("Installation ouverte [bon de commande signé]") and len(told) == 2


def test_a_time_when_nothing_happens_says_so() -> None:
    nothing = told_between([], date(2021, 1, 1), date(2022, 6, 21))
    assert list(nothing) == ["Rien ne se passe du 01/01/2021 au 21/06/2022."]


@pytest.mark.parametrize(
    ("at", "verb", "rule"),
    [
        ("2022-10-03T10:00:00+02:00", "affirm", "referenced"),
        ("2022-10-24T00:00:00+02:00", "lapse", "conditional_limit"),
        ("2022-11-04T00:00:00+01:00", "expire", "link_expired"),
        ("2022-12-17T00:00:00+01:00", "expire", "link_expired"),
        ("2023-02-19T00:00:00+01:00", "lapse", "conditional_limit"),
        ("2023-03-16T00:00:00+01:00", "expire", "signature_closing"),
        ("2023-03-20T10:00:00+01:00", "affirm", "referenced"),
        ("2023-04-29T00:00:00+02:00", "lapse", "closing"),
    ],
)
def test_the_portal_acts_at_the_very_instant(lines: list[dict[str, str]], at: str, verb: str, rule: str) -> None:
    """Signed on 25/06/2022, lapsed after day 120; issued on 04/10/2022, expired after 30 days; closings at J+1."""
    assert {line["rule"] for line in lines if (line["at"], line["verb"]) == (at, verb)} == {rule}


def test_the_portal_does_nothing_else_by_itself(lines: list[dict[str, str]]) -> None:
    moved = [(line["at"][:10], line["verb"]) for line in lines if line["verb"] in ("affirm", "lapse", "expire")]
    assert sorted(moved) == [
        ("2022-10-03", "affirm"),
        ("2022-10-24", "lapse"),
        ("2022-11-04", "expire"),
        ("2022-12-17", "expire"),
        ("2023-02-19", "lapse"),
        ("2023-03-16", "expire"),
        *[("2023-03-20", "affirm")] * 4,
        *[("2023-04-29", "lapse")] * 3,
    ]


def test_lines_are_sorted_and_named_without_keys(lines: list[dict[str, str]]) -> None:
    assert all(list(line) == ["at", "object", "verb", "from", "to", "rule", "rule_set"] for line in lines)
    assert [(line["at"], line["object"]) for line in lines] == sorted((line["at"], line["object"]) for line in lines)
    prefixes = ("BC-", "INST-BC-", "VA-BC-", "Officia LGO 5.2", "Galène Officine 2022.1")
    assert all(line["object"].startswith(prefixes) for line in lines)
    assert {line["rule_set"] for line in lines} == {"PHA-LGO-Va1 v1"}


def test_only_the_portals_own_acts_have_a_rule(lines: list[dict[str, str]]) -> None:
    assert {line["rule"] for line in lines} == {"", *RULES}
    people = {"issue", "sign_firm", "sign_conditional", "decline", "plan", "declare", "refuse", "record_status"}
    assert {line["rule"] for line in lines if line["verb"] in people} == {""}
    assert people <= {line["verb"] for line in lines}


def test_a_state_follows_from_the_one_before(lines: list[dict[str, str]]) -> None:
    state: dict[str, str] = {}
    for line in lines:
        assert line["from"] == state.get(line["object"], ""), line
        state[line["object"]] = line["to"]
    assert {"realised", "lapsed", "expired", "replaced", "transferred", "signed_late"} <= set(state.values())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Programmes connus : PHA-LGO-Va1"),
        (("PHA-LGO-Va9", "--from", "2022-01-01", "--to", "2022-12-31"), "PHA-LGO-Va9.*Programmes connus : PHA-LGO-Va1"),
        (("PHA-LGO-Va1", "--to", "2022-12-31"), "Indiquez --from AAAA-MM-JJ"),
        (("PHA-LGO-Va1", "--from", "2022-01-01"), "Indiquez --to AAAA-MM-JJ"),
        (("PHA-LGO-Va1", "--from", "01/02/2022", "--to", "2022-12-31"), "--from 01/02/2022 : une date AAAA-MM-JJ"),
        (("PHA-LGO-Va1", "--from", "2022-W01-1", "--to", "2022-12-31"), "--from 2022-W01-1 : une date"),
        (("PHA-LGO-Va1", "--from", "2022-01-01", "--to", "2023-02-29"), "--to 2023-02-29 : une date"),
        (("PHA-LGO-Va1", "--from", "2023-01-02", "--to", "2023-01-01"), "inversez-les"),
        (("PHA-LGO-Va1", "--from", "2023-01-01", "--to", "2027-01-01"), "s’arrête au 2026-12-31"),
    ],
)
def test_wrong_usage_is_told_plainly(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said) as caught:
        simulate(*arguments)
    assert caught.value.returncode == 2
