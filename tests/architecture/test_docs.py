"""The pages of ``docs/`` agree with the code."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from portal.accounts.domain.roles import ROLE_LABELS
from portal.config.docs import imports, pages
from portal.config.docs.lifecycles import all_lifecycles
from tests.architecture import sources

DOCS = sources.ROOT / "docs"
DECISION_LINES = 40
PAGES = [sources.ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
_SOURCE_KEY = re.compile(r'^\s*(?:\w+_)?source = "([A-Z][\w-]*)[ ,"]', re.MULTILINE)


def test_generated_pages_are_in_step() -> None:
    call_command("generate_docs", check=True)


def test_a_page_out_of_step_is_named(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "pyproject.toml").write_text((sources.ROOT / "pyproject.toml").read_text())
    for package in sources.PACKAGES:
        (tmp_path / package).symlink_to(sources.ROOT / package)
    for page in pages.PAGES:
        (tmp_path / page).write_text((sources.ROOT / page).read_text())
    glossary = tmp_path / "docs/GLOSSARY.md"
    glossary.write_text(glossary.read_text().replace("Brouillon", "Ebauche"))
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"docs/GLOSSARY\.md$"):
        call_command("generate_docs", check=True)
    call_command("generate_docs", stdout=StringIO())
    assert "Brouillon" in glossary.read_text()


def test_every_section_stands_in_a_page() -> None:
    text = "".join((sources.ROOT / page).read_text() for page in pages.PAGES)
    assert {name for name in pages.sections(sources.ROOT) if f"<!-- generated: {name} -->" not in text} == set()


def test_the_drawn_graph_keeps_every_path() -> None:
    """An arrow is left out only where two others say it."""
    graph = {"a": frozenset("bcd"), "b": frozenset("cd"), "c": frozenset("d"), "d": frozenset[str]()}
    assert imports.reduced(graph) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}


def test_the_glossary_names_every_state_role_and_source() -> None:
    glossary = (DOCS / "GLOSSARY.md").read_text()
    words = [label for _, lifecycle in all_lifecycles() for label in lifecycle.labels.values()]
    rules = (path.read_text() for path in (sources.ROOT / "portal/programmes/catalogue").rglob("*.toml"))
    keys = {key for text in rules for key in _SOURCE_KEY.findall(text)}
    missing = [f"| {word} |" for word in [*words, *ROLE_LABELS.values()] if f"| {word} |" not in glossary]
    assert missing + sorted(key for key in keys if f"| {key} |" not in glossary) == []


@pytest.mark.parametrize("page", PAGES, ids=sources.named)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


def test_decisions_are_short_and_numbered() -> None:
    decisions = sorted((DOCS / "adr").glob("*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert len(set(numbers)) == len(numbers)
    for path, number in zip(decisions, numbers, strict=True):
        lines = path.read_text().splitlines()
        assert lines[0].startswith(f"# {number}. "), sources.named(path)
        assert len(lines) <= DECISION_LINES, sources.named(path)
