"""The administration is told of a proof that no longer has its hash; safe to repeat."""

from __future__ import annotations

from typing import Any

from homologation.services.verify import DAMAGED
from portal.accounts.selectors import administrators
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.outbox.registry import Handler
from portal.outbox.services.notices import Letter, notify

MOST_LISTED = 20


def tell_damaged(payload: dict[str, Any]) -> None:
    """Topic ``insi_proofs.damaged``, ``{"found": [kind and key]}``: which, never what they say."""
    found = payload["found"]
    listed = "\n".join(f"– {one}" for one in found[:MOST_LISTED])
    more = f"\n… et {len(found) - MOST_LISTED} de plus." if len(found) > MOST_LISTED else ""
    letter = Letter(
        subject=f"Homologation INSi : empreintes qui ne correspondent plus ({len(found)})",
        body="La vérification de la nuit a recalculé les empreintes conservées. Celles-ci ne correspondent plus à leur "
        f"contenu :\n{listed}{more}\n\nNe corrigez rien : comparez avec la dernière sauvegarde, et cherchez qui a pu "
        "écrire dans la base.",
        dedup=f"{DAMAGED}:{sha256_of(found)[:32]}",
        link="",
    )
    for membership in administrators(clock.business_now()):
        notify(membership.user, membership.organisation_id, letter)


REACTIONS: dict[str, list[Handler]] = {DAMAGED: [tell_damaged]}
"""By topic, for the table of ``portal.config.reactions``."""
