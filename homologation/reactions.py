"""What self-homologation does when told by the outbox."""

from __future__ import annotations

from typing import Any

from homologation.services.prefill import spread


def on_pack_published(payload: dict[str, Any]) -> None:
    """A supplier's new proposals reach the dossiers being filled in; repeated, it changes nothing more."""
    spread(payload["id"])
