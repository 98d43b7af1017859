"""The printed sheet of a breach and the printed register: drawn when asked, from values that they carry inside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from homologation.domain.breaches import DELAYS, PERSONS, SOURCES, Persons
from homologation.presentation_breach import (
    awareness_words,
    case_words,
    contents_lines,
    kinds_words,
    register_rows,
    scope_words,
    sent_words,
    state_words,
)
from portal.common import clock
from portal.documents import render
from portal.documents.domain.blocks import Frame, frame_json

_SOURCE = "Règlement (UE) 2016/679"


def sheet_pdf(content: dict[str, Any], now: datetime) -> bytes:
    """The bytes of the sheet, to copy into the service of the CNIL."""
    title = "Exercice : fiche de notification" if content["drill"] else "Fiche de notification d’une violation"
    snapshot = {
        **content,
        "frame": _frame(title, content["reference"], "RGPD, article 33", now),
        "lines": contents_lines(content["contents"]),
        "aware": awareness_words(content["awareness"]),
        "sent": [sent_words(sent) for sent in content["notifications"]],
        "words": {
            "state": state_words(content["state"]),
            "kinds": kinds_words(content["kinds"]),
            "source": SOURCES[content["source"]],
            "persons": PERSONS[Persons(content["persons"])],
            "scope": scope_words(content["in_scope"]),
            "case": case_words(content["case"]),
            "delay": DELAYS.get(content["delay_category"], ""),
        },
    }
    return render.rendered(render.html("homologation/documents/breach.html", snapshot), snapshot).content


def register_pdf(content: dict[str, Any]) -> bytes:
    """The bytes of the register of a period; « état néant » where it holds nothing."""
    title = "Registre des exercices" if content["drills"] else "Registre des violations de données"
    if not content["breaches"]:
        title = f"{title} – état néant"
    made_at = datetime.fromisoformat(content["made_at"])
    heads, *rows = register_rows(content)
    snapshot = {
        **content,
        "frame": _frame(title, content["pharmacy"]["finess"], "RGPD, article 33(5)", made_at),
        "rows": [[list(pair) for pair in zip(heads, row, strict=True)] for row in rows],
    }
    return render.rendered(render.html("homologation/documents/breaches.html", snapshot), snapshot).content


def _frame(title: str, number: str, rules: str, now: datetime) -> dict[str, Any]:
    return frame_json(
        Frame(
            title=title,
            context="Violations de données à caractère personnel",
            funding_call="RGPD",
            number=number,
            rules_reference=rules,
            rules_title="notification et registre des violations",
            rules_source=_SOURCE,
            made_at=now,
            machine_at=clock.machine_now(),
            demo=settings.PORTAL_DEMO,
        )
    )
