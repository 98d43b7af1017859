"""The year of a pharmacy as a PDF: one table of results, then each measure with its months. An estimate, not sealed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape
from typing import Any

from indicators.presentation import YearView
from portal.common.money import euros
from portal.ui.formats import MONTHS, day, finess, instant

_INK, _RULE, _HEAD = "#161616", "#cecece", "#f0f0f7"
_HEADS = ("Indicateur", "Taux", "Seuil", "Compte", "Situation", "Si atteint")
_WIDTHS = (142, 50, 42, 82, 110, 70)


def write_report(view: YearView) -> bytes:
    """The bytes of the report."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=48,
        rightMargin=48,
        topMargin=48,
        bottomMargin=48,
        title=f"Usages du logiciel en {view.year}",
        author="Portail de financement Ségur",
        lang="fr-FR",
    )
    document.build(list(_content(view)), onFirstPage=_foot, onLaterPages=_foot)
    return file.getvalue()


def _content(view: YearView) -> Iterator[Any]:
    from reportlab.platypus import Spacer

    say = _Words()
    yield say.title(f"Usages du logiciel en {view.year}")
    for place in view.places:
        yield say.text(f"{place.name}, FINESS {finess(place.finess)}")
    yield say.text(
        f"Estimation établie le {instant(view.now)} d’après les journaux d’activité déposés par le fournisseur ; "
        f"résultats : {view.stage_label.lower()}. Seule l’Assurance Maladie fixe ce qui est versé."
    )
    if view.frozen_by:
        yield say.text(f"Figés le {day(view.frozen_by.decided_at or view.now)} ({view.frozen_by.reference}).")
    yield Spacer(1, 10)
    if not view.cards:
        yield say.text("Rien n’est encore calculé pour cette année.")
        return
    if view.reward.earned is not None:
        yield say.text(f"{euros(view.reward.earned)} au vu des seuils atteints à ce jour.")
    if view.reward.held:
        yield say.text(view.reward.held)
    yield say.table([_HEADS, *(_summary(card) for card in view.cards)], _WIDTHS)
    for card in view.cards:
        yield from _measure(say, card)


def _summary(card: dict[str, Any]) -> tuple[str, ...]:
    result = card["result"]
    count = f"{result.numerator} sur {result.denominator}" if card["measure"].denominator else "–"
    amount = euros(card["measure"].amount) + (" sous condition" if card["under"] and card["measure"].amount else "")
    return card["measure"].title, card["rate"] or "–", card["threshold"] or "aucun", count, card["label"], amount


def _measure(say: _Words, card: dict[str, Any]) -> Iterator[Any]:
    yield say.heading(card["measure"].title)
    yield say.text(card["sentence"])
    if aside := card["set_aside"]:
        yield say.text(f"Neutralisé par décision du {day(aside.decided_at)} ({aside.reference}) : {aside.reason}")
    if found := card["projection"]:
        yield say.text(
            f"Estimation au 31 décembre : {found['rate']}, {found['verdict']} (entre {found['low']} et "
            f"{found['high']}). {found['method']}"
        )
    if card["later"]:
        later = card["later"]
        yield say.text(
            f"Régularisation : {later['old_rate']} figé, {later['new_rate']} avec les données arrivées depuis."
        )
    if card["missing"]:
        yield say.text(f"Mois sans dépôt : {', '.join(card['missing'])}.")
    doubt = " À confirmer." if card["doubtful"] else ""
    yield say.text(f"Règle : {card['measure'].source}. {card['measure'].note}{doubt}")
    if card["months"] and card["measure"].denominator:
        rows = [(f"{MONTHS[row['month'].month - 1]} {row['month'].year}", *_counts(row)) for row in card["months"]]
        total = ("Total compté", *_counts(card["total"]))
        yield say.table([("Mois", "Taux", "Compte"), *rows, total], (120, 80, 260))


def _counts(row: dict[str, Any]) -> tuple[str, str]:
    note = f" ({row['note']})" if row.get("note") else ""
    return row["rate"], f"{row['part']} sur {row['whole']}{note}"


class _Words:
    """Paragraphs and tables in one style."""

    def __init__(self) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.styles import ParagraphStyle

        base = {"textColor": HexColor(_INK), "fontName": "Helvetica"}
        self._cell = ParagraphStyle("cell", fontSize=8.5, leading=11, **base)
        self._text = ParagraphStyle("text", fontSize=9.5, leading=13, spaceAfter=4, **base)
        bold = base | {"fontName": "Helvetica-Bold"}
        self._title = ParagraphStyle("title", fontSize=17, leading=22, spaceAfter=8, **bold)
        self._heading = ParagraphStyle("heading", fontSize=12, leading=16, spaceBefore=14, spaceAfter=4, **bold)

    def text(self, words: str) -> Any:
        """A paragraph."""
        return self._paragraph(words, self._text)

    def title(self, words: str) -> Any:
        """The title of the report."""
        return self._paragraph(words, self._title)

    def heading(self, words: str) -> Any:
        """The name of a measure; never alone at the foot of a page."""
        found = self._paragraph(words, self._heading)
        found.keepWithNext = True
        return found

    def table(self, rows: list[tuple[str, ...]], widths: tuple[int, ...]) -> Any:
        """A table whose head comes again on each page."""
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        cells = [[self._paragraph(value, self._cell) for value in row] for row in rows]
        style = [
            ("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD)),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(_RULE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
        return Table(cells, colWidths=widths, repeatRows=1, style=style, hAlign="LEFT", spaceBefore=4, spaceAfter=6)

    def _paragraph(self, words: str, style: Any) -> Any:
        from reportlab.platypus import Paragraph

        return Paragraph(escape(words.replace("\u202f", "\u00a0")), style)


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(document.pagesize[0] - 48, 28, f"Page {document.page}")
