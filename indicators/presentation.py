"""A pharmacy's year as its pages, its report and its files say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from indicators import charts
from indicators.catalogue import closing_for, measures_in, open_programme
from indicators.domain.advice import Situation, advice, month_of
from indicators.domain.explain import percent, sentence
from indicators.domain.lifecycle import FREEZE, NEUTRALISE
from indicators.domain.measures import STATE_LABELS, Measure, State, floored
from indicators.domain.projection import method, project
from indicators.domain.reward import Reward
from indicators.domain.years import STAGE_LABELS, Closing, Stage, stage_of
from indicators.models import Deposit, MeasureResult, YearDecision
from indicators.selectors import (
    Month,
    Standing,
    decisions_taken,
    deposits_called,
    ended_on,
    months_of,
    ready_on,
    results_of,
    reward_for,
)
from portal.common.clock import paris_date
from portal.registry.models import Lineage, Pharmacy

TONES = {State.REACHED: "success", State.BELOW: "warning", State.INCOMPLETE: "info", State.WAITING: "warning"}
STAGE_TONES = {Stage.PROVISIONAL: "info", Stage.CLOSED: "new", Stage.FROZEN: "success"}


@dataclass(frozen=True)
class YearView:
    """Everything that is said of one lineage's year; ``now`` is business time."""

    lineage: Lineage
    year: int
    now: datetime
    stage: Stage
    closing: Closing
    decisions: Sequence[YearDecision]
    months: Sequence[Month]
    cards: Sequence[dict[str, Any]]
    reward: Reward
    coming: Sequence[dict[str, Any]] = ()

    @property
    def stage_label(self) -> str:
        """How firm the results are, in a word."""
        return STAGE_LABELS[self.stage]

    @property
    def stage_tone(self) -> str:
        """Of its badge."""
        return STAGE_TONES[self.stage]

    @property
    def places(self) -> list[Pharmacy]:
        """The pharmacies of the lineage, those closed since too."""
        return list(self.lineage.pharmacies.order_by("finess"))

    @property
    def frozen_by(self) -> YearDecision | None:
        """The decision that froze the year."""
        return next((one for one in self.decisions if one.kind == FREEZE), None)


class _Known(NamedTuple):
    """What every card of a year is drawn from. ``start``: the day of the VA; ``last``: the last day awaited."""

    months: Sequence[Month]
    start: date | None
    last: date | None
    today: date


def year_view(lineage: Lineage, year: int, now: datetime) -> YearView:
    """Read a lineage's year and put it in words."""
    today, programme = paris_date(now), open_programme(now)
    measures = {(one.code, one.version): one for one in measures_in(programme, year)}
    standings = [one for one in results_of(lineage, year) if (one.result.code, one.result.version) in measures]
    start = ready_on(lineage, programme)
    months = [month for month in months_of(lineage, year, start) if month.first <= today]
    decisions = decisions_taken(year)
    closing = closing_for(programme, year)
    frozen = any(one.kind == FREEZE for one in decisions)
    causes = deposits_called(key for one in standings if one.later for key in one.later.because)
    known = _Known(months, start, ended_on(lineage), today)
    cards = [_card(measures[one.result.code, one.result.version], one, known) for one in standings]
    reward = reward_for(measures.values(), standings)
    for card, standing in zip(cards, standings, strict=True):
        card["under"] = "" if card["measure"].precondition else reward.conditions
        card["set_aside"] = set_aside(decisions, card["measure"].code)
        card["later"] = _later(standing, causes)
    stage = stage_of(closing, today, frozen=frozen)
    coming = _coming(
        months, [one for one in measures_in(programme, year + 1) if (one.code, one.version) not in measures]
    )
    coming = coming if year == today.year else []
    return YearView(lineage, year, now, stage, closing, decisions, months, cards, reward, coming)


def _coming(months: Iterable[Month], measures: Iterable[Measure]) -> list[dict[str, Any]]:
    """What starts to be measured next year, with the rate that this year's activity would give."""
    sums = Counter[str]()
    for month in months:
        sums.update(month.counters)
    return [
        {
            "measure": one,
            "threshold": percent(one.percent) if one.percent is not None else "",
            "rate": percent(floored(sums[one.numerator], whole)) if (whole := sums[one.denominator]) else "–",
        }
        for one in measures
        if one.denominator
    ]


def set_aside(decisions: Iterable[YearDecision], code: str) -> YearDecision | None:
    """The decision that neutralises an indicator."""
    return next((one for one in decisions if one.kind == NEUTRALISE and one.code == code), None)


def month_row(measure: Measure, month: Month) -> dict[str, Any]:
    """A month, or a day, as a row of a table: what counts of it, or what came before the VA, and its ``note``."""
    part, whole = _of(measure, month.counters if month.before else month.counted)
    value = floored(part, whole) if whole else None
    return {
        "month": month.first,
        "part": part,
        "whole": whole,
        "value": value,
        "rate": percent(value) if value is not None else "–",
        "before": month.before,
        "note": _note(measure, month),
    }


def total_row(rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What the rows count: the sum that a result is computed from."""
    counted = [row for row in rows if not row["before"]]
    part, whole = sum(row["part"] for row in counted), sum(row["whole"] for row in counted)
    return {"part": part, "whole": whole, "rate": percent(floored(part, whole)) if whole else "–"}


def _of(measure: Measure, counters: Mapping[str, int]) -> tuple[int, int]:
    return counters.get(measure.numerator, 0), counters.get(measure.denominator, 0)


def _note(measure: Measure, month: Month) -> str:
    if month.before:
        return "avant la VA, non compté"
    (part, whole), (counted, of) = _of(measure, month.counters), _of(measure, month.counted)
    return f"et {part - counted} sur {whole - of} avant la VA, non comptés" if whole > of else ""


def _card(measure: Measure, standing: Standing, known: _Known) -> dict[str, Any]:
    result, state = standing.result, State(standing.result.state)
    series = [month_row(measure, month) for month in known.months]
    drawn = measure.percent is not None and result.rate is not None
    missing = list(result.months_missing)
    rates = [(row["month"], row["value"]) for row in series if row["value"] is not None and not row["before"]]
    situation = Situation(measure, state, result.ahead, missing, rates, result.year, known.today, known.last)
    return {
        "measure": measure,
        "result": result,
        "label": standing.label,
        "tone": TONES.get(state, "neutral"),
        "sentence": sentence(measure, state, missing=result.missing, ahead=result.ahead, year=result.year),
        "rate": percent(result.rate) if result.rate is not None else "",
        "threshold": percent(measure.percent) if measure.percent is not None else "",
        "gauge": _gauge(measure, result),
        "months": series,
        "total": total_row(series),
        **(drawing(measure, series) if drawn else {}),
        "missing": [month_of(month) for month in missing],
        "advice": advice(situation),
        "projection": _projection(measure, state, series, result.year, known),
        "doubtful": measure.confidence != "C",
    }


def drawing(measure: Measure, series: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The columns of months or days, the line of the threshold and the rate at the top."""
    rates = [row["value"] for row in series]
    top = charts.top_of(measure.percent, rates)
    line = charts.line_at(measure.percent, top) if measure.percent is not None else None
    return {"columns": charts.columns(rates, top), "line": line, "top": percent(top)}


def _gauge(measure: Measure, result: MeasureResult) -> charts.Gauge | None:
    if measure.percent is None or result.rate is None:
        return None
    return charts.gauge(result.rate, measure.percent)


def _projection(
    measure: Measure, state: State, series: Iterable[dict[str, Any]], year: int, known: _Known
) -> dict[str, str] | None:
    if measure.percent is None or state is State.NEUTRALISED:
        return None
    counts = {row["month"]: (row["part"], row["whole"]) for row in series if row["whole"]}
    found = project(counts, year, known.start, known.today, known.last)
    if found is None:
        return None
    words = {name: percent(getattr(found, name)) for name in ("rate", "low", "high")}
    verdict = "au-dessus du seuil" if found.rate >= measure.percent else "en dessous du seuil"
    return {**words, "verdict": verdict, "method": method(found)}


def _later(standing: Standing, causes: dict[str, Deposit]) -> dict[str, Any] | None:
    """What came after the freeze: old, new, and the deposits that explain it."""
    later, first = standing.later, standing.result
    if later is None and not first.regularisation:
        return None
    new = later or first
    return {
        "old": None if later is None else first,
        "new": new,
        "old_rate": percent(first.rate) if later is not None and first.rate is not None else "–",
        "new_rate": percent(new.rate) if new.rate is not None else "–",
        "old_label": STATE_LABELS[State(first.state)],
        "new_label": STATE_LABELS[State(new.state)],
        "deposits": [causes[key] for key in new.because if key in causes],
    }
