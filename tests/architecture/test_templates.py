"""The content security policy allows nothing inline; a template that tries fails here, before a browser sees it."""

from __future__ import annotations

import re

import pytest
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template

from tests.architecture import sources

FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.IGNORECASE),
    "handler attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript link": re.compile(r"(href|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "HTMX evaluation": re.compile(r"<[^>]*\s(hx-on|hx-vals\s*=\s*[\"']js:)", re.IGNORECASE),
}
SAFE = {"{{ totp_svg|safe }}", "{{ field.help_text|safe }}"}
_NAMED = re.compile(r"{%-?\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
_COMMENTS = re.compile(r"{#.*?#}|{% comment .*?%}.*?{% endcomment %}", re.DOTALL)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_templates_hold_the_content_security_policy(what: str) -> None:
    found = [
        f"{sources.named(path)}: {match.group()[:80]}"
        for path in sources.templates()
        for match in FORBIDDEN[what].finditer(_COMMENTS.sub("", path.read_text()))
    ]
    assert not found, "\n".join(found)


def test_every_template_named_is_there() -> None:
    """A branch that no test takes may name one that was moved: a page that fails on the day somebody needs it."""
    missing = []
    for path in sources.templates():
        for name in _NAMED.findall(_COMMENTS.sub("", path.read_text())):
            try:
                get_template(name)
            except TemplateDoesNotExist:
                missing.append(f"{sources.named(path)}: {name}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    "markup",
    [
        '<p class="a" style="color:red">',
        "<style>",
        "<script>alert(1)</script>",
        '<a href="#" onclick="go()">',
        "<a href='javascript:go()'>",
        '<b hx-on:click="go()">',
    ],
)
def test_the_rules_see_what_they_forbid(markup: str) -> None:
    assert any(pattern.search(markup) for pattern in FORBIDDEN.values())


def test_a_script_from_a_file_is_allowed() -> None:
    assert not any(
        pattern.search("<script src=\"{% static 'ui/portal.js' %}\" defer>") for pattern in FORBIDDEN.values()
    )


def test_no_template_switches_escaping_off() -> None:
    """But for what the server itself draws (allauth's QR code) and the help texts written in our forms."""
    found = [
        f"{sources.named(path)}: {match.group()}"
        for path in sources.templates()
        for match in re.finditer(r"{% autoescape off|{{[^}]*\|\s*safe(seq)?\b[^}]*}}", path.read_text())
        if match.group() not in SAFE
    ]
    assert not found, "\n".join(found)
