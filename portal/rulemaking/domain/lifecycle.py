"""The lifecycle of a new arrêté before it is a rule, as a literal table."""

from __future__ import annotations

from portal.accounts.domain.roles import ADMINISTRATION, Role
from portal.workflow.lifecycle import Lifecycle, Transition

DRAFT = "draft"
SUBMITTED = "submitted"
PUBLISHED = "published"
DISCARDED = "discarded"

ARRETE = "arrete"
INCIDENT = "incident"
KINDS = {ARRETE: "Nouvel arrêté", INCIDENT: "Incident du portail"}
"""What an amendment stands for: a text that changes the rules, or an outage of ours that moves the dates it hit."""

ORIGIN = "origin"
PUBLICATION = "publication"
DATE = "date"
REACHES = {
    ORIGIN: "Tous les actes, depuis l’origine du dispositif",
    PUBLICATION: "Les actes à compter de la publication",
    DATE: "Les actes à compter d’une date",
}
"""Which acts the new version judges; « à compter de la publication » is only known when it is published."""

AMENDMENT = Lifecycle(
    name="amendment",
    initial=DRAFT,
    labels={
        DRAFT: "En rédaction",
        SUBMITTED: "À approuver",
        PUBLISHED: "Publié",
        DISCARDED: "Abandonné",
    },
    transitions=(
        Transition("edit", (DRAFT,), None, ADMINISTRATION, "Modifier le projet", "Projet modifié"),
        Transition("submit", (DRAFT,), SUBMITTED, ADMINISTRATION, "Soumettre le projet", "Projet soumis"),
        Transition(
            "send_back", (SUBMITTED,), DRAFT, ADMINISTRATION, "Renvoyer en rédaction", "Projet renvoyé en rédaction"
        ),
        Transition(
            "publish", (SUBMITTED,), PUBLISHED, frozenset({Role.VALIDATOR}), "Approuver et publier", "Règles publiées"
        ),
        Transition(
            "discard", (DRAFT, SUBMITTED), DISCARDED, ADMINISTRATION, "Abandonner le projet", "Projet abandonné"
        ),
    ),
)
