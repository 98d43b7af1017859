"""What must not be committed: names of package hosts and of the place where the code was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import sources

# Built from pieces, so that this file does not hold the words it looks for.
WORDS = [
    "".join(pieces)
    for pieces in (
        ("py", r"pi\.o"),
        ("python", "hosted"),
        (r"registry\.", "npm"),
        (r"deb\.", "debian"),
        ("/wo", "rk/(main|shared|steering|\\.library)"),
        ("/fa", "rm/"),
    )
]
_FORBIDDEN = re.compile("|".join(WORDS), re.IGNORECASE)
_SUFFIXES = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".sh", ".svg", ".json", ""}
_TOPS = ("README.md", "Makefile", "pyproject.toml", "manage.py", ".ci", "docs", "requirements", "scripts", "templates")


def _texts() -> Iterator[Path]:
    for top in (*_TOPS, *sources.PACKAGES, "benchmarks", "tests"):
        path = sources.ROOT / top
        for found in [path] if path.is_file() else sorted(path.rglob("*")):
            if found.is_file() and found.suffix in _SUFFIXES and "__pycache__" not in found.parts:
                yield found


def test_no_forbidden_word() -> None:
    found = [
        f"{sources.named(path)}:{number}"
        for path in _texts()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1)
        if _FORBIDDEN.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_rule_sees_what_it_forbids() -> None:
    assert _FORBIDDEN.search("https://" + "pypi" + ".org/simple")
    assert _FORBIDDEN.search("cd /work" + "/main")
