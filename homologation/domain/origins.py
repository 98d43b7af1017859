"""Where an answer comes from, in one line: who proposed it, who stood by it, when."""

from __future__ import annotations

from dataclasses import dataclass

from homologation.domain.answers import Provenance, Status


@dataclass(frozen=True)
class Trace:
    """What is known of the current revision of an answer, in words. ``source``: the pack or dossier it came from."""

    status: Status
    provenance: Provenance
    source: str
    by: str
    on: str
    imported: str = ""


_ACTS = {
    Status.CONFIRMED: "confirmée",
    Status.MODIFIED: "saisie",
    Status.VOID: "déclarée sans objet",
    Status.UNKNOWN: "« je ne sais pas » dit",
    Status.EMPTY: "vidée",
}
_FROM = {Provenance.EDITOR_PACK: "préremplie par", Provenance.CARRIED_OVER: "reprise"}


def origin_words(trace: Trace | None) -> str:
    """« Préremplie par Officia, pack n° 2 du 01/11/2022 – confirmée par Camille Essai, titulaire, le 12/11/2022 »."""
    if trace is None:
        return "Aucune réponse."
    parts = []
    if trace.provenance in _FROM:
        parts.append(f"{_FROM[trace.provenance]} {trace.source}")
    if trace.status is Status.PROPOSED:
        parts.append(f"proposée le {trace.on}, pas encore confirmée")
    else:
        parts.append(f"{_ACTS[trace.status]} par {trace.by} le {trace.on}")
    if trace.imported:
        parts.append(f"lue dans l’export {trace.imported[:16]}")
    words = " – ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."
