"""Imports go down only, stand at the top of the file, and rooms keep to their work."""

from __future__ import annotations

import ast
import tomllib

import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

from portal.config.docs.imports import imported_names, layers
from tests.architecture import sources

HEAVY_IMPORTS = {
    "indicators/engine/duck.py": {"duckdb"},
    "indicators/exports.py": {"openpyxl"},
    "indicators/report.py": {
        "reportlab.lib.colors",
        "reportlab.lib.pagesizes",
        "reportlab.lib.styles",
        "reportlab.platypus",
    },
    "portal/documents/render.py": {"weasyprint", "weasyprint.text.fonts", "weasyprint.urls"},
    "portal/documents/sealing.py": {"portal.documents", "portal.documents.seal"},
}
"""Heavy libraries that a task imports when it runs: the only imports inside functions."""


def test_the_import_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    configure()
    kept = lint_imports(config_filename=str(sources.ROOT / "pyproject.toml"), cache_dir=None, no_logo=True)
    assert kept, capsys.readouterr().out


def test_every_application_is_a_layer() -> None:
    """A package that import-linter does not name could import anything."""
    known = {name for layer in layers(sources.ROOT) for name in layer}
    top = [sources.ROOT / name for name in sources.PACKAGES if name != "portal"]
    portal = [*(sources.ROOT / "portal").iterdir()]
    inner = [path for path in portal if (path / "__init__.py").exists()]
    inner += [path.with_suffix("") for path in portal if path.suffix == ".py" and path.stem != "__init__"]
    assert {sources.named(path).replace("/", ".") for path in [*top, *inner]} == known


def test_no_import_inside_a_function_but_the_heavy_ones() -> None:
    found: dict[str, set[str]] = {}
    for path in sources.python_files():
        for function in sources.functions(sources.tree(path)):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    found.setdefault(sources.named(path), set()).update(alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    found.setdefault(sources.named(path), set()).add(node.module or ".")
    assert found == HEAVY_IMPORTS


def test_ruff_allows_the_same_files() -> None:
    ruff = tomllib.loads((sources.ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    excepted = {path for path, rules in ruff["lint"]["per-file-ignores"].items() if "PLC0415" in rules}
    assert excepted == set(HEAVY_IMPORTS)


def test_package_files_are_empty() -> None:
    """But in ``models/``, where Django looks for the models: there, imports and ``__all__`` alone."""
    wrong = []
    for path in sources.python_files():
        if path.name != "__init__.py" or not path.read_text().strip():
            continue
        imports_only = all(isinstance(node, ast.ImportFrom | ast.Assign) for node in sources.tree(path).body)
        if path.parent.name != "models" or not imports_only:
            wrong.append(sources.named(path))
    assert not wrong, "\n".join(wrong)


def test_views_and_forms_read_through_selectors() -> None:
    """``.objects.none()`` reads nothing: a form declares its choice with it."""
    wrong = [
        f"{sources.named(path)}:{node.lineno} .objects.{node.attr}"
        for path in sources.python_files()
        if sources.in_room(path, "views", "forms", "api")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr in ("objects", "_default_manager")
        and node.attr != "none"
    ]
    assert not wrong, "\n".join(wrong)


def test_services_know_no_request() -> None:
    """A selector may answer Http404: another tenant's object does not exist."""
    wrong = [
        f"{sources.named(path)}: {name}"
        for path in sources.python_files()
        if sources.in_room(path, "services", "selectors", "models")
        for name in imported_names(path)
        if name.startswith(("django.http", "django.contrib.messages", "django.shortcuts"))
        if not (sources.in_room(path, "selectors") and name == "django.http.Http404")
    ]
    assert not wrong, "\n".join(wrong)
