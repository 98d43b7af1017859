"""Filters and components for every page: ``{% load portal_ui %}``.

Filters (an absent value gives an empty text, so ``|default:"à fixer"`` works; times are Europe/Paris):

    {{ order.signed_at|jour }}                 15/11/2022
    {{ order.signed_at|jour_long }}            15 novembre 2022
    {{ order.signed_at|instant }}              15/11/2022 à 14 h 00
    {{ order.expires_at|limite }}              avant le 15/03/2023 à 14 h 00, jusqu’au 09/12/2022 inclus
    {{ order.expires_at|dernier_jour }}        09/12/2022 (last day that an exclusive limit includes)
    {{ order.expires_at|echeance }}            dans 12 jours, demain, aujourd’hui, dépassée de 3 jours
    {{ order.expires_at|echeance:now }}        the same, relative to ``now`` (default: business clock)
    {{ amount|euros }}                         1 050,00 €; None gives « non précisé »
    {{ pharmacy.finess|finess }}               01 000 230 1
    dépôt{{ count|pluralize }}                    by the French rule, in every template (``french.py``)
    {{ supplier.siret|siret }}                 732 829 320 00074

Components (all work without scripts):

    {% badge "Signé" "success" %}              tones: info success warning error new neutral
    {% breadcrumb "Commandes" list_url "BC-12" %}   label url … then the page itself; in {% block breadcrumb %}
    {% next_step "Signez le bon" "Vous avez 30 jours." owner="Vous" due_at=… action_url=… action_label="Signer" %}
                 (on one line, Django tags cannot be folded; also: now=, appointment=True: a date agreed upon,
                 not a limit; secondary_url=, secondary_label=,
                 mine=True|False: framed as the reader's turn, by default when there is an action)
    {% stepper steps %}                        [{label, state}], state: done current todo
    {% timeline events %}                      [{at, title, actor, detail, document_url, document_label}]
    {% definition_list pairs %}                [(label, value)], or {label: value}, or [{label, value}];
                                               None gives « non renseigné »
    {% empty_state "Aucune commande" "Texte." action_url=url action_label="Rédiger" %}
    {% pagination page_obj %}                  keeps the filters; param="page", label="Pagination"
    <th scope="col" {% aria_sort "date" %}>{% sort_link "Date" "date" %}</th>
                                               reads and writes ?tri=date / ?tri=-date; default="-date"
    {% querystring page=None etat="signe" %}   Django's own tag: the current query with changes

Forms: ``{{ form }}`` draws everything. For your own layout, put ``{% include "ui/form_errors.html" %}`` first
inside the form (summary and explanation of the ``*``, each once), then ``{{ form.x.as_field_group }}``.

Page frame: ``{% extends "base.html" %}`` with the blocks title, main_class (``portal-narrow``: reading width),
breadcrumb, content, extra_head, extra_body. A context processor may give ``demo_banner`` {business_now,
advance_url}, ``nav_items`` [{label, url, current}], ``identity`` {name, role, organisation, switch_url,
account_url} and ``footer_links`` [{label, url}]; each is optional. Static files only: the content security
policy allows no inline script or style.

CSS classes (portal.css): ``portal-table`` (each td carries ``data-label``: cards on phones), ``portal-card``,
``portal-grid``, ``portal-actions`` (row of buttons), ``portal-filters`` (GET form), ``portal-narrow``
(reading width), ``portal-lead``, ``portal-facts`` (plain words; li ``portal-facts__not``: not covered),
``portal-consent`` (form whose boxes are big targets), ``portal-kpis``, ``portal-number``, ``portal-nowrap``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.template.context import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.common import money
from portal.common.clock import business_now
from portal.ui import components, formats, forms
from portal.ui.formats import Moment

register = template.Library()


@register.filter
def jour(moment: Moment | None) -> str:
    """« 15/11/2022 »."""
    return formats.day(moment) if moment else ""


@register.filter
def jour_long(moment: Moment | None) -> str:
    """« 15 novembre 2022 »."""
    return formats.long_day(moment) if moment else ""


@register.filter
def instant(moment: Moment | None) -> str:
    """« 15/11/2022 à 14 h 00 »."""
    return formats.instant(moment) if moment else ""


@register.filter
def limite(moment: Moment | None) -> str:
    """« avant le 15/03/2023 à 14 h 00 », « jusqu’au 09/12/2022 inclus »."""
    return formats.limit(moment) if moment else ""


@register.filter
def dernier_jour(moment: Moment | None) -> str:
    """The last day that an exclusive limit still includes: « 09/12/2022 »."""
    return formats.day(formats.last_included(moment)) if moment else ""


@register.filter
def echeance(due: Moment | None, now: datetime | None = None) -> str:
    """« dans 12 jours », « aujourd’hui », « dépassée de 3 jours »."""
    return formats.deadline(due, now or business_now()) if due else ""


@register.filter
def euros(amount: Decimal | int | None) -> str:
    """« 1 050,00 € »; an unknown amount is said to be unknown, never 0."""
    return money.euros(None if amount is None or amount == "" else Decimal(amount))


@register.filter
def finess(identifier: str | None) -> str:
    """« 01 000 230 1 »."""
    return formats.finess(str(identifier)) if identifier else ""


@register.filter
def siret(identifier: str | None) -> str:
    """« 732 829 320 00074 »."""
    return formats.siret(str(identifier)) if identifier else ""


@register.filter
def error_items(errors: ErrorList) -> list[tuple[str, str]]:
    """The messages of a field, each with the legal reference that a refusal may carry."""
    return forms.error_items(errors)


@register.simple_tag
def form_head(form: object) -> forms.FormHead | None:
    """What ``ui/form_errors.html`` shows at the top of ``form``, once."""
    return forms.form_head(form) if isinstance(form, BaseForm) else None


@register.simple_tag
def state_brand() -> bool:
    """Whether this installation may carry the State's block (``PORTAL_STATE_BRAND``)."""
    return bool(getattr(settings, "PORTAL_STATE_BRAND", False))


@register.simple_tag
def badge(label: object, tone: str = "neutral") -> SafeString:
    """A state in words, on a coloured ground."""
    return components.badge_html(label, tone)


@register.inclusion_tag("ui/components/breadcrumb.html")
def breadcrumb(*parts: object) -> dict[str, Any]:
    """Where the page stands: label, url, …, and the label of the page itself."""
    links, here = components.crumbs(parts)
    return {"links": links, "here": here}


@register.inclusion_tag("ui/components/next_step.html")
def next_step(
    title: str,
    text: str = "",
    *,
    owner: str = "",
    due_at: Moment | None = None,
    appointment: bool = False,
    now: datetime | None = None,
    action_url: str = "",
    action_label: str = "",
    secondary_url: str = "",
    secondary_label: str = "",
    mine: bool | None = None,
) -> dict[str, Any]:
    """The one card that says what is next, who acts, by when, and offers the button."""
    moment = now or business_now()
    return {
        "title": title,
        "text": text,
        "owner": owner,
        "due_at": due_at,
        "appointment": appointment,
        "due_words": formats.deadline(due_at, moment) if due_at else "",
        "overdue": due_at is not None and formats.is_overdue(due_at, moment),
        "action_url": action_url,
        "action_label": action_label,
        "secondary_url": secondary_url,
        "secondary_label": secondary_label,
        "mine": bool(action_url) if mine is None else mine,
    }


@register.inclusion_tag("ui/components/stepper.html")
def stepper(steps: Iterable[Mapping[str, Any]], label: str = "Avancement") -> dict[str, Any]:
    """A course with its steps done, current and to come."""
    return {**components.stepper_context(steps), "label": label}


@register.inclusion_tag("ui/components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """What happened, in the order given: instant, title, actor, detail, document."""
    return {"events": events}


@register.inclusion_tag("ui/components/definition_list.html")
def definition_list(items: Iterable[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """Terms and values, side by side on a desk, stacked on a phone."""
    return {"items": components.term_pairs(items)}


@register.inclusion_tag("ui/components/empty_state.html")
def empty_state(title: str, text: str = "", *, action_url: str = "", action_label: str = "") -> dict[str, Any]:
    """What to say where a list has nothing to show."""
    return {"title": title, "text": text, "action_url": action_url, "action_label": action_label}


def _query(context: RequestContext) -> QueryDict | None:
    request = context.get("request")
    return request.GET if request is not None else None


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(
    context: RequestContext, page: Page[Any], *, param: str = "page", label: str = "Pagination"
) -> dict[str, Any]:
    """Links to the other pages of a list; nothing at all when one page holds everything."""
    query = _query(context)
    return {
        "page": page,
        "label": label,
        "links": components.page_links(page, query, param),
        "previous_url": components.query_with(query, **{param: page.number - 1}),
        "next_url": components.query_with(query, **{param: page.number + 1}),
    }


@register.simple_tag(takes_context=True)
def sort_link(
    context: RequestContext, label: str, key: str, *, param: str = "tri", page_param: str = "page", default: str = ""
) -> SafeString:
    """A column heading that sorts: ascending first, then the other way; filters are kept, page 1 is shown."""
    query = _query(context)
    direction = components.sort_direction(query, key, param, default)
    target = f"-{key}" if direction == "ascending" else key
    words = {
        "": "trier par ordre croissant",
        "ascending": "trié par ordre croissant, inverser",
        "descending": "trié par ordre décroissant, inverser",
    }[direction]
    return format_html(
        '<a class="portal-sort{}" href="{}">{}<span class="fr-sr-only"> ({})</span></a>',
        f" portal-sort--{direction}" if direction else "",
        components.query_with(query, **{param: target, page_param: None}),
        label,
        words,
    )


@register.simple_tag(takes_context=True)
def aria_sort(context: RequestContext, key: str, *, param: str = "tri", default: str = "") -> SafeString:
    """The attribute that tells assistive technology which column the list is sorted by."""
    direction = components.sort_direction(_query(context), key, param, default)
    return format_html('aria-sort="{}"', direction) if direction else mark_safe("")
