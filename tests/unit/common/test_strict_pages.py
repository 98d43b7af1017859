"""The tests' own pages are strict: a name that the view does not give is a failure, where a browser shows nothing."""

from __future__ import annotations

import pytest
from django.template import engines

from tests.strict_pages import UndefinedVariable

ABSENT = "Bonjour {{ absent }}"


def test_a_name_that_nobody_gives_is_a_failure(strict_templates: None) -> None:
    with pytest.raises(UndefinedVariable, match="absent"):
        engines["django"].from_string(ABSENT).render({})


def test_only_for_who_asks() -> None:
    assert engines["django"].from_string(ABSENT).render({}) == "Bonjour "
