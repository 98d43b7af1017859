"""What the components need to know before they are drawn: plain data, computed away from the templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

TONES = ("info", "success", "warning", "error", "new", "neutral")
STEP_WORDS = {"done": "terminée", "current": "en cours", "todo": "à venir"}


def badge_html(label: object, tone: str) -> SafeString:
    """A DSFR badge: the words carry the meaning, the colour only repeats it."""
    if tone not in TONES:
        raise ValueError(f"unknown badge tone {tone!r}: one of {', '.join(TONES)}")
    colour = "" if tone == "neutral" else f" fr-badge--{tone}"
    return format_html('<span class="fr-badge fr-badge--no-icon portal-badge{}">{}</span>', colour, label)


@dataclass(frozen=True)
class Step:
    """One step of a course, with the French words for its state."""

    number: int
    label: str
    state: str

    @property
    def state_words(self) -> str:
        """The state in French: « terminée », « en cours », « à venir »."""
        return STEP_WORDS[self.state]


def as_steps(steps: Iterable[Mapping[str, Any]]) -> list[Step]:
    """Check and number ``{label, state}`` steps; an unknown state is a programming error."""
    numbered = [Step(number, str(s["label"]), str(s["state"])) for number, s in enumerate(steps, start=1)]
    for step in numbered:
        if step.state not in STEP_WORDS:
            raise ValueError(f"unknown step state {step.state!r}: one of {', '.join(STEP_WORDS)}")
    return numbered


def stepper_context(steps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Steps with the current and the following one; both ``None`` when there is none."""
    numbered = as_steps(steps)
    current = next((s for s in numbered if s.state == "current"), None)
    after = next((s for s in numbered if current and s.number > current.number), None)
    done = sum(s.state == "done" for s in numbered)
    return {"steps": numbered, "current": current, "after": after, "done": done, "total": len(numbered)}


def query_with(query: QueryDict | None, **changes: str | int | None) -> str:
    """The query string of the page being read, with some parameters changed (``None`` removes one)."""
    changed = QueryDict(mutable=True) if query is None else query.copy()
    for name, value in changes.items():
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = str(value)
    return "?" + changed.urlencode()


@dataclass(frozen=True)
class PageLink:
    """A place in the pagination: a page with its address, or an ellipsis (``number`` is ``None``)."""

    number: int | None
    url: str
    current: bool


def page_links(page: Page[Any], query: QueryDict | None, param: str) -> list[PageLink]:
    """First, last and neighbouring pages, with ellipses between."""
    elided = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return [
        PageLink(place, query_with(query, **{param: place}), place == page.number)
        if isinstance(place, int)
        else PageLink(None, "", False)
        for place in elided
    ]


def sort_direction(query: QueryDict | None, key: str, param: str, default: str) -> str:
    """``ascending``, ``descending`` or empty: how the list is sorted by ``key`` at present."""
    current = (query.get(param) if query is not None else None) or default
    if current == key:
        return "ascending"
    return "descending" if current == f"-{key}" else ""


def term_pairs(items: Iterable[Any] | Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Terms and values from a mapping, from pairs, or from ``{label, value}`` mappings."""
    if isinstance(items, Mapping):
        return [(str(term), value) for term, value in items.items()]
    return [_pair(item) for item in items]


def _pair(item: Any) -> tuple[str, Any]:
    if isinstance(item, Mapping):
        return str(item["label"]), item["value"]
    term, value = item
    return str(term), value


def crumbs(parts: Sequence[Any]) -> tuple[list[tuple[str, str]], str]:
    """``label, url, label, url, …, label``: the links, then the name of the page being read."""
    if len(parts) % 2 == 0:
        raise ValueError("breadcrumb: pairs of label and url, then the label of the page itself")
    links = [(str(parts[i]), str(parts[i + 1])) for i in range(0, len(parts) - 1, 2)]
    return links, str(parts[-1])
