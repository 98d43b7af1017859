"""One file reads the machine's clock; everything else asks it, so that time can be held and moved."""

from __future__ import annotations

import ast

from tests.architecture import sources

_READERS = {
    "now": {"datetime", "timezone"},
    "utcnow": {"datetime"},
    "today": {"date", "datetime"},
    "localdate": {"timezone"},
    "localtime": {"timezone"},
    "time": {"time"},
    "time_ns": {"time"},
}
# The published script has no portal to ask: the portal gives it the time.
ALLOWED = {"portal/common/clock.py", "portal/documents/alone.py"}


def _reads_the_clock(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in _READERS:
        return False
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return owner in _READERS[node.attr]


def test_only_the_clock_module_reads_the_clock() -> None:
    found = {
        f"{sources.named(path)}:{node.lineno}"
        for path in sources.python_files()
        if sources.named(path) not in ALLOWED
        for node in ast.walk(sources.tree(path))
        if _reads_the_clock(node) and isinstance(node, ast.Attribute)
    }
    assert not found, "\n".join(sorted(found))


def test_the_rule_sees_what_it_forbids() -> None:
    for line in ("datetime.now()", "datetime.datetime.now()", "timezone.now()", "date.today()", "time.time()"):
        assert any(_reads_the_clock(node) for node in ast.walk(ast.parse(line))), line


def test_no_clock_in_field_defaults_or_sql() -> None:
    """``auto_now`` and SQL's ``Now()`` would by-pass both clocks."""
    words = ("auto_now", "auto_now_add", "Now")
    found = {
        f"{sources.named(path)}:{node.lineno}"
        for path in sources.python_files()
        for node in ast.walk(sources.tree(path))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in words)
        or (isinstance(node, ast.Call) and any(keyword.arg in words for keyword in node.keywords))
    }
    assert not found, "\n".join(sorted(found))
