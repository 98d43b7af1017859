"""A state folder for each test, where PostgreSQL's account can pass, and no process left behind it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.config.embedded.options import REPOSITORY
from tests.embedded.processes import Stack, those_of, wait_until_none

# A person's own environment must not decide; the engines of the test run are not the ones under test.
_FOREIGN = ("DATABASE_URL", "CELERY_BROKER_URL", "PORT", "DJANGO_SETTINGS_MODULE", "PYTEST_XDIST_WORKER")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder (pytest's own are 0700, closed to the account that root lends to PostgreSQL)."""
    path = Path(tempfile.mkdtemp(prefix="portal-embedded-"))
    path.chmod(0o711)
    yield path
    left = those_of(path)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(path, ignore_errors=True)
    assert not left, f"processes left behind: {left}"


@pytest.fixture
def clean_environ() -> dict[str, str]:
    """The environment without what concerns the portal."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _FOREIGN and not name.startswith(("PORTAL_", "PSC_"))
    }


@pytest.fixture
def stack(folder: Path, clean_environ: dict[str, str]) -> Iterator[Stack]:
    """The stand-in project around the real ``manage.py`` and embedded package."""
    tree = folder / "clone"
    shutil.copytree(Path(__file__).parent / "stand_in", tree)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "portal/config/embedded", tree / "portal/config/embedded", ignore=ignored)
    shutil.copy(REPOSITORY / "manage.py", tree)
    for package in ("portal", "portal/config"):
        (tree / package / "__init__.py").touch()
    yield Stack(tree, clean_environ, sys.executable)
    for pid in those_of(folder):
        os.kill(pid, signal.SIGTERM)
    wait_until_none(folder, 30.0)
