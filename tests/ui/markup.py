"""Reading rendered HTML in tests."""

from __future__ import annotations

import re
from typing import Any

from django.template import RequestContext, Template
from django.test import RequestFactory

INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


def squash(html: str) -> str:
    """Runs of plain white space become one space, and none is left between tags."""
    return re.sub(r"> <", "><", re.sub(r"[ \n\t\r]+", " ", html)).strip()


def draw(source: str, query: str = "", **values: Any) -> str:
    """The HTML of a piece of template, as a page at ``/?query`` would show it."""
    request = RequestFactory().get(f"/?{query}")
    html = Template("{% load portal_ui %}" + source).render(RequestContext(request, values))
    assert "UNDEFINED" not in html, html
    assert not INLINE.search(html), html
    return squash(html)


def tag(html: str, name: str, **attributes: str) -> str:
    """The first opening tag ``name`` holding every given attribute, or an assertion error."""
    for match in re.finditer(rf"<{name}\b[^>]*>", html):
        found = match.group()
        if all(f'{key.rstrip("_").replace("_", "-")}="{value}"' in found for key, value in attributes.items()):
            return found
    raise AssertionError(f"no <{name}> with {attributes} in {html}")
