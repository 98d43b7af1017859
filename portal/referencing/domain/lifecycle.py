"""The lifecycle of a dossier of référencement, as a literal table (lifecycle facts §1)."""

from __future__ import annotations

from portal.accounts.domain.roles import Role
from portal.workflow.lifecycle import Lifecycle, Transition

_SUPPLIER = frozenset({Role.SUPPLIER})
_INSTRUCTOR = frozenset({Role.INSTRUCTOR})
_VALIDATOR = frozenset({Role.VALIDATOR})
_SYSTEM = frozenset({Role.SYSTEM})

DRAFT = "draft"
SUBMITTED = "submitted"
TO_COMPLETE = "to_complete"
COMPLETE = "complete"
UNDER_REVIEW = "under_review"
TO_CORRECT = "to_correct"
REFERENCED = "referenced"
SUSPENDED = "suspended"
REFUSED = "refused"
ABANDONED = "abandoned"
LAPSED = "lapsed"
WITHDRAWN = "withdrawn"
REPLACED = "replaced"

UNDECIDED = (DRAFT, SUBMITTED, TO_COMPLETE, COMPLETE, UNDER_REVIEW, TO_CORRECT)
"""States in which the supplier may still give up."""

LIVE = (*UNDECIDED, REFERENCED, SUSPENDED)
"""States in which no other dossier may be opened for the same version and programme."""

ENDED = (REFUSED, ABANDONED, LAPSED, WITHDRAWN, REPLACED)

DEPOSITING = (DRAFT, TO_COMPLETE, TO_CORRECT)
"""States in which the supplier deposits and withdraws proofs."""

ANSWERING = (TO_COMPLETE, TO_CORRECT)
"""States in which an answer of the supplier is due."""

DECIDING = (UNDER_REVIEW, REFERENCED, SUSPENDED)
"""States in which a proposal may wait for the validator."""

_T = Transition
REFERENCING = Lifecycle(
    name="referencing",
    initial=DRAFT,
    labels={
        DRAFT: "Dossier en préparation",
        SUBMITTED: "Dossier déposé",
        TO_COMPLETE: "Dossier à compléter",
        COMPLETE: "Dossier complet",
        UNDER_REVIEW: "En instruction",
        TO_CORRECT: "Preuves à corriger",
        REFERENCED: "Référencé",
        SUSPENDED: "Référencement suspendu",
        REFUSED: "Référencement refusé",
        ABANDONED: "Dossier abandonné",
        LAPSED: "Dossier caduc",
        WITHDRAWN: "Référencement retiré",
        REPLACED: "Remplacé par une autre version",
    },
    transitions=(
        _T("edit", (DRAFT,), None, _SUPPLIER, "Modifier les profils et numéros", "Profils et numéros modifiés"),
        _T("accept_charter", (DRAFT,), None, _SUPPLIER, "Accepter la charte", "Charte acceptée"),
        _T("deposit", DEPOSITING, None, _SUPPLIER, "Déposer une preuve", "Preuve déposée"),
        _T("retract", DEPOSITING, None, _SUPPLIER, "Retirer une preuve", "Preuve retirée"),
        _T("announce", UNDECIDED, None, _SUPPLIER, "Annoncer une date", "Date de référencement annoncée"),
        _T("declare_obsolete", LIVE, None, _SUPPLIER, "Déclarer une version obsolète", "Version déclarée obsolète"),
        _T("restore_version", LIVE, None, _SUPPLIER, "Reprendre une déclaration", "Déclaration d’obsolescence reprise"),
        _T("submit", (DRAFT,), SUBMITTED, _SUPPLIER, "Déposer le dossier", "Dossier déposé"),
        _T("answer", (TO_COMPLETE,), SUBMITTED, _SUPPLIER, "Renvoyer le dossier complété", "Dossier complété renvoyé"),
        _T("correct", (TO_CORRECT,), UNDER_REVIEW, _SUPPLIER, "Renvoyer les corrections", "Corrections renvoyées"),
        _T("abandon", UNDECIDED, ABANDONED, _SUPPLIER, "Abandonner le dossier", "Dossier abandonné"),
        _T("ask_pieces", (SUBMITTED,), TO_COMPLETE, _INSTRUCTOR, "Demander des compléments", "Compléments demandés"),
        _T("confirm_complete", (SUBMITTED,), COMPLETE, _INSTRUCTOR, "Constater complet", "Dossier constaté complet"),
        _T("start_review", (COMPLETE,), UNDER_REVIEW, _INSTRUCTOR, "Ouvrir l’instruction", "Instruction ouverte"),
        _T("judge", (UNDER_REVIEW,), None, _INSTRUCTOR, "Instruire les exigences", "Avis rendus sur des exigences"),
        _T(
            "ask_corrections",
            (UNDER_REVIEW,),
            TO_CORRECT,
            _INSTRUCTOR,
            "Demander des corrections",
            "Corrections demandées",
        ),
        _T("extend", ANSWERING, None, _INSTRUCTOR, "Prolonger le délai de réponse", "Délai de réponse prolongé"),
        _T("propose", DECIDING, None, _INSTRUCTOR, "Proposer une décision", "Décision proposée au valideur"),
        _T("send_back", DECIDING, None, _VALIDATOR, "Renvoyer la proposition", "Proposition renvoyée à l’instructeur"),
        _T("reference", (UNDER_REVIEW,), REFERENCED, _VALIDATOR, "Référencer", "Référencement accordé"),
        _T("refuse", (UNDER_REVIEW,), REFUSED, _VALIDATOR, "Refuser le référencement", "Référencement refusé"),
        _T("suspend", (REFERENCED,), SUSPENDED, _INSTRUCTOR, "Suspendre", "Référencement suspendu"),
        _T("resume", (SUSPENDED,), REFERENCED, _INSTRUCTOR, "Lever la suspension", "Suspension levée"),
        _T(
            "withdraw",
            (REFERENCED, SUSPENDED),
            WITHDRAWN,
            _VALIDATOR,
            "Retirer le référencement",
            "Référencement retiré",
        ),
        _T("name_successor", (REFERENCED,), None, _SUPPLIER, "Demander le remplacement", "Remplacement demandé"),
        _T("replace", (REFERENCED,), REPLACED, _INSTRUCTOR, "Constater le remplacement", "Version remplacée"),
        _T("lapse", ANSWERING, LAPSED, _SYSTEM, "Constater la caducité", "Dossier caduc, sans réponse à temps"),
    ),
)
