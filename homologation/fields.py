"""A column of JSON that keeps the order of its keys."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.types.json import Json, Jsonb


class LiteralJSONField(models.JSONField):
    """JSON kept to the letter (PostgreSQL's ``json``): ``jsonb`` forgets the order in which choices are offered."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The type of the column."""
        return "json"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Adapted as ``json``, not as ``jsonb``."""
        adapted = super().get_db_prep_value(value, connection, prepared)
        return Json(adapted.obj) if isinstance(adapted, Jsonb) else adapted

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        """Psycopg reads ``json`` itself."""
        return super().from_db_value(value, expression, connection) if isinstance(value, str) else value
