"""Reading the content of a rule set (the catalogue's TOML as JSON values) into its frozen value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.programmes.domain.ruleset import (
    BOUNDS,
    CONFIDENCES,
    NATURES,
    BadRuleSet,
    Beneficiary,
    Conditional,
    Item,
    Milestone,
    Money,
    Outage,
    Prestation,
    RequiredField,
    RuleSet,
    Statement,
    Tier,
)

FORM_FIELDS = (
    "client_name",
    "client_responsible",
    "client_phone",
    "client_email",
    "administrator_name",
    "administrator_status",
    "administrator_card",
    "administrator_phone",
    "administrator_email",
    "installation_scenario",
)
"""The fields that can be required, and those that a rule set without a table ``required_fields`` asks for (S)."""
_FORM_SOURCE = "S, exemple de bon de commande"


def parse(content: Mapping[str, Any]) -> RuleSet:
    """Read the content of a rule set. Raises ``BadRuleSet`` naming what is wrong."""
    try:
        return _parse(content)
    except KeyError as error:
        raise BadRuleSet(f"clé manquante : {error}") from error
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise BadRuleSet(str(error)) from error


def _parse(content: Mapping[str, Any]) -> RuleSet:
    zone = ZoneInfo(content["zone"])
    calendar = tuple(_milestone(row, zone) for row in content["calendar"])
    check_calendar(calendar)
    return RuleSet(
        programme=content["programme"],
        name=content["name"],
        funding_call=content["funding_call"],
        version=int(content["version"]),
        title=content["title"],
        source=content["source"],
        zone=content["zone"],
        applies_from=_instant(content.get("applies_from"), "applies_from"),
        prestation_label=content["prestation_label"],
        prestations=_prestations(content.get("prestations", ())),
        signature_link_days=_days(content, "signature_link_days"),
        eligible_categories=frozenset(content["eligible_categories"]),
        required_fields=_required(content.get("required_fields")),
        calendar=calendar,
        outages=tuple(_outage(row) for row in content.get("outages", ())),
        conditional=_conditional(content["conditional"]),
        money=_money(content["money"]),
        mentions={key: str(text) for key, text in content["mentions"].items()},
        covered=tuple(content["coverage"]["covered"]),
        not_covered=tuple(content["coverage"]["not_covered"]),
        checklist=tuple(Item(row["code"], row["label"]) for row in content["checklist"]),
        certificates=tuple(Item(row["code"], row["label"]) for row in content["certificates"]),
        va_statements=tuple(Statement(r["code"], r["heading"], r["text"]) for r in content["va_statements"]),
        va_reserve_days=_days(content["va"], "reserve_days"),
    )


def check_calendar(calendar: Sequence[Milestone]) -> None:
    """One date a code and one a (nature, bound), each opening before its closing. Raises ``BadRuleSet``."""
    seen: set[str | tuple[str, str]] = set()
    for milestone in calendar:
        for key in (milestone.code, (milestone.nature, milestone.bound)):
            if key in seen:
                where = f"{milestone.code} ({milestone.nature}, {milestone.bound})"
                raise BadRuleSet(f"calendar : {where} est donné deux fois")
            seen.add(key)
    at = {(milestone.nature, milestone.bound): milestone.at for milestone in calendar}
    for nature in NATURES:
        opens, closes = (at.get((nature, bound)) for bound in BOUNDS)
        if opens and closes and opens >= closes:
            raise BadRuleSet(f"calendar : {nature} s’ouvre après sa clôture")


def _milestone(row: Mapping[str, Any], zone: ZoneInfo) -> Milestone:
    _known(row["code"], row, {"nature": NATURES, "bound": BOUNDS, "confidence": CONFIDENCES})
    local = datetime.combine(date.fromisoformat(row["day"]), time.fromisoformat(row["hour"]), zone)
    return Milestone(
        code=row["code"],
        nature=row["nature"],
        bound=row["bound"],
        at=local.astimezone(UTC),
        source=row["source"],
        confidence=row["confidence"],
        note=row.get("note", ""),
    )


def _known(code: str, row: Mapping[str, Any], choices: Mapping[str, tuple[str, ...]]) -> None:
    for key, allowed in choices.items():
        if row[key] not in allowed:
            raise BadRuleSet(f"{code}.{key} = {row[key]!r} : attendu {', '.join(allowed)}")


def _instant(text: Any, key: str) -> datetime | None:
    if text is None:
        return None
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise BadRuleSet(f"{key} = {text!r} : le fuseau manque")
    return instant.astimezone(UTC)


def _days(row: Mapping[str, Any], key: str) -> int:
    days = int(row[key])
    if not 0 < days <= 3650:
        raise BadRuleSet(f"{key} = {days} : attendu un nombre de jours de 1 à 3650")
    return days


def _outage(row: Mapping[str, Any]) -> Outage:
    began, ended, extended = (_instant(row[key], key) for key in ("began_at", "ended_at", "extended_to"))
    if began is None or ended is None or extended is None or not began < ended <= extended:
        raise BadRuleSet(f"outages.{row['code']} : le début, la fin et le report doivent se suivre")
    for nature in row["natures"]:
        _known(row["code"], {"nature": nature, "confidence": row["confidence"]}, {"nature": NATURES})
    _known(row["code"], row, {"confidence": CONFIDENCES})
    natures = frozenset(row["natures"])
    return Outage(row["code"], began, ended, extended, natures, row["description"], row["confidence"])


def _required(rows: Sequence[Mapping[str, Any]] | None) -> tuple[RequiredField, ...]:
    if rows is None:
        return tuple(RequiredField(name, None, _FORM_SOURCE) for name in FORM_FIELDS)
    for row in rows:
        _known("required_fields", row, {"field": FORM_FIELDS})
    return tuple(RequiredField(row["field"], _instant(row.get("from"), "from"), row["source"]) for row in rows)


def _prestations(rows: Sequence[Mapping[str, Any]]) -> tuple[Prestation, ...]:
    return tuple(
        Prestation(
            code=row["code"],
            label=row["label"],
            after=frozenset(row.get("after", ())),
            never_after=frozenset(row.get("never_after", ())),
            source=row["source"],
        )
        for row in rows
    )


def _conditional(row: Mapping[str, Any]) -> Conditional:
    return Conditional(
        limit_days=_days(row, "limit_days"),
        window_from=date.fromisoformat(row["window_from"]),
        window_to=date.fromisoformat(row["window_to"]),
        window_source=row["window_source"],
        note=row["note"],
    )


def _money(row: Mapping[str, Any]) -> Money:
    tiers = tuple(
        Tier(t["code"], t["label"], _finite(t["floor_ht"]), _finite(t["ceiling_ht"]), t["source"], t["confidence"])
        for t in row.get("tiers", ())
    )
    beneficiaries = tuple(
        Beneficiary(b["finess"], b.get("prestation", ""), _finite(b["ceiling_ht"]), b["source"], b["confidence"])
        for b in row.get("beneficiaries", ())
    )
    if any(t.floor_ht > t.ceiling_ht or t.floor_ht < 0 for t in tiers) or not tiers + beneficiaries:
        raise BadRuleSet("money.tiers : un plancher dépasse son plafond, ou aucune classe n’est donnée")
    if any(b.ceiling_ht <= 0 for b in beneficiaries):
        raise BadRuleSet("money.beneficiaries : un plafond doit être supérieur à 0")
    advance, balance = _finite(row["advance_percent"]), _finite(row["balance_percent"])
    if advance + balance != 100 or min(advance, balance) < 0:
        raise BadRuleSet("money : avance et solde doivent faire 100 %")
    return Money(
        vat_percent=_percent(row["vat_percent"]),
        vat_overseas=tuple((frozenset(v["departments"]), _percent(v["percent"])) for v in row["vat_overseas"]),
        advance_percent=advance,
        balance_percent=balance,
        tiers=tiers,
        beneficiaries=beneficiaries,
        vat_confidence=_confidence(row, "vat_confidence"),
        shares_source=row.get("shares_source", ""),
        shares_confidence=_confidence(row, "shares_confidence"),
    )


def _confidence(row: Mapping[str, Any], key: str) -> str:
    _known("money", {key: row.get(key, "C")}, {key: CONFIDENCES})
    return str(row.get(key, "C"))


def _finite(text: Any) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise BadRuleSet(f"{text!r} n’est pas un montant")
    return number


def _percent(text: Any) -> Decimal:
    number = _finite(text)
    if not 0 <= number <= 100:
        raise BadRuleSet(f"{text!r} : un taux va de 0 à 100 %")
    return number
