"""PostgreSQL triggers that several tables share: what must not change, cannot."""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger


def frozen_when(name: str, when: str, columns: Sequence[str], key: str = "id") -> pgtrigger.Trigger:
    """Refuse an UPDATE of any of ``columns`` while the stored row satisfies ``when`` (SQL over ``OLD``).

    ``key``: the column that names the row in the error.
    """
    old = ", ".join(f"OLD.{column}" for column in columns)
    new = ", ".join(f"NEW.{column}" for column in columns)
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"(({when}) AND ({old}) IS DISTINCT FROM ({new}))"),
        func=f"RAISE EXCEPTION 'table %, row %: {name}', TG_TABLE_NAME, OLD.{key};",
    )


def append_only() -> pgtrigger.Trigger:
    """Refuse every UPDATE and DELETE."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def never_changed() -> pgtrigger.Trigger:
    """Refuse every UPDATE."""
    return pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)


def deleted_only_after(name: str, column: str, interval: str) -> pgtrigger.Trigger:
    """Refuse a DELETE before ``interval`` (SQL) has passed since the row's ``column``, by PostgreSQL's own clock."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        condition=pgtrigger.Condition(f"OLD.{column} > statement_timestamp() - interval '{interval}'"),
        func=f"RAISE EXCEPTION 'table %, row %: {name}', TG_TABLE_NAME, OLD.id;",
    )


def never_deleted() -> pgtrigger.Trigger:
    """Refuse every DELETE."""
    return pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


def never_truncated() -> pgtrigger.Trigger:
    """Refuse TRUNCATE, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'proofs are never removed';",
    )
