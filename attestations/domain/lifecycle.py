"""The lifecycle of a vérification d'aptitude (VA), as a literal table (lifecycle facts §4)."""

from __future__ import annotations

from portal.accounts.domain.roles import Role
from portal.workflow.lifecycle import Lifecycle, Transition

_SUPPLIER = frozenset({Role.SUPPLIER, Role.DISTRIBUTOR})
_TITULAIRE = frozenset({Role.TITULAIRE})

TO_SIGN = "to_sign"
SIGNED = "signed"
SIGNED_WITH_RESERVES = "signed_with_reserves"
SIGNED_LATE = "signed_late"
REFUSED = "refused"
VOIDED = "voided"

ALIVE = (TO_SIGN, SIGNED_WITH_RESERVES, SIGNED_LATE, SIGNED)
"""States in which no other VA may be prepared for the order."""

OPEN = (TO_SIGN, SIGNED_WITH_RESERVES, SIGNED_LATE)
"""States in which the VA still waits: for somebody, or for an arrêté that would make it count."""

ATTESTATION = Lifecycle(
    name="attestation",
    initial=TO_SIGN,
    labels={
        TO_SIGN: "À signer",
        SIGNED_WITH_RESERVES: "Signée avec réserves",
        SIGNED: "Signée",
        SIGNED_LATE: "Signée hors délai",
        REFUSED: "Refusée",
        VOIDED: "Sans suite",
    },
    transitions=(
        Transition("sign", (TO_SIGN,), SIGNED, _TITULAIRE, "Signer la VA", "VA signée"),
        Transition(
            "sign_with_reserves",
            (TO_SIGN,),
            SIGNED_WITH_RESERVES,
            _TITULAIRE,
            "Signer la VA avec réserves",
            "VA signée avec réserves",
        ),
        Transition("sign_late", (TO_SIGN,), SIGNED_LATE, _TITULAIRE, "Signer la VA hors délai", "VA signée hors délai"),
        Transition(
            "accept_late",
            (SIGNED_LATE,),
            SIGNED,
            frozenset({Role.SYSTEM}),
            "Reconnaître la VA dans les temps",
            "VA reconnue dans les temps par une nouvelle règle",
        ),
        Transition("refuse", (TO_SIGN,), REFUSED, _TITULAIRE, "Refuser la VA", "VA refusée"),
        Transition("retract", (TO_SIGN,), VOIDED, _SUPPLIER, "Reprendre la VA", "VA reprise par le fournisseur"),
        Transition(
            "lift", (SIGNED_WITH_RESERVES,), None, _SUPPLIER, "Déclarer une réserve levée", "Réserve déclarée levée"
        ),
        Transition(
            "confirm",
            (SIGNED_WITH_RESERVES,),
            None,
            _TITULAIRE,
            "Répondre aux réserves levées",
            "Réponse aux réserves levées",
        ),
        Transition(
            "complete",
            (SIGNED_WITH_RESERVES,),
            SIGNED,
            _TITULAIRE,
            "Signer les points réservés",
            "Points réservés signés",
        ),
        Transition("void", OPEN, VOIDED, frozenset({Role.SYSTEM}), "Clore la VA", "VA close"),
    ),
)
