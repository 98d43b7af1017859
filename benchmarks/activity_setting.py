"""What the Django ways of the activity benchmark start from: a supplier that equips pharmacies, a table of events."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.db import models
from stdnum import luhn

from indicators.services import deposit
from portal.accounts.actors import Actor
from portal.common import clock
from portal.registry.models import Lineage, Pharmacy, Supplier
from portal.registry.services.suppliers import SupplierIdentity, register_software, register_supplier

SIREN = "40000001"


def sender(places: int) -> dict[str, Any]:
    """A supplier with as many pharmacies as the file names, made the first time; its signed orders are given: that is
    not measured."""
    clock.install(business=lambda: datetime(2024, 6, 1, tzinfo=UTC))
    numbers = [f"{350000000 + at:09}" for at in range(places)]
    signed = datetime(2022, 11, 1, tzinfo=UTC)
    vars(deposit)["equipped_by"] = lambda supplier_id: [(n, signed, None) for n in numbers]
    supplier = Supplier.objects.filter(siret=_siret()).first() or _made()
    _open(set(numbers) - set(Pharmacy.objects.values_list("finess", flat=True)))
    return {"supplier": supplier, "software": "Mesure@1", "actor": Actor.system()}


def _made() -> Supplier:
    identity = SupplierIdentity(
        name="Mesure", siret=_siret(), address="1 rue du Banc", postal_code="35000", city="Rennes",
        contact_name="Claire Morvan", phone="02 99 00 00 01", email="mesure@fournisseur.example",
    )  # fmt: skip
    supplier = register_supplier(identity)
    register_software(supplier, "Mesure", "1")
    return supplier


def _open(numbers: Collection[str]) -> None:
    """Pharmacies under these numbers: a longer file names more of them."""
    lineages = Lineage.objects.bulk_create([Lineage(pk=uuid4()) for _ in numbers])
    Pharmacy.objects.bulk_create(
        Pharmacy(finess=n, name=n, department="35", category="620", search_key=n, sort_key=n, lineage=lineage)
        for n, lineage in zip(sorted(numbers), lineages, strict=True)
    )


def _siret() -> str:
    siren = SIREN + luhn.calc_check_digit(SIREN) + "0001"
    return siren + luhn.calc_check_digit(siren)


def event_model() -> Any:
    """A table of events as one would write it first."""

    class Event(models.Model):
        event_id = models.UUIDField()
        finess = models.CharField(max_length=9)
        day = models.DateField()
        type = models.CharField(max_length=20)
        user_ref = models.CharField(max_length=32)

        class Meta:
            app_label = "indicators"
            db_table = "bench_event"
            constraints = [models.UniqueConstraint(name="bench_event_once", fields=["finess", "event_id"])]

        def __str__(self) -> str:
            return str(self.event_id)

    return Event
