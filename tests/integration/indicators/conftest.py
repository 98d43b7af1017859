"""A store of activity logs for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.integration.indicators.deposits import Depositor, depositor


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Settings) -> Path:
    settings.ACTIVITY_FOLDER = tmp_path / "activity"
    settings.ACTIVITY_THREADS = 1
    return tmp_path / "activity"


@pytest.fixture
def ours(db: None, tmp_path: Path) -> Depositor:
    return depositor(tmp_path / "logs")
