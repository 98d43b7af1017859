"""Deleting a user never deletes a proof: Django refuses it, and so does PostgreSQL, for every link to a person."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import PROTECT, Field, Model

from portal.accounts.models import User
from tests.factories import breaches, people
from tests.factories.evidence_pieces import joined
from tests.factories.insi import case
from tests.factories.supervision import alerted, brought_to
from tests.integration.refusals import check_deferred, sql

pytestmark = pytest.mark.django_db

FIELDS = [
    (model, field)
    for model in apps.get_app_config("homologation").get_models()
    for field in model._meta.get_fields()
    if isinstance(field, Field) and field.related_model is User
]


def test_the_application_links_to_people_in_many_places() -> None:
    assert len(FIELDS) >= 30


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda one: getattr(one, "__name__", getattr(one, "name", "")))
def test_every_link_to_a_person_is_protected_by_django_and_by_postgresql(
    model: type[Model], field: Field[object, object]
) -> None:
    assert field.remote_field is not None and field.remote_field.on_delete is PROTECT
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.confdeltype, c.convalidated FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.conrelid = %s::regclass AND c.confrelid = 'accounts_user'::regclass
              AND a.attname = %s
            """,
            [model._meta.db_table, field.column],
        )
        assert cursor.fetchall() == [("a", True)]  # no action: the row that names the person stops the deletion


def test_a_person_named_anywhere_cannot_be_removed_even_past_django() -> None:
    one = case().fill()
    joined(one)
    one.submit().approve()
    breach = breaches.again(one.place, one.titulaire, one.adjoint).describe().confirm().to_notify().notify()
    brought_to(alerted(one.place, people.supplier()), "acted", one.titulaire)
    breach.complete().persons("not_required")
    tried = set()
    for model, field in FIELDS:
        row = model._default_manager.exclude(**{field.name: None}).values_list("pk", flat=True).first()
        if row is not None:
            tried.add(model.__name__)
            refused(model._meta.db_table, str(field.column), row)
    assert {"Breach", "BreachEntry", "BreachNotification", "InsiDossier", "SupervisionCase"} <= tried


def refused(table: str, column: str, row: Any) -> None:
    """Somebody whom this very row alone names: PostgreSQL refuses to remove them, and says for which table."""
    check_deferred()
    with pytest.raises(IntegrityError, match=table), transaction.atomic():
        alone = people.person("Seule", "Trace")
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        sql(f"UPDATE {table} SET {column} = %s WHERE id = %s", alone.pk, row)  # noqa: S608  (our own names)
        sql("DELETE FROM accounts_user WHERE id = %s", alone.pk)
        check_deferred()
