"""What Django's own filters do by English grammar, by the French one; in every template, without ``load``."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import pluralize as django_pluralize

register = template.Library()


@register.filter(is_safe=False)
def pluralize(value: Any, arg: str = "s") -> str:
    """Django's filter, where nought is singular as one is: « 0 dépôt »."""
    try:
        few = abs(float(value)) < 2
    except (TypeError, ValueError):
        few = hasattr(value, "__len__") and len(value) < 2
    return str(django_pluralize(1 if few else 2, arg))
