"""What every monthly deposit of a supplier shares: who may, for which pharmacies, and the one door of both files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from homologation.domain.monthly_file import Line
from homologation.domain.supervision import next_month
from indicators.models import ActivityToken
from orders.selectors import equipped_by
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.patient_numbers import check_free_text
from portal.common.refusals import Refusal, refuse
from portal.registry.models import Pharmacy, Supplier
from portal.registry.selectors import registered_places, supplier_of

LONGEST_REASON = 300


@dataclass(frozen=True)
class Depositor:
    """Who deposits: a person of the supplier, or its machine by a ``token``; ``reason``: of corrections."""

    actor: Actor
    reason: str = ""
    token: ActivityToken | None = None

    def supplier(self) -> Supplier:
        """The company. Raises ``Refused`` for whoever is of none."""
        found = supplier_of(self.actor)
        may = self.token is not None or holds_role(self.actor, self.actor.organisation_id, clock.business_now())
        if self.actor.role is not Role.SUPPLIER or found is None or not may:
            raise refuse("not_allowed", "Seul un fournisseur dépose les totaux des pharmacies qu’il équipe.")
        return found

    @property
    def stamps(self) -> dict[str, int | UUID | None]:
        """As rows take it."""
        return {"deposited_by_id": self.actor.user_id, "token_id": self.token.pk if self.token else None}


def check_correction(reason: str) -> list[Refusal]:
    """The words of a correction are short, and name no patient."""
    if len(reason) > LONGEST_REASON:
        return [Refusal("too_long", f"Le motif dépasse {LONGEST_REASON} caractères : raccourcissez-le.", "reason")]
    return check_free_text(reason, "reason")


def lock_places(lines: Iterable[Line]) -> dict[str, UUID]:
    """The keys of the pharmacies of a file, by FINESS, locked in one order: two files never wait for each other.

    Needs a transaction.
    """
    ids = registered_places({one.finess for one in lines})
    list(Pharmacy.objects.select_for_update().filter(pk__in=ids.values()).order_by("finess"))
    return ids


def not_equipped(lines: Sequence[Line], supplier: UUID) -> list[Refusal]:
    """Pharmacies that the supplier did not equip over any of the month."""
    spans: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for finess, since, until in equipped_by(supplier):
        spans.setdefault(finess, []).append((since, until))
    return [
        at_line(one, "cette pharmacie n’est pas équipée par vous ce mois-là (aucun bon signé ne vaut)")
        for one in lines
        if not any(_over(one.month, since, until) for since, until in spans.get(one.finess, ()))
    ]


def _over(month: date, since: datetime, until: datetime | None) -> bool:
    return paris_date(since) < next_month(month) and (until is None or paris_date(until) > month)


def at_line(one: Line, fault: str) -> Refusal:
    """What is wrong on a line of the file."""
    return Refusal("line", f"Ligne {one.line} : {fault}.", "file")


def without_reason(one: Line) -> Refusal:
    """A correction that does not say why."""
    words = "ce mois a déjà un rapport : écrivez le motif de la correction, puis déposez de nouveau"
    return Refusal("reason_missing", f"Ligne {one.line} : {words}.", "reason")
