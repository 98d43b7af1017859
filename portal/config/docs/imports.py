"""Which layer imports which, read from the source files: nothing is executed, no outside library is needed."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def layers(base: Path) -> list[list[str]]:
    """The layers from the top down, siblings together, as import-linter reads them in ``pyproject.toml``."""
    contracts = tomllib.loads((base / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    house = next(contract for contract in contracts if contract["id"] == "house")
    return [[name.strip() for name in layer.split("|")] for layer in house["layers"]]


def import_graph(base: Path) -> Graph:
    """For each layer the other layers that its files import directly (migrations left out)."""
    names = [name for layer in layers(base) for name in layer]
    return {name: frozenset(_imported_layers(base, name, names)) - {name} for name in names}


def reduced(graph: Graph) -> Graph:
    """The same graph without the arrows that follow from two others: what stays readable as a drawing."""
    reachable: dict[str, frozenset[str]] = {}
    for name in _bottom_up(graph):
        reachable[name] = graph[name].union(*(reachable[target] for target in graph[name]))
    return {
        name: frozenset(t for t in targets if not any(t in reachable[other] for other in targets if other != t))
        for name, targets in graph.items()
    }


def mermaid(base: Path) -> str:
    """The reduced graph as a Mermaid flowchart, layers from the top down."""
    arrows = reduced(import_graph(base))
    lines = ["```mermaid", "flowchart TD"]
    for name in [name for layer in layers(base) for name in layer]:
        lines += [f"    {name} --> {target}" for target in sorted(arrows[name])]
    return "\n".join([*lines, "```"])


def table(base: Path) -> str:
    """Every direct import between layers."""
    graph = import_graph(base)
    lines = ["| layer | imports directly |", "|---|---|"]
    for layer in layers(base):
        for name in layer:
            targets = ", ".join(f"`{target}`" for target in sorted(graph[name])) or "nothing"
            lines.append(f"| `{name}` | {targets} |")
    return "\n".join(lines)


def _imported_layers(base: Path, layer: str, names: list[str]) -> Iterator[str]:
    folder = base.joinpath(*layer.split("."))
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for imported in imported_names(path):
            for name in names:
                if imported == name or imported.startswith(f"{name}."):
                    yield name


def imported_names(path: Path) -> Iterator[str]:
    """Every absolute dotted name that a file imports: ``from a import b`` gives ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _bottom_up(graph: Graph) -> list[str]:
    ordered: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"the imports of {name} go round in a circle")
        if name not in ordered:
            for target in sorted(graph[name]):
                visit(target, (*above, name))
            ordered.append(name)

    for name in graph:
        visit(name, ())
    return ordered
