"""Published rules: found by act and by knowledge, locked by their hash, loaded once."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from portal.common.canonical import sha256_of
from portal.programmes.domain.ruleset import BadRuleSet
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import rules_of, ruleset_for, version_for
from portal.programmes.services.load import CATALOGUE, load_catalogue
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import paris
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db
KNOWN, REACH = paris("2022-12-01"), paris("2022-10-01")
SECOND = timedelta(seconds=1)


def published(number: int, known_from: datetime, applies_from: datetime | None) -> RuleSetVersion:
    """A version more, published with the content of version 1."""
    first = RuleSetVersion.objects.get(programme=people.PROGRAMME, number=1)
    content: dict[str, Any] = {**first.content, "version": number}
    if applies_from:
        content["applies_from"] = applies_from.isoformat()
    return RuleSetVersion.objects.create(
        programme=first.programme,
        number=number,
        title=f"essai {number}",
        source="essai",
        content=content,
        sha256=sha256_of(content),
        known_from=known_from,
        applies_from=applies_from,
        published_at=TODAY,
    )


@pytest.mark.parametrize(
    ("act", "known", "number"),
    [
        (REACH - SECOND, KNOWN, 1),
        (REACH, KNOWN, 50),
        (REACH + SECOND, KNOWN, 50),
        (REACH, KNOWN - SECOND, 1),
        (REACH, KNOWN + SECOND, 50),
        (REACH, paris("2021-01-01"), 1),
    ],
)
def test_by_the_act_and_by_what_was_known(act: datetime, known: datetime, number: int) -> None:
    published(50, KNOWN, REACH)
    assert version_for(people.PROGRAMME, act, known).number == number
    assert ruleset_for(people.PROGRAMME, act, known).version == number


def test_two_versions_published_at_the_same_instant_are_refused() -> None:
    published(50, KNOWN, None)
    with pytest.raises(IntegrityError, match="rule_set_known_once"), transaction.atomic():
        published(51, KNOWN, None)


def test_the_shipped_extensions_wait() -> None:
    rows = RuleSetVersion.objects.filter(programme=people.PROGRAMME).values_list("number", "published_at")
    assert [(number, at is not None) for number, at in rows] == [(1, True), *((n, False) for n in range(2, 7))]
    assert load_catalogue() == []


def test_a_content_without_its_hash_is_not_read() -> None:
    call_command("check_rule_sets", stdout=StringIO())
    waiting = RuleSetVersion.objects.get(programme=people.PROGRAMME, number=5)
    RuleSetVersion.objects.filter(pk=waiting.pk).update(content={**waiting.content, "title": "autre"})
    with pytest.raises(BadRuleSet, match="empreinte"):
        rules_of(RuleSetVersion.objects.get(pk=waiting.pk))
    with pytest.raises(BadRuleSet, match="empreinte"):
        load_catalogue()
    with pytest.raises(CommandError, match=r"PHA-LGO-Va1 v5 : .*empreinte"):
        call_command("check_rule_sets")


def test_a_row_must_say_what_its_content_says() -> None:
    RuleSetVersion.objects.filter(programme=people.PROGRAMME, number=5).update(applies_from=TODAY)
    with pytest.raises(CommandError, match="portée"):
        call_command("check_rule_sets")


def test_a_published_row_refuses_any_change() -> None:
    columns = {field.column for field in RuleSetVersion._meta.concrete_fields} - {"id"}
    values = {"programme_id": "'X'", "number": "99", "content": "'{}'", "known_from": "now()", "applies_from": "now()",
              "published_at": "NULL", "title": "'x'", "source": "'x'", "sha256": "'x'"}  # fmt: skip
    assert columns == set(values)
    for column, value in values.items():
        with refused_by_postgres("(?i)cannot update"):
            sql(f"UPDATE programmes_rulesetversion SET {column} = {value} WHERE number = 1")  # noqa: S608


def test_files_of_the_catalogue(tmp_path: Path) -> None:
    folder = tmp_path / "PHA-LGO-Va1"
    folder.mkdir()
    text = (CATALOGUE / "PHA-LGO-Va1/rules-2022-09-14.toml").read_text(encoding="utf-8")
    (folder / "rules-1.toml").write_text(text, encoding="utf-8")
    for head, words in (
        ("amends = 8\nversion = 7\n", "la version 8 à modifier n’existe pas"),
        ("amends = 1\nversion = 1\n", "une seule fois"),
        ("amends = 1\nversion = 101\n", "de 1 à 100"),
        ("amends = 1\n", "version attendue"),
        ('amends = 1\nversion = 7\ndrop = {calendar = ["x"]}\n', "x n’existe pas"),
    ):
        (folder / "rules-2.toml").write_text(head, encoding="utf-8")
        with pytest.raises(BadRuleSet, match=words):
            load_catalogue(tmp_path)
