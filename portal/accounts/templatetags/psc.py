"""What pages say of Pro Santé Connect."""

from __future__ import annotations

from django import template
from django.conf import settings

from portal.accounts.psc.configuration import PscConfiguration

register = template.Library()


@register.simple_tag
def psc_in_use() -> PscConfiguration | None:
    """The provider in use, None where there is none."""
    psc: PscConfiguration | None = settings.PSC
    return psc
