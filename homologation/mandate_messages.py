"""Whoever is given a mandate by part, or loses it, is told; each is safe to repeat."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from homologation.domain.mandates import in_words
from homologation.models import SectionMandate
from homologation.services.mandates import GIVEN, REVOKED
from portal.outbox.registry import Handler
from portal.outbox.services.notices import Letter, notify


def tell_given(payload: dict[str, Any]) -> None:
    """Topic ``insi_mandate.given``, ``{"ids": mandates}``: one message for the parts given together."""
    rows = list(_rows().filter(pk__in=payload["ids"]).order_by("section"))
    parts = ", ".join(str(row.section) for row in rows)
    first = rows[0]
    _tell(
        first,
        Letter(
            subject="Homologation INSi : un mandat vous est donné",
            body=f"{first.given_by.full_name} vous donne mandat sur le questionnaire INSi, "
            f"partie{'s' if len(rows) > 1 else ''} {parts}, du {in_words(first.starts_on)} au "
            f"{in_words(first.said.last_day)} inclus. Vous remplissez les parties de vos mandats et lisez les autres.",
            link=reverse("homologation:mandates"),
            dedup=f"{GIVEN}:{first.pk}",
        ),
    )


def tell_revoked(payload: dict[str, Any]) -> None:
    """Topic ``insi_mandate.revoked``, ``{"id": mandate}``; the reason is read in the portal alone."""
    row = _rows().get(pk=payload["id"])
    _tell(
        row,
        Letter(
            subject="Homologation INSi : un mandat vous est retiré",
            body=f"Votre mandat sur la partie {row.section} du questionnaire INSi est retiré. Le motif est dans le "
            "portail. Ce que vous avez écrit reste écrit.",
            link=reverse("homologation:mandates"),
            dedup=f"{REVOKED}:{row.pk}",
        ),
    )


def _rows() -> Any:
    return SectionMandate.objects.select_related("membership__user", "given_by")


def _tell(row: SectionMandate, letter: Letter) -> None:
    notify(row.membership.user, row.membership.organisation_id, letter)


REACTIONS: dict[str, list[Handler]] = {GIVEN: [tell_given], REVOKED: [tell_revoked]}
"""By topic, for the table of ``portal.config.reactions``."""
