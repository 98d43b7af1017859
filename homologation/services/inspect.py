"""Giving a dossier to read to an inspector: a link that the titulaire makes and closes, each opening noted."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from homologation.catalogue import terms
from homologation.domain.inspection import Opened, check_link, expiry
from homologation.dossier.pieces import paper_of
from homologation.models import InsiDossier, InspectionLink, InspectionOpening
from homologation.services.machine import HOMOLOGATIONS, dossier_parties
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.audit.services import Entry, record
from portal.common import clock
from portal.common.refusals import Refused, refuse
from portal.workflow.execute import lock

TOKEN_BYTES = 32
"""256 bits of chance: nobody finds a link by trying, so that a plain hash of it is enough."""
KEPT = timedelta(days=366)
"""Never less than the year that PostgreSQL enforces."""


def hash_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(*, dossier_id: UUID, actor: Actor, recipient: str, reason: str, days: int) -> tuple[InspectionLink, str]:
    """A new link to a decided dossier, with its token, told this once. Raises ``Refused``."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    by = _titulaire(dossier, actor)
    if refusals := check_link(recipient, reason, days, terms(dossier.programme_id).link.days):
        raise Refused(refusals)
    if paper_of(dossier) is None:
        raise refuse(
            "not_decided", "Ce dossier n’a pas été homologué : il n’y a encore rien à montrer à un inspecteur."
        )
    token, now = secrets.token_urlsafe(TOKEN_BYTES), clock.machine_now()
    link = InspectionLink.objects.create(
        dossier=dossier,
        recipient=recipient.strip(),
        reason=reason.strip(),
        days=days,
        link_sha256=hash_of(token),
        created_at=now,
        created_by_id=by,
        expires_at=expiry(now, days),
    )
    _journal(link, "create", actor, {"days": days})
    return link, token


@transaction.atomic
def close_link(*, link_id: int, actor: Actor) -> bool:
    """Close a link at once; False where it was closed already. Raises ``Refused``."""
    link = InspectionLink.objects.select_for_update(of=("self",)).select_related("dossier__pharmacy").get(pk=link_id)
    by = _titulaire(link.dossier, actor)
    if link.revoked_at is not None:
        return False
    _close(link, by)
    _journal(link, "revoke", actor, {})
    return True


@transaction.atomic
def close_links_of(*, organisation_id: UUID, creator_id: int, ended_by_id: int) -> None:
    """Close what a person made for a pharmacy where they have no role any more: they may know the addresses."""
    links = InspectionLink.objects.select_for_update(of=("self",)).filter(
        dossier__pharmacy__organisation=organisation_id, created_by=creator_id, revoked_at=None
    )
    for link in links.order_by("pk"):
        _close(link, ended_by_id)
        _journal(link, "revoke", Actor.system(), {})


def _close(link: InspectionLink, by: int) -> None:
    link.revoked_at, link.revoked_by_id = clock.machine_now(), by
    link.save(update_fields=["revoked_at", "revoked_by"])


@transaction.atomic
def open_link(token: str, what: Opened, address: str, *, piece: str = "") -> InspectionLink | None:
    """The link of a token, its opening noted; None for a wrong token, one that is over or closed: nothing is noted.

    ``piece``: the number of the one read, for the journal.
    """
    links = InspectionLink.objects.select_for_update(of=("self",)).filter(link_sha256=hash_of(token))
    link = links.select_related("dossier__pharmacy", "dossier__questionnaire").first()
    now = clock.machine_now()
    if link is None or not link.opens_at(now):
        return None
    InspectionOpening.objects.create(link=link, what=what.value, at=now, address=address[:64] or "inconnue")
    _journal(link, "open", Actor.system(), {"what": what.value, **({"piece": piece} if piece else {})})
    return link


def forget_openings() -> int:
    """Remove the openings kept long enough; how many. The journal keeps that they took place."""
    return InspectionOpening.objects.filter(at__lt=clock.machine_now() - KEPT).delete()[0]


def _titulaire(dossier: InsiDossier, actor: Actor) -> int:
    """The person, who is titulaire of the pharmacy and still so."""
    if actor.user_id is None or Role.TITULAIRE not in dossier_parties(dossier, actor, clock.business_now()):
        raise refuse("not_allowed", "Seul le titulaire de la pharmacie donne ce dossier à lire.")
    return actor.user_id


def _journal(link: InspectionLink, verb: str, actor: Actor, data: dict[str, object]) -> None:
    entry = Entry(
        object_type=InspectionLink._meta.db_table,
        object_id=str(link.pk),
        thread=str(link.dossier_id),
        verb=verb,
        at=clock.business_now(),
        data=dict(data),
    )
    record(entry, actor)
