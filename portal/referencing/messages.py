"""Who is told what after an act on a dossier: one literal table, one handler."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.accounts.models import Organisation
from portal.accounts.models.people import OrganisationKind
from portal.accounts.selectors import people_with_role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.common.clock import last_day_before
from portal.outbox.registry import Handler
from portal.outbox.services.notices import Template, notify
from portal.referencing.models import ReferencingDossier

SUPPLIER = frozenset({Role.SUPPLIER})
INSTRUCTORS = frozenset({Role.INSTRUCTOR})
VALIDATORS = frozenset({Role.VALIDATOR})


MESSAGES: dict[str, Template[frozenset[Role]]] = {
    "submit": Template(
        INSTRUCTORS,
        "Dossier de {software} déposé",
        "{supplier} a déposé le dossier de référencement de {software}. Vérifiez qu’il est complet.",
    ),
    "answer": Template(
        INSTRUCTORS,
        "Dossier de {software} complété",
        "{supplier} a complété le dossier de {software}. Vérifiez qu’il est complet.",
    ),
    "correct": Template(
        INSTRUCTORS,
        "Corrections reçues – {software}",
        "{supplier} a renvoyé les corrections demandées pour {software}.",
    ),
    "abandon": Template(
        INSTRUCTORS, "Dossier de {software} abandonné", "{supplier} abandonne le dossier de {software}."
    ),
    "propose": Template(
        VALIDATORS,
        "Une décision vous attend – {software}",
        "Une décision est proposée sur le dossier de {software}. Prenez-la ou renvoyez-la.",
    ),
    "send_back": Template(
        INSTRUCTORS,
        "Proposition renvoyée – {software}",
        "Le valideur renvoie la décision proposée pour {software} : « {answer} ».",
    ),
    "ask_pieces": Template(
        SUPPLIER,
        "Compléments demandés – {software}",
        "Le dossier de référencement de {software} n’est pas complet. Déposez ce qui est demandé et renvoyez le "
        "dossier au plus tard le {limit}.",
    ),
    "ask_corrections": Template(
        SUPPLIER,
        "Corrections demandées – {software}",
        "Des preuves du dossier de {software} sont à corriger au plus tard le {limit}. Le dossier "
        "montre les points ouverts.",
    ),
    "extend": Template(
        SUPPLIER,
        "Délai prolongé – {software}",
        "Vous avez jusqu’au {limit} inclus pour répondre sur le dossier de {software}.",
    ),
    "confirm_complete": Template(
        SUPPLIER,
        "Dossier complet – {software}",
        "Le dossier de {software} est complet depuis le {complete}. Son instruction va s’ouvrir.",
    ),
    "reference": Template(
        SUPPLIER,
        "{software} est référencé",
        "{software} est référencé. Ses commandes conditionnelles dont le délai est tenu sont affermies.",
    ),
    "refuse": Template(
        SUPPLIER,
        "Référencement de {software} refusé",
        "Le référencement de {software} est refusé. Les motifs et les voies de recours sont dans le dossier.",
    ),
    "suspend": Template(
        SUPPLIER,
        "Référencement de {software} suspendu",
        "Le référencement de {software} est suspendu. Le motif est dans le dossier.",
    ),
    "resume": Template(SUPPLIER, "Suspension levée – {software}", "{software} est de nouveau référencé."),
    "withdraw": Template(
        SUPPLIER,
        "Référencement de {software} retiré",
        "Le référencement de {software} est retiré. La date d’effet et les motifs sont dans le dossier.",
    ),
    "replace": Template(
        SUPPLIER,
        "{software} est remplacé",
        "Le remplacement de {software} est constaté. Les commandes gardent leur version.",
    ),
    "lapse": Template(
        SUPPLIER | INSTRUCTORS,
        "Dossier de {software} caduc",
        "Aucune réponse n’est parvenue à temps : le dossier de {software} est caduc.",
    ),
}
"""By verb."""


def tell(payload: dict[str, Any]) -> None:
    """Write to everyone concerned by the act of an audit event; a repeated delivery writes nothing twice."""
    event = AuditEvent.objects.get(pk=payload["event"])
    template = MESSAGES[event.verb]
    dossiers = ReferencingDossier.objects.select_related("software_version__software__supplier")
    dossier = dossiers.get(pk=payload["id"])
    facts = _facts(dossier)
    letter = template.letter(facts, link=dossier.get_absolute_url(), dedup=f"act:{event.pk}")
    supplier = dossier.software_version.software.supplier.organisation_id
    for organisation, roles in _recipients(template.to, supplier):
        for membership in people_with_role(organisation, roles, clock.business_now()):
            notify(membership.user, organisation, letter)


def _recipients(to: frozenset[Role], supplier: UUID) -> list[tuple[UUID, frozenset[Role]]]:
    found = [(supplier, SUPPLIER)] if to & SUPPLIER else []
    if office := to & ADMINISTRATION:
        places = Organisation.objects.filter(kind=OrganisationKind.ADMINISTRATION).order_by("pk")
        found += [(place, office) for place in places.values_list("pk", flat=True)]
    return found


def _facts(dossier: ReferencingDossier) -> dict[str, str]:
    due = dossier.answer_due_at
    sent_back = dossier.proposals.exclude(answer="").order_by("pk").last()
    return {
        "software": str(dossier.software_version),
        "supplier": dossier.software_version.software.supplier.name,
        "limit": f"{last_day_before(due):%d/%m/%Y}" if due else "",
        "complete": f"{clock.paris_date(dossier.complete_at):%d/%m/%Y}" if dossier.complete_at else "",
        "answer": sent_back.answer if sent_back else "",
    }


REACTIONS: dict[str, list[Handler]] = {f"referencing.{verb}": [tell] for verb in MESSAGES}
"""By topic, for the table of ``portal.config.reactions``."""
