"""What changes between two rule sets, in French sentences. Complete: every field of a rule set has its words here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.common.clock import paris_date
from portal.common.money import euros
from portal.programmes.domain.ruleset import Conditional, Milestone, Money, RuleSet
from portal.rulemaking.domain.rows import ROW_TABLES, RowWords
from portal.rulemaking.domain.words import (
    CONFIDENCE_WORDS,
    milestone_label,
    milestone_subject,
    milestone_when,
    milestone_words,
)
from portal.ui.formats import day, instant

CALENDAR, MONEY, DELAYS, TEXTS, IDENTITY = "Calendrier", "Montants et TVA", "Délais", "Textes et listes", "Identité"


@dataclass(frozen=True)
class Change:
    """One difference: its section and its sentence; ``shortens`` where it takes time away from somebody."""

    section: str
    words: str
    shortens: bool = False


Differ = Callable[[Any, Any], Iterator[Change]]


def differences(before: RuleSet, after: RuleSet) -> tuple[Change, ...]:
    """Every difference, grouped by section in the order in which people care."""
    found = [
        change
        for field in fields(RuleSet)
        if (old := getattr(before, field.name)) != (new := getattr(after, field.name))
        for change in DIFFERS[field.name](old, new)
    ]
    order = (CALENDAR, DELAYS, MONEY, TEXTS, IDENTITY)
    return tuple(sorted(found, key=lambda change: order.index(change.section)))


def _text(label: str, section: str = IDENTITY) -> Differ:
    def differ(old: str, new: str) -> Iterator[Change]:
        yield Change(section, f"{label} : {quoted(old)} → {quoted(new)}")

    return differ


def _days(label: str) -> Differ:
    def differ(old: int, new: int) -> Iterator[Change]:
        yield Change(DELAYS, f"{label} : {old} jours → {new} jours ({new - old:+d})", shortens=new < old)

    return differ


def _reach(old: datetime | None, new: datetime | None) -> Iterator[Change]:
    yield Change(IDENTITY, f"Portée : {_reach_words(old)} → {_reach_words(new)}")


def _reach_words(at: datetime | None) -> str:
    return f"les actes à compter du {instant(at)}" if at else "tous les actes"


def _calendar(old: Sequence[Milestone], new: Sequence[Milestone]) -> Iterator[Change]:
    before, after = ({milestone.code: milestone for milestone in rows} for rows in (old, new))
    for code, milestone in after.items():
        if code not in before:
            words = f"Nouvelle date : {milestone_words(milestone)} (source : {milestone.source})"
            yield Change(CALENDAR, words, shortens=True)
        elif milestone != before[code]:
            yield from _milestone(before[code], milestone)
    for code, milestone in before.items():
        if code not in after:
            yield Change(CALENDAR, f"Date retirée : {milestone_words(milestone)}")
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield Change(CALENDAR, "L’ordre des dates change, sans autre effet")


def _milestone(old: Milestone, new: Milestone) -> Iterator[Change]:
    if (old.nature, old.bound) != (new.nature, new.bound):
        yield Change(CALENDAR, f"{milestone_words(old)} → {milestone_words(new)}", shortens=True)
    elif old.at != new.at:
        later = new.at > old.at
        words = f"{milestone_subject(new)} {milestone_when(old)} → {milestone_when(new)} ({_shift(old.at, new.at)})"
        yield Change(CALENDAR, words, shortens=later == (new.bound == "opens"))
    label = milestone_label(new)
    if old.confidence != new.confidence:
        was, now = CONFIDENCE_WORDS[old.confidence], CONFIDENCE_WORDS[new.confidence]
        yield Change(CALENDAR, f"{label} : date {was} → {now}")
    if old.source != new.source:
        yield Change(CALENDAR, f"{label} : source {quoted(old.source)} → {quoted(new.source)}")
    if old.note != new.note:
        yield Change(CALENDAR, f"{label} : remarque {quoted(old.note)} → {quoted(new.note)}")


def _shift(old: datetime, new: datetime) -> str:
    days = (paris_date(new) - paris_date(old)).days
    return f"{days:+d} jour{'s' if abs(days) > 1 else ''}" if days else "même jour, autre heure"


def _conditional(old: Conditional, new: Conditional) -> Iterator[Change]:
    if old.limit_days != new.limit_days:
        yield from _days("Dépôt du dossier complet d’une commande sous condition, à compter de la signature")(
            old.limit_days, new.limit_days
        )
    if (old.window_from, old.window_to) != (new.window_from, new.window_to):
        was, now = (f"du {day(rows.window_from)} au {day(rows.window_to)}" for rows in (old, new))
        yield Change(DELAYS, f"Fenêtre affichée des commandes sous condition : {was} → {now}")
    if old.window_source != new.window_source:
        yield from _text("Source de la fenêtre affichée", DELAYS)(old.window_source, new.window_source)
    if old.note != new.note:
        yield from _text("Remarque sur les commandes sous condition", DELAYS)(old.note, new.note)


_MONEY_WORDS: Mapping[str, str] = {
    "vat_percent": "Taux de TVA",
    "advance_percent": "Part de l’avance",
    "balance_percent": "Part du solde",
    "vat_confidence": "Taux de TVA : doute",
    "shares_confidence": "Parts de l’avance et du solde : doute",
    "shares_source": "Parts de l’avance et du solde : source",
}


def _money(old: Money, new: Money) -> Iterator[Change]:
    for field in fields(Money):
        was, now = getattr(old, field.name), getattr(new, field.name)
        if was == now:
            continue
        if field.name in ROW_TABLES:
            yield from _rows(MONEY, ROW_TABLES[field.name])(was, now)
        elif field.name == "vat_overseas":
            yield from _overseas(was, now)
        else:
            yield Change(MONEY, f"{_MONEY_WORDS[field.name]} : {said(was)} → {said(now)}")


def _overseas(
    old: Sequence[tuple[frozenset[str], Decimal]], new: Sequence[tuple[frozenset[str], Decimal]]
) -> Iterator[Change]:
    before, after = ({code: rate for codes, rate in reversed(rows) for code in codes} for rows in (old, new))
    for code in sorted(before.keys() | after.keys()):
        was, now = before.get(code), after.get(code)
        if was != now:
            words = ["taux général" if rate is None else percent(rate) for rate in (was, now)]
            yield Change(MONEY, f"TVA du département {code} : {words[0]} → {words[1]}")
    if before == after:
        yield Change(MONEY, "La présentation des taux de TVA outre-mer change, sans autre effet")


def _rows(section: str, words: RowWords) -> Differ:
    def differ(old: Sequence[Any], new: Sequence[Any]) -> Iterator[Change]:
        before, after = ({words.key(row): row for row in rows} for rows in (old, new))
        for key, row in after.items():
            if key not in before:
                yield Change(section, f"{words.noun} : ajout de {words.title(row)}", shortens=words.addition_shortens)
            elif row != before[key]:
                yield from (Change(section, sentence) for sentence in _row(words, before[key], row))
        for key, row in before.items():
            if key not in after:
                yield Change(section, f"{words.noun} : retrait de {words.title(row)}")
        if before == after:
            yield Change(section, f"{words.noun} : l’ordre ou la répétition des lignes change")

    return differ


def _row(words: RowWords, old: Any, new: Any) -> Iterator[str]:
    for field in fields(new):
        was, now = getattr(old, field.name), getattr(new, field.name)
        if was != now:
            yield f"{words.noun}, {words.title(new)} : {words.fields[field.name]} {said(was)} → {said(now)}"


def _set(label: str) -> Differ:
    def differ(old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
        before, after = list(old), list(new)
        for item in sorted(set(after) - set(before)):
            yield Change(TEXTS, f"{label} : ajout de {quoted(item)}")
        for item in sorted(set(before) - set(after)):
            yield Change(TEXTS, f"{label} : retrait de {quoted(item)}")
        if set(before) == set(after):
            yield Change(TEXTS, f"{label} : l’ordre ou la répétition des lignes change")

    return differ


def _mentions(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield Change(TEXTS, f"Mention « {key} » : {quoted(old.get(key, ''))} → {quoted(new.get(key, ''))}")


def quoted(text: str) -> str:
    """A text between French quotation marks; an empty one is said to be."""
    return f"« {text} »" if text else "(rien)"


def percent(rate: Decimal) -> str:
    """« 8,5 % »."""
    return f"{rate.normalize():f}".replace(".", ",") + "\u00a0%"


def said(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return "(rien)"
    if isinstance(value, Decimal):
        return euros(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, frozenset):
        return quoted(", ".join(sorted(value)))
    return quoted(str(value))


DIFFERS: Mapping[str, Differ] = {
    "programme": _text("Code du dispositif"),
    "name": _text("Nom du dispositif"),
    "funding_call": _text("Appel à financement"),
    "version": lambda old, new: iter([Change(IDENTITY, f"Version : {old} → {new}")]),
    "title": _text("Intitulé"),
    "source": _text("Source"),
    "zone": _text("Fuseau horaire"),
    "applies_from": _reach,
    "prestation_label": _text("Libellé de la Prestation", TEXTS),
    "prestations": _rows(TEXTS, ROW_TABLES["prestations"]),
    "signature_link_days": _days("Validité d’un bon de commande émis et non signé"),
    "eligible_categories": _set("Catégories FINESS éligibles"),
    "required_fields": _rows(TEXTS, ROW_TABLES["required_fields"]),
    "calendar": _calendar,
    "outages": _rows(CALENDAR, ROW_TABLES["outages"]),
    "conditional": _conditional,
    "money": _money,
    "mentions": _mentions,
    "covered": _set("Prestation couverte"),
    "not_covered": _set("Prestation non couverte"),
    "checklist": _rows(TEXTS, ROW_TABLES["checklist"]),
    "certificates": _rows(TEXTS, ROW_TABLES["certificates"]),
    "va_statements": _rows(TEXTS, ROW_TABLES["va_statements"]),
    "va_reserve_days": _days("Délai d’une réserve de la VA"),
}
