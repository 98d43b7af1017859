"""The lifecycle of an order (bon de commande) and of its installation, as literal tables.

Source: programme facts §2-3; the states are those of the funding procedure.
"""

from __future__ import annotations

from portal.accounts.domain.roles import Role
from portal.workflow.lifecycle import Lifecycle, Transition

_SUPPLIER = frozenset({Role.SUPPLIER, Role.DISTRIBUTOR})
_TITULAIRE = frozenset({Role.TITULAIRE})
_SYSTEM = frozenset({Role.SYSTEM})

DRAFT = "draft"
ISSUED = "issued"
SIGNED_CONDITIONAL = "signed_conditional"
SIGNED_FIRM = "signed_firm"
AFFIRMED = "affirmed"
REALISED = "realised"
DECLINED = "declined"
EXPIRED = "expired"
LAPSED = "lapsed"
CANCELLED = "cancelled"
REPLACED = "replaced"
TRANSFERRED = "transferred"

FIRM = (SIGNED_FIRM, AFFIRMED)
SIGNED = (SIGNED_CONDITIONAL, *FIRM)
LIVE = (*SIGNED, REALISED)
"""States that hold the funding slot of the pharmacy's lineage."""

ORDER = Lifecycle(
    name="order",
    initial=DRAFT,
    labels={
        DRAFT: "Brouillon",
        ISSUED: "À signer",
        SIGNED_CONDITIONAL: "Signée sous condition",
        SIGNED_FIRM: "Signée",
        AFFIRMED: "Affermie",
        REALISED: "Réalisée",
        DECLINED: "Refusée par le pharmacien",
        EXPIRED: "Expirée",
        LAPSED: "Caduque",
        CANCELLED: "Annulée",
        REPLACED: "Remplacée",
        TRANSFERRED: "Transférée",
    },
    transitions=(
        Transition("edit", (DRAFT,), None, _SUPPLIER, "Modifier le brouillon", "Brouillon modifié"),
        Transition("issue", (DRAFT,), ISSUED, _SUPPLIER, "Émettre la commande", "Commande émise"),
        Transition("discard", (DRAFT,), CANCELLED, _SUPPLIER, "Abandonner le brouillon", "Brouillon abandonné"),
        Transition(
            "withdraw", (ISSUED,), DRAFT, _SUPPLIER, "Reprendre pour modifier", "Commande reprise par le fournisseur"
        ),
        Transition("sign_firm", (ISSUED,), SIGNED_FIRM, _TITULAIRE, "Signer la commande", "Commande signée"),
        Transition(
            "sign_conditional",
            (ISSUED,),
            SIGNED_CONDITIONAL,
            _TITULAIRE,
            "Signer sous condition",
            "Commande signée sous condition",
        ),
        Transition(
            "decline", (ISSUED,), DECLINED, _TITULAIRE, "Refuser la commande", "Commande refusée par le pharmacien"
        ),
        Transition("expire", (ISSUED,), EXPIRED, _SYSTEM, "Constater l’expiration", "Commande expirée"),
        Transition("affirm", (SIGNED_CONDITIONAL,), AFFIRMED, _SYSTEM, "Affermir la commande", "Commande affermie"),
        Transition("lapse", SIGNED, LAPSED, _SYSTEM, "Constater la caducité", "Commande caduque"),
        Transition("ask_cancel", SIGNED, None, _SUPPLIER | _TITULAIRE, "Demander l’annulation", "Annulation demandée"),
        Transition("keep", SIGNED, None, _SUPPLIER | _TITULAIRE, "Maintenir la commande", "Commande maintenue"),
        Transition(
            "cancel",
            SIGNED,
            CANCELLED,
            _SUPPLIER | _TITULAIRE,
            "Accepter l’annulation",
            "Commande annulée d’un commun accord",
        ),
        Transition(
            "void",
            SIGNED,
            CANCELLED,
            frozenset({Role.VALIDATOR}),
            "Annuler pour fraude",
            "Commande annulée pour fraude",
        ),
        Transition("realise", FIRM, REALISED, _SYSTEM, "Constater la réalisation", "Prestation réalisée"),
        Transition("hand_over", (DRAFT,), ISSUED, _SYSTEM, "Proposer la reprise", "Reprise de commande proposée"),
        Transition("replace", SIGNED, REPLACED, _SYSTEM, "Remplacer la commande", "Commande remplacée par une autre"),
        Transition("transfer", SIGNED, TRANSFERRED, _SYSTEM, "Transférer la commande", "Commande reprise ailleurs"),
        Transition("redate", (ISSUED, SIGNED_CONDITIONAL), None, _SYSTEM, "Recalculer les délais", "Délais recalculés"),
        Transition("revive_issued", (EXPIRED,), ISSUED, _SYSTEM, "Rouvrir à la signature", "Commande rouverte"),
        *(
            Transition(verb, (LAPSED, REPLACED), target, _SYSTEM, f"Rétablir la commande {words}", "Commande rétablie")
            for verb, target, words in (
                ("revive_conditional", SIGNED_CONDITIONAL, "sous condition"),
                ("revive_firm", SIGNED_FIRM, "ferme"),
                ("revive_affirmed", AFFIRMED, "affermie"),
            )
        ),
    ),
)

TO_PLAN = "to_plan"
PLANNED = "planned"
IN_PROGRESS = "in_progress"
INSTALLED = "installed"
FAILED = "failed"
VALIDATED = "validated"
INSTALLATION_CANCELLED = "cancelled"
_OPEN = (TO_PLAN, PLANNED, IN_PROGRESS, INSTALLED, FAILED)

INSTALLATION = Lifecycle(
    name="installation",
    initial=TO_PLAN,
    labels={
        TO_PLAN: "À planifier",
        PLANNED: "Planifiée",
        IN_PROGRESS: "En cours",
        INSTALLED: "Installée",
        FAILED: "En échec",
        VALIDATED: "Validée par la VA",
        INSTALLATION_CANCELLED: "Annulée",
    },
    transitions=(
        Transition("plan", (TO_PLAN, FAILED), PLANNED, _SUPPLIER, "Planifier l’installation", "Installation planifiée"),
        Transition("replan", (PLANNED,), None, _SUPPLIER, "Changer la date", "Date d’installation changée"),
        Transition("start", (PLANNED,), IN_PROGRESS, _SUPPLIER, "Commencer l’installation", "Installation commencée"),
        Transition(
            "declare",
            (PLANNED, IN_PROGRESS),
            INSTALLED,
            _SUPPLIER,
            "Déclarer l’installation faite",
            "Installation déclarée faite",
        ),
        Transition(
            "fail", (PLANNED, IN_PROGRESS), FAILED, _SUPPLIER | _TITULAIRE, "Signaler un échec", "Échec signalé"
        ),
        Transition("reserve", (INSTALLED,), None, _SUPPLIER | _TITULAIRE, "Poser une réserve", "Réserve posée"),
        Transition("lift", (INSTALLED,), None, _SUPPLIER | _TITULAIRE, "Lever une réserve", "Réserve levée"),
        Transition("validate", (INSTALLED,), VALIDATED, _SYSTEM, "Valider par la VA", "Installation validée par la VA"),
        Transition("abort", _OPEN, INSTALLATION_CANCELLED, _SYSTEM, "Annuler l’installation", "Installation annulée"),
    ),
)
