"""Published rules, référencement events, memberships and mandates: what their rows refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership
from portal.common import clock
from portal.common.refusals import Refused
from portal.programmes.domain.ruleset import BadRuleSet
from portal.programmes.models import RuleSetVersion
from portal.programmes.selectors import rules_of, version_for
from portal.programmes.services.load import CATALOGUE, load_catalogue
from portal.registry.domain.referencing import Status
from portal.registry.models import (
    DistributorMandate,
    Pharmacy,
    Referencing,
    ReferencingEvent,
    SoftwareVersion,
    Supplier,
)
from portal.registry.selectors import has_mandate, is_referenced, referencing_number
from portal.registry.services.suppliers import mandate_distributor, record_status, register_supplier
from tests.conftest import TODAY
from tests.factories import people
from tests.factories.dossiers import paris
from tests.integration.refusals import refused_by_postgres, sql

pytestmark = pytest.mark.django_db


def test_a_published_rule_set_is_final() -> None:
    published = RuleSetVersion.objects.filter(number=1)
    changes: list[dict[str, Any]] = [
        {"content": {}},
        {"title": "x"},
        {"published_at": None},
        {"sha256": "x"},
        {"known_from": TODAY},
    ]
    for written in changes:
        with refused_by_postgres("(?i)cannot update"):
            published.update(**written)
    with refused_by_postgres("(?i)cannot (update or )?delete"):
        sql("DELETE FROM programmes_rulesetversion")


def test_the_catalogue_is_loaded_once(tmp_path: Path) -> None:
    assert load_catalogue() == []
    text = (CATALOGUE / "PHA-LGO-Va1/rules-2022-09-14.toml").read_text(encoding="utf-8")
    folder = tmp_path / "PHA-LGO-Va1"
    folder.mkdir()
    (folder / "rules-x.toml").write_text(text.replace("limit_days = 120", "limit_days = 121"), encoding="utf-8")
    with pytest.raises(BadRuleSet, match="déjà chargée avec un autre contenu"):
        load_catalogue(tmp_path)


def test_a_later_version_waits_for_its_publication(tmp_path: Path) -> None:
    text = (CATALOGUE / "PHA-LGO-Va1/rules-2022-09-14.toml").read_text(encoding="utf-8")
    folder = tmp_path / "PHA-LGO-Va1"
    folder.mkdir()
    later = text.replace("\nversion = 1\n", "\nversion = 9\n").replace(
        "known_from = 2022-02-02", "known_from = 2022-12-01"
    )
    (folder / "rules-2.toml").write_text(later, encoding="utf-8")
    (version,) = load_catalogue(tmp_path)
    assert version.published_at is None
    day = paris("2023-01-01")
    assert version_for(people.PROGRAMME, TODAY, day).number == 1
    RuleSetVersion.objects.filter(pk=version.pk).update(published_at=TODAY)
    assert version_for(people.PROGRAMME, TODAY, day).number == 9
    assert version_for(people.PROGRAMME, day, paris("2022-11-30")).number == 1
    assert version_for(people.PROGRAMME, day, paris("2021-01-01")).number == 1
    assert rules_of(version_for(people.PROGRAMME, TODAY, day)).version == 9
    with pytest.raises(RuleSetVersion.DoesNotExist):
        version_for("INCONNU", TODAY, TODAY)


def test_a_referencing_event_is_final() -> None:
    people.software(people.supplier())
    with refused_by_postgres("(?i)cannot update"):
        ReferencingEvent.objects.update(effective_at=TODAY)
    with refused_by_postgres("(?i)cannot (update or )?delete"):
        ReferencingEvent.objects.all().delete()
    with refused_by_postgres("(?i)cannot update"):
        sql("UPDATE registry_referencingevent SET status = 'withdrawn'")


def test_numbers_of_the_referencing() -> None:
    owner = people.supplier()
    first, second = people.software(owner, referenced=False), people.software(owner, referenced=False, name="Autre")

    def told(version: SoftwareVersion, number: str) -> None:
        with transaction.atomic():
            record_status(
                programme=people.PROGRAMME,
                version=version,
                status=Status.REFERENCED,
                effective_at=TODAY,
                source="essai",
                number=number,
            )

    refusals: list[str] = []
    for version, number in ((first, ""), (first, "N-1"), (first, ""), (first, "N-1"), (first, "N-2"), (second, "N-1")):
        try:
            told(version, number)
        except Refused as refused:
            refusals += refused.codes
    assert refusals == ["number_missing", "number_fixed", "number_taken"]
    assert referencing_number(people.PROGRAMME, first.pk) == "N-1"
    assert referencing_number(people.PROGRAMME, second.pk) == ""
    with refused_by_postgres("referencing_number_filled"):
        Referencing.objects.filter(version=first).update(number="")


def test_referenced_at_an_instant_by_what_was_known() -> None:
    version = people.software(people.supplier())
    before = people.REFERENCED_ON.replace(hour=9)
    assert not is_referenced(people.PROGRAMME, version.pk, before)
    assert is_referenced(people.PROGRAMME, version.pk, people.REFERENCED_ON)
    people.say(version, Status.SUSPENDED, paris("2022-11-01"))
    assert not is_referenced(people.PROGRAMME, version.pk, TODAY)


@pytest.mark.parametrize("number", ["73282932000075", "7328293200007", "", "abc"])
def test_a_wrong_siret_writes_nothing(number: str) -> None:
    with pytest.raises(Refused) as refused:
        register_supplier(people.IdentityFactory(siret=number))
    assert refused.value.codes == ("bad_siret",)
    assert not Supplier.objects.exists()


def test_a_siret_with_blanks_is_stored_without() -> None:
    assert people.supplier(siret="732 829 320 00074").siret == "73282932000074"
    with pytest.raises(Refused) as refused:
        people.supplier(siret="73282932000074")
    assert refused.value.codes == ("siret_known",)


def test_rows_of_the_registry() -> None:
    one, place = people.supplier(), people.pharmacy()
    with refused_by_postgres("supplier_siret_form"):
        Supplier.objects.filter(pk=one.pk).update(siret="1234567890123X")
    with refused_by_postgres("pharmacy_finess_form"):
        Pharmacy.objects.filter(pk=place.pk).update(finess="12345678")
    with refused_by_postgres("pharmacy_siret_form"):
        Pharmacy.objects.filter(pk=place.pk).update(siret="1")
    with refused_by_postgres("pharmacy_dates"):
        Pharmacy.objects.filter(pk=place.pk).update(opened_on="2022-01-02", closed_on="2022-01-01")
    with refused_by_postgres("mandate_two_companies"):
        mandate_distributor(one, one, TODAY)


def test_memberships_and_mandates_have_ends() -> None:
    one = people.supplier()
    other = people.distributor_for(one, since=TODAY)
    assert has_mandate(one.pk, other.pk, TODAY) and not has_mandate(one.pk, other.pk, people.SINCE)
    with refused_by_postgres("mandate_one_open"):
        mandate_distributor(one, other, TODAY)
    with refused_by_postgres("mandate_dates"):
        DistributorMandate.objects.update(until=TODAY)
    actor = people.member(one.organisation, Role.SUPPLIER)
    mine = Membership.objects.filter(user=actor.user_id)
    with refused_by_postgres("membership_dates"):
        mine.update(until=people.SINCE)
    with refused_by_postgres("membership_role_known"):
        mine.update(role="system")
    with refused_by_postgres("membership_one_open"):
        held = mine.get()
        held.pk = None
        held.save(force_insert=True)
    mine.update(until=TODAY)
    assert not Membership.objects.valid_at(clock.business_now()).filter(user=actor.user_id).exists()
