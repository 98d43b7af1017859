"""A pharmacy asks the supplier of its software for help with the questionnaire; the supplier answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from homologation.catalogue import help_terms
from homologation.domain.help import check_message
from homologation.domain.help_lifecycle import HELP
from homologation.models import HelpMessage, HelpRequest, InsiDossier
from homologation.services.machine import HOMOLOGATIONS, dossier_parties
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.clock import paris_date
from portal.common.refusals import Refusal, Refused, refuse
from portal.workflow.execute import Act, Machine, create, lock, run


def help_parties(request: HelpRequest, actor: Actor, at: datetime) -> frozenset[Role]:
    """The part the actor really plays: of the pharmacy that asked, or of the supplier that is asked."""
    if actor.role is Role.SUPPLIER and request.supplier.organisation_id == actor.organisation_id:
        return frozenset({actor.role}) if holds_role(actor, actor.organisation_id, at) else frozenset()
    return dossier_parties(request.dossier, actor, at)


HELPS: Machine[HelpRequest, None] = Machine(
    model=HelpRequest,
    lifecycle=HELP,
    parties=help_parties,
    facts=lambda request, actor, now: None,
    thread=lambda request: str(request.pk),
    related=("dossier__pharmacy", "supplier"),
    # no text of people's: the journal holds no personal data
    audited=("section", "key", "due_on", "taken_at", "answered_at", "closed_at"),
    announces=frozenset({"create", "take", "write", "answer", "ask_again", "close"}),
)


@transaction.atomic
def ask_help(*, dossier_id: UUID, actor: Actor, section: int, key: str, text: str) -> HelpRequest:
    """Ask for help on a part, or on one question (``key``) of it. Raises ``Refused``."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    now = clock.business_now()
    if actor.user_id is None or not dossier_parties(dossier, actor, now):
        raise refuse("not_allowed", "Seul un pharmacien de la pharmacie peut demander de l’aide sur son dossier.")
    if dossier.software_version is None:
        raise refuse(
            "no_supplier",
            "Ce dossier ne connaît pas encore votre logiciel : aucun bon de commande n’est signé. Il le connaîtra dès "
            "la signature ; d’ici là, écrivez directement à votre éditeur.",
        )
    if refusals := _check_subject(dossier, section, key) + check_message(text):
        raise Refused(refusals)
    request = HelpRequest(
        dossier=dossier,
        supplier=dossier.software_version.software.supplier,
        section=section,
        key=key,
        asked_at=now,
        asked_by_id=actor.user_id,
        due_on=_due_on(dossier.programme_id, now),
    )
    create(HELPS, request, actor)
    _say(request, actor, text)
    return request


def _check_subject(dossier: InsiDossier, section: int, key: str) -> list[Refusal]:
    form = dossier.questionnaire.form
    part = next((one for one in form.sections if one.number == section), None)
    if part is None:
        return [Refusal("unknown_section", "Cette partie n’existe pas dans ce questionnaire.", "key")]
    if key and all(question.key != key for question in part.questions):
        return [Refusal("unknown_question", "Choisissez une question de cette partie, ou la partie entière.", "key")]
    return []


def _due_on(programme: str, now: datetime) -> date:
    return paris_date(now) + timedelta(days=help_terms(programme).answer_days)


def take_help(*, request_id: UUID, actor: Actor) -> HelpRequest:
    """Say that one takes care of it. Raises ``Refused``."""
    return run(HELPS, request_id, actor, Act("take"))


def write_help(*, request_id: UUID, actor: Actor, text: str) -> HelpRequest:
    """Add a message to a request that waits. Raises ``Refused``."""
    return _with_message("write", request_id, actor, text)


def answer_help(*, request_id: UUID, actor: Actor, text: str) -> HelpRequest:
    """Answer. Raises ``Refused``."""
    return _with_message("answer", request_id, actor, text)


def ask_help_again(*, request_id: UUID, actor: Actor, text: str) -> HelpRequest:
    """Ask for more than was answered, with a new day to answer by. Raises ``Refused``."""
    programme = HelpRequest.objects.values_list("dossier__programme", flat=True).get(pk=request_id)
    stamps = {"due_on": _due_on(programme, clock.business_now())}
    return _with_message("ask_again", request_id, actor, text, stamps)


def close_help(*, request_id: UUID, actor: Actor) -> HelpRequest:
    """Close it for good. Raises ``Refused``."""
    return run(HELPS, request_id, actor, Act("close"))


@transaction.atomic
def _with_message(
    verb: str, request_id: UUID, actor: Actor, text: str, stamps: dict[str, Any] | None = None
) -> HelpRequest:
    def check(facts: None) -> list[Refusal]:
        return check_message(text)

    request = run(HELPS, request_id, actor, Act(verb, stamps or {}, check=check))
    _say(request, actor, text)
    return request


def _say(request: HelpRequest, actor: Actor, text: str) -> None:
    """Append one message; the caller has locked or just made the request, in a transaction."""
    last = HelpMessage.objects.filter(request=request).aggregate(last=Max("number"))["last"] or 0
    HelpMessage.objects.create(
        request=request,
        number=last + 1,
        role=actor.role.value,
        text=text.strip(),
        at=clock.business_now(),
        by_id=actor.user_id or 0,
    )
