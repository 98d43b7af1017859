"""A breach in words: what to do now, its clocks, its journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homologation.domain.breach_clock import COMPLEMENT_WITHIN, QUALIFY_WITHIN, elapsed
from homologation.domain.breach_lifecycle import (
    BREACH,
    CLOSED,
    COMPLETED,
    CONFIRMED,
    COUNTING,
    DOCUMENTED,
    NOT_A_BREACH,
    NOTIFIED,
    SUSPICION,
    TO_NOTIFY,
)
from homologation.domain.breaches import CHANNELS, CONTENTS, DELAYS, KINDS, PERSONS, UNKNOWN, Persons, remaining_words
from homologation.domain.cases import CAUSES
from homologation.models import Breach, BreachEntry
from portal.audit.models import AuditEvent
from portal.common.clock import PARIS
from portal.ui.formats import instant

TONES = {
    SUSPICION: "warning",
    CONFIRMED: "error",
    TO_NOTIFY: "error",
    NOTIFIED: "info",
    COMPLETED: "success",
    CLOSED: "neutral",
}
NOW = {
    SUSPICION: (
        "Dites si c’est une violation",
        "Des données ont-elles été vues, modifiées ou perdues à tort ? Si vous en êtes raisonnablement certain, "
        "confirmez : les 72 heures partent de là. Sinon, le titulaire écarte la suspicion et dit pourquoi.",
    ),
    CONFIRMED: (
        "Décrivez, puis décidez de notifier",
        "Protégez d’abord les données. Décrivez ensuite ce que vous savez, et cochez « encore inconnu » pour le reste. "
        "Sauf absence de risque pour les personnes, décidez de notifier la CNIL.",
    ),
    TO_NOTIFY: (
        "Notifiez la CNIL",
        "Recopiez la fiche dans le téléservice de la CNIL, puis enregistrez ici l’envoi. N’attendez pas de tout "
        "savoir : vous pourrez compléter.",
    ),
    NOTIFIED: (
        "Complétez la notification",
        "Dès que vous savez ce qui était inconnu, complétez la description, envoyez une notification complémentaire, "
        "puis déclarez la notification complète.",
    ),
    DOCUMENTED: ("Closez la violation", "Le titulaire écrit les faits, leurs effets et les mesures prises, puis clôt."),
    COMPLETED: (
        "Closez la violation",
        "Réglez l’information des personnes. Le titulaire écrit ensuite faits, effets et mesures, puis clôt.",
    ),
    NOT_A_BREACH: ("Il n’y a plus rien à faire", "Cette suspicion reste dans le registre, avec son motif."),
    CLOSED: ("Il n’y a plus rien à faire", "Cette violation est close : elle reste dans le registre."),
}
"""By state: what to do now, in a few words, then in a few sentences."""
MAIN = {
    SUSPICION: ("confirm",),
    CONFIRMED: ("describe", "decide_to_notify"),
    TO_NOTIFY: ("notify", "describe"),
    NOTIFIED: ("complete", "describe", "complement"),
    DOCUMENTED: ("close",),
    COMPLETED: ("settle_persons", "close"),
}
"""By state: the acts beside what to do now, the most useful first."""


@dataclass(frozen=True)
class Clock:
    """One clock: its name, from when, until when, and where it stands, in words."""

    name: str
    start: datetime
    limit: datetime
    words: str
    late: bool
    aside: str = ""


def clocks(breach: Breach, now: datetime) -> list[Clock]:
    """The internal target while one qualifies; the 72 hours; those of the complement."""
    found = []
    if breach.state == SUSPICION:
        limit = elapsed(breach.detected_at, QUALIFY_WITHIN)
        aside = "Objectif interne de 24 heures, à confirmer."
        found.append(_running("Qualifier la suspicion", breach.detected_at, limit, now, aside))
    if breach.aware_at and breach.deadline_at:
        found.append(_legal(breach, breach.aware_at, breach.deadline_at, now))
    if breach.state == NOTIFIED and breach.first_sent_at:
        limit = elapsed(breach.first_sent_at, COMPLEMENT_WITHIN)
        aside = "La CNIL demande le complément dans les 72 heures, si possible."
        found.append(_running("Compléter la notification", breach.first_sent_at, limit, now, aside))
    return found


def _legal(breach: Breach, aware_at: datetime, deadline_at: datetime, now: datetime) -> Clock:
    name = "Notifier la CNIL (72 heures)"
    if breach.state in COUNTING:
        weekend = deadline_at.astimezone(PARIS).weekday() >= 5
        aside = "Les week-ends et jours fériés comptent."
        if weekend:
            aside += (
                " Pour information : le règlement 1182/71 pourrait reporter un délai qui finit un jour non ouvré ; "
                "ne comptez pas dessus."
            )
        return _running(name, aware_at, deadline_at, now, aside)
    if breach.first_sent_at is None:
        return Clock(name, aware_at, deadline_at, "sans objet : pas de notification", late=False)
    late = "en retard" if breach.is_late else "dans le délai"
    return Clock(name, aware_at, deadline_at, f"notifiée {late}, le {instant(breach.first_sent_at)}", breach.is_late)


def _running(name: str, start: datetime, limit: datetime, now: datetime, aside: str) -> Clock:
    return Clock(name, start, limit, remaining_words(limit, now), now > limit, aside)


def line(breach: Breach, now: datetime) -> dict[str, Any]:
    """A breach as a list shows it."""
    state = str(breach.state)
    return {
        "breach": breach,
        "label": BREACH.labels[state],
        "tone": TONES.get(state, "neutral"),
        "left": remaining_words(breach.deadline_at, now) if state in COUNTING and breach.deadline_at else "",
    }


def contents_lines(contents: dict[str, str | None]) -> list[tuple[str, str]]:
    """Each point of article 33(3) with what is said of it."""
    return [(label, _said(contents, key)) for key, label in CONTENTS.items()]


def _said(contents: dict[str, str | None], key: str) -> str:
    return contents[key] or UNKNOWN if key in contents else ""


def kinds_words(kinds: Iterable[str]) -> str:
    """What is touched."""
    return ", ".join(KINDS[kind].partition(" :")[0].lower() for kind in kinds)


def journal(
    breach: Breach, events: Iterable[AuditEvent], entries: Iterable[BreachEntry], now: datetime
) -> list[dict[str, Any]]:
    """Every act with who did it, and every note, in the order of time; as the timeline component takes them.

    A deadline that passed before the notification is told, even when the awareness was corrected since.
    """
    lines = [*_acts(events), *_entries(entries, breach.counted_until(now))]
    return sorted(lines, key=lambda one: one["at"])


def _acts(events: Iterable[AuditEvent]) -> Iterator[dict[str, Any]]:
    for event in events:
        title = "Suspicion déclarée" if event.verb == "create" else BREACH.transition(event.verb).done
        yield {"at": event.at, "title": title, "actor": event.actor.full_name if event.actor else "Portail"}


def _entries(entries: Iterable[BreachEntry], until: datetime | None) -> Iterator[dict[str, Any]]:
    for entry in entries:
        if entry.kind == "note":
            yield {"at": entry.at, "title": "Note", "actor": entry.by.full_name, "detail": entry.text}
        elif entry.aware_at and entry.deadline_at:
            passed = " Cette échéance est passée sans notification." if until and until > entry.deadline_at else ""
            detail = (
                f"Prise de connaissance : {instant(entry.aware_at)}, échéance : {instant(entry.deadline_at)}.{passed} "
                f"{entry.text}"
            )
            yield {"at": entry.at, "title": "Horloge des 72 heures", "actor": entry.by.full_name, "detail": detail}


def state_words(state: str) -> str:
    """A stored state as people read it."""
    return BREACH.labels[state]


def sent_words(sent: dict[str, Any]) -> str:
    """One notification of a sheet, with the CNIL's number and the hashes of its receipts."""
    number = f", numéro {sent['receipt']}" if sent["receipt"] else ""
    hashes = ", ".join(file["sha256"] for file in sent["receipts"])
    files = f", accusé de réception SHA-256 {hashes}" if hashes else ", sans accusé de réception joint"
    at = instant(datetime.fromisoformat(sent["sent_at"]))
    return f"N° {sent['number']}, {at}, {CHANNELS[sent['channel']].lower()}{number}{files}"


def awareness_words(told: Sequence[dict[str, Any]]) -> list[str]:
    """Each awareness of a sheet with its deadline, the last one in force; nothing where it was never corrected."""
    if len(told) < 2:
        return []
    return [_aware_words(one, number, last=number == len(told)) for number, one in enumerate(told, 1)]


def _aware_words(one: dict[str, Any], number: int, *, last: bool) -> str:
    aware_at, deadline_at, said_at = (
        instant(datetime.fromisoformat(one[name])) for name in ("aware_at", "deadline_at", "said_at")
    )
    missed = "dépassée sans notification" if last else "dépassée une première fois"
    passed = f", {missed}" if one["passed"] else ""
    force = "en vigueur" if last else "remplacée"
    return f"{number}. {aware_at}, échéance {deadline_at}{passed} ({force}, dite le {said_at}) : {one['text']}"


def case_words(case: dict[str, Any] | None) -> str:
    """The alert of supervision from which a breach comes; empty where it comes from none."""
    if case is None:
        return ""
    year, month = case["month"].split("-")
    return f"Alerte INSi de {month}/{year} ({', '.join(case['rules'])}) : {CAUSES[case['cause']].lower()}"


def scope_words(in_scope: bool | None) -> str:
    """Whether the cause touches the use of INSi; empty before it is said."""
    return "" if in_scope is None else "Oui" if in_scope else "Non"


_HEADS = (
    *("Numéro", "Statut", "Constatée le", "Prise de connaissance", "Échéance CNIL", "Notifiée le"),
    "Prise de connaissance corrigée",
    *("Constat", "Touché", "Cause", "Systèmes"),
    *CONTENTS.values(),
    *("Absence de risque", "Retard", "Personnes", "Pourquoi, ou comment"),
    *("Notifications et accusés de réception", "Faits", "Effets", "Mesures prises"),
    *("Touche l’usage d’INSi", "Motif pour écarter"),
    *("Alerte d’origine", "Risque du dossier qui s’est réalisé"),
)


def register_rows(register: dict[str, Any]) -> list[tuple[str, ...]]:
    """The heads, then each breach of a register, every value in words."""
    return [_HEADS, *(_row(one) for one in register["breaches"])]


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    moments = (one[name] for name in ("detected_at", "aware_at", "deadline_at", "first_sent_at"))
    delay = DELAYS.get(one["delay_category"], "")
    return (
        *(one["reference"], state_words(one["state"])),
        *(instant(datetime.fromisoformat(iso)) if iso else "" for iso in moments),
        " ; ".join(awareness_words(one["awareness"])),
        *(one["signs"], kinds_words(one["kinds"]), one["cause"], one["systems"]),
        *(text for _, text in contents_lines(one["contents"])),
        one["no_risk_reason"],
        f"{delay} : {one['delay_reason']}" if delay else "",
        *(PERSONS[Persons(one["persons"])], one["persons_reason"]),
        " ; ".join(sent_words(sent) for sent in one["notifications"]),
        *(one["facts"], one["effects"], one["remedial"]),
        *(scope_words(one["in_scope"]), one["end_reason"]),
        *(case_words(one["case"]), one["risk"]),
    )
