"""Monthly reports of the world, each with a case that stands somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from homologation.domain.figures import Figures, UserFigures
from homologation.models import SupervisionCase, SupervisionReport
from homologation.models.supervision import COMPUTED
from homologation.services.supervise import Origin, write_report
from portal.accounts.actors import Actor
from portal.registry.models import Pharmacy
from tests.factories.supervision import MONTH, brought_to

OF_SUPERVISION = ("homologation:case", "homologation:supervision_")


def make_supervision(places: Mapping[str, tuple[str, Actor]]) -> None:
    """A month with too many calls in each pharmacy (FINESS), its case brought to a state by somebody.

    The figures are given: counters would count in the usages too.
    """
    rows = (UserFigures("u1", 90, 0, 3, 40, 20), UserFigures("u2", 30, 1, 0, 40, 18))
    figures = Figures(120, 100, 20, 1, 110, 10, 80, rows=rows)
    for finess, (state, actor) in places.items():
        pharmacy = Pharmacy.objects.get(finess=finess)
        with transaction.atomic():
            write_report(MONTH, pharmacy.pk, lambda: figures, Origin(COMPUTED, Actor.system(), ""))
        brought_to(SupervisionCase.objects.get(pharmacy=pharmacy), state, actor, misuse=False)


def supervised(name: str, finess: str) -> UUID:
    """The object that an address names."""
    model = SupervisionCase if name.startswith("homologation:case") else SupervisionReport
    return model._default_manager.get(pharmacy__finess=finess).pk
