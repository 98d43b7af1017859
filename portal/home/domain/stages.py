"""Where a dossier stands, who acts next and what they do: one literal table for boards, dossiers and tests."""

from __future__ import annotations

from dataclasses import dataclass

SUPPLIER, PHARMACY, PORTAL, ADMINISTRATION, NOBODY = "supplier", "pharmacy", "portal", "administration", ""
OWNER_LABELS = {
    SUPPLIER: "Fournisseur",
    PHARMACY: "Pharmacien",
    PORTAL: "ANS",
    ADMINISTRATION: "Administration",
    NOBODY: "–",
}


@dataclass(frozen=True)
class Stage:
    """One stage: its label, the next action and its owner, the tone of its badge, its step of the journey.

    ``appointment``: its due date is a day agreed upon, not a limit.
    """

    code: str
    label: str
    action: str
    owner: str
    tone: str
    step: int
    explanation: str = ""
    appointment: bool = False


STEPS = ("Commande", "Signature", "Installation", "VA", "Prestation réalisée")

_ALL = (
    Stage("draft", "Brouillon", "Compléter et émettre le bon de commande", SUPPLIER, "neutral", 1),
    Stage("to_sign", "À signer", "Lire et signer le bon de commande", PHARMACY, "new", 2),
    Stage(
        "take_over",
        "Reprise de commande",
        "Lire et reprendre le bon de commande",
        PHARMACY,
        "new",
        2,
        "La pharmacie à laquelle vous succédez avait signé cette commande. En la reprenant, vous gardez sa date et son "
        "droit au financement.",
    ),
    Stage(
        "cancel_supplier",
        "Annulation demandée par la pharmacie",
        "Répondre à la demande d’annulation",
        SUPPLIER,
        "warning",
        2,
    ),
    Stage(
        "cancel_pharmacy",
        "Annulation demandée par le fournisseur",
        "Répondre à la demande d’annulation",
        PHARMACY,
        "warning",
        2,
    ),
    Stage(
        "conditional",
        "Signée sous condition",
        "Compléter le dossier de référencement",
        SUPPLIER,
        "info",
        2,
        "Le dossier de référencement du logiciel doit être complet dans ce délai. S’il l’est, la commande attend la "
        "décision de l’ANS et s’affermit d’elle-même. Sinon, elle devient caduque et plus rien n’engage la pharmacie.",
    ),
    Stage(
        "conditional_complete",
        "Conditionnelle : en temps",
        "Décider du référencement du logiciel",
        PORTAL,
        "info",
        2,
        "Le dossier a été complet dans le délai : la commande attend la décision de l’ANS. Elle s’affermit d’elle-même "
        "si le logiciel est référencé, et devient caduque s’il est refusé.",
    ),
    Stage(
        "conditional_late",
        "Conditionnelle : hors délai",
        "Aucune action attendue : la commande devient caduque",
        NOBODY,
        "error",
        2,
        "Le dossier de référencement a été complet après le délai de cette commande : elle devient caduque, et plus "
        "rien n’engage la pharmacie.",
    ),
    Stage("to_plan", "Installation à planifier", "Planifier l’installation", SUPPLIER, "info", 3),
    Stage(
        "planned",
        "Installation planifiée",
        "Installer le logiciel et former l’équipe",
        SUPPLIER,
        "info",
        3,
        appointment=True,
    ),
    Stage(
        "in_progress",
        "Installation en cours",
        "Terminer et déclarer l’installation",
        SUPPLIER,
        "info",
        3,
        appointment=True,
    ),
    Stage("failed", "Installation en échec", "Planifier une nouvelle date", SUPPLIER, "error", 3),
    Stage("reserve", "Réserve sur l’installation", "Lever la réserve", SUPPLIER, "warning", 3),
    Stage("va_to_prepare", "VA à préparer", "Préparer la VA", SUPPLIER, "info", 4),
    Stage("va_to_sign", "VA à signer", "Vérifier et signer la VA", PHARMACY, "new", 4),
    Stage("va_reserve", "VA avec réserves", "Lever les réserves de la VA", SUPPLIER, "warning", 4),
    Stage("va_lifted", "Réserves à signer", "Signer les points dont la réserve est levée", PHARMACY, "new", 4),
    Stage("realised", "Réalisée", "Rien à faire : la Prestation est réalisée", NOBODY, "success", 6),
    Stage("declined", "Refusée", "Aucune action attendue", NOBODY, "error", 0),
    Stage("expired", "Expirée", "Aucune action attendue", NOBODY, "error", 0),
    Stage("lapsed", "Caduque", "Aucune action attendue", NOBODY, "error", 0),
    Stage("cancelled", "Annulée", "Aucune action attendue", NOBODY, "error", 0),
    Stage(
        "replaced_contestable",
        "Remplacée, contestation possible",
        "Contester le remplacement, si vous le jugez utile",
        SUPPLIER,
        "warning",
        0,
        "Les travaux avaient commencé : le fournisseur peut contester le remplacement jusqu’à cette date. Ensuite, il "
        "tient.",
    ),
    Stage(
        "replaced_contested",
        "Remplacée, contestation en cours",
        "Trancher la contestation",
        ADMINISTRATION,
        "warning",
        0,
        "Le fournisseur conteste le remplacement : l’administration décidera.",
    ),
    Stage("replaced", "Remplacée", "Aucune action attendue", NOBODY, "error", 0),
    Stage("transferred", "Reprise par le successeur", "Aucune action attendue", NOBODY, "neutral", 0),
)

STAGES: dict[str, Stage] = {stage.code: stage for stage in _ALL}
ENDED = ("declined", "expired", "lapsed", "cancelled", "replaced", "transferred")


def owner_words(stage: Stage, side: str) -> str:
    """Who acts next, as a reader of ``side`` (supplier, pharmacy or nobody) is told."""
    return "Vous" if side and stage.owner == side else OWNER_LABELS[stage.owner]


def owned_by(owner: str) -> list[str]:
    """The codes of the stages in which ``owner`` acts next."""
    return [stage.code for stage in _ALL if stage.owner == owner]


def steps_of(stage: Stage) -> list[dict[str, str]]:
    """The journey as the stepper draws it; empty for an ended dossier."""
    if stage.step == 0:
        return []
    states = ["done" if n < stage.step else "current" if n == stage.step else "todo" for n in range(1, len(STEPS) + 1)]
    return [{"label": label, "state": state} for label, state in zip(STEPS, states, strict=True)]
