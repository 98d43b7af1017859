"""The pages of the reminders need what any page needs."""

from __future__ import annotations

import pytest
from django.conf import settings


@pytest.fixture(autouse=True, scope="session")
def static_folder() -> None:
    """WhiteNoise warns of a missing folder."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
