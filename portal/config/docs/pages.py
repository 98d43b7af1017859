"""The generated sections of ``docs/``: each stands between two marks inside a page written by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from portal.accounts.domain.roles import Role
from portal.config.docs import imports, lifecycles
from portal.registry.domain.referencing import STATUS_LABELS

PAGES = ("docs/ARCHITECTURE.md", "docs/GLOSSARY.md", "docs/LIFECYCLES.md")
_SECTION = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def sections(base: Path) -> Mapping[str, Callable[[], str]]:
    """The text of each section by its name."""
    return {
        "import-graph": partial(imports.mermaid, base),
        "import-table": partial(imports.table, base),
        "state-diagrams": lifecycles.diagrams,
        "states": lifecycles.states_table,
        "verbs": lifecycles.verbs_tables,
        "roles": roles_table,
        "referencing-statuses": statuses_table,
    }


def roles_table() -> str:
    """Every role with the word that users read."""
    return "\n".join(["| code | what users read |", "|---|---|", *(f"| `{r.value}` | {r.label} |" for r in Role)])


def statuses_table() -> str:
    """Every status of a référencement with the word that users read."""
    rows = (f"| `{status.value}` | {label} |" for status, label in STATUS_LABELS.items())
    return "\n".join(["| code | what users read |", "|---|---|", *rows])


def regenerated(text: str, base: Path) -> str:
    """The page with each of its sections written anew. Raises KeyError for a section that nothing generates."""
    makers = sections(base)
    return _SECTION.sub(lambda match: f"{match[1]}\n{makers[match['name']]()}\n\n{match[3]}", text)


def outdated(base: Path) -> dict[Path, str]:
    """The pages that differ from what the code says, each with its right text."""
    texts = {base / page: (base / page).read_text() for page in PAGES}
    right = {path: regenerated(text, base) for path, text in texts.items()}
    return {path: right[path] for path, text in texts.items() if right[path] != text}
