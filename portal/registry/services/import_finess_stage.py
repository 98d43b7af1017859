"""The staged file and its comparison with the registry, as SQL sets.

Two temporary tables live for one transaction: ``finess_stage``, one row a pharmacy of the file, and
``finess_withheld``, the FINESS numbers of rejected rows. Raw SQL, because 21,000 pharmacies are compared and written in
a few statements instead of 42,000; the tables' names come from the models.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any

from django.db import connection

from portal.registry.domain.finess_closing import Tally
from portal.registry.domain.finess_pharmacy import PharmacyRow
from portal.registry.models import Lineage, Pharmacy

NEW, CHANGED, REOPENED, SAME, OLDER, BY_HAND = "new", "changed", "reopened", "same", "older", "by_hand"
_STAGED = tuple(field.name for field in fields(PharmacyRow))
_FACTS = tuple(name for name in _STAGED if name not in ("line", "finess"))
_TABLES = {"pharmacy": Pharmacy._meta.db_table, "lineage": Lineage._meta.db_table}

_CREATE = """
    DROP TABLE IF EXISTS finess_stage, finess_withheld;
    CREATE TEMPORARY TABLE finess_stage (
        line integer NOT NULL, finess text PRIMARY KEY, legal_finess text NOT NULL, siret text NOT NULL,
        name text NOT NULL, address text NOT NULL, postal_code text NOT NULL, city text NOT NULL,
        department text NOT NULL, category text NOT NULL, phone text NOT NULL, opened_on date,
        search_key text NOT NULL, sort_key text NOT NULL,
        id uuid NOT NULL DEFAULT gen_random_uuid(), lineage_id uuid NOT NULL DEFAULT gen_random_uuid(),
        state text NOT NULL DEFAULT 'new'
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE finess_withheld (finess text PRIMARY KEY) ON COMMIT DROP
"""

# A cell that lost its accents (U+FFFD) says nothing new when the known text differs only there.
_KEEP_ACCENTS = """
    UPDATE finess_stage s SET {column} = p.{column}
    FROM {pharmacy} p
    WHERE p.finess = s.finess AND s.{column} LIKE '%%\ufffd%%' AND p.{column} NOT LIKE '%%\ufffd%%'
      AND p.{column} LIKE replace(s.{column}, '\ufffd', '%%')
"""
_KEEP_KEYS = """
    UPDATE finess_stage s SET search_key = p.search_key, sort_key = p.sort_key
    FROM {pharmacy} p
    WHERE p.finess = s.finess AND p.name = s.name AND p.city = s.city AND p.postal_code = s.postal_code
      AND (p.search_key, p.sort_key) IS DISTINCT FROM (s.search_key, s.sort_key)
      AND s.finess = ANY(%(restored)s)
"""

# A closing made by an import bears the date of its file; any other was recorded by hand and stays.
_COMPARE = """
    UPDATE finess_stage s SET id = p.id, state = CASE
        WHEN p.source_date > %(file_date)s THEN 'older'
        WHEN p.closed_on = p.source_date AND p.closed_on <= %(file_date)s THEN 'reopened'
        WHEN p.closed_on IS NOT NULL THEN 'by_hand'
        WHEN p.source_date IS NULL OR ({stage_facts}) IS DISTINCT FROM ({known_facts}) THEN 'changed'
        ELSE 'same' END
    FROM {pharmacy} p WHERE p.finess = s.finess
"""

_TALLIES = """
    SELECT p.department, count(*), count(s.finess) + count(w.finess)
    FROM {pharmacy} p
    LEFT JOIN finess_stage s ON s.finess = p.finess
    LEFT JOIN finess_withheld w ON w.finess = p.finess AND s.finess IS NULL
    WHERE p.closed_on IS NULL AND p.source_date IS NOT NULL
    GROUP BY p.department ORDER BY p.department
"""

_MISSING = """
    FROM {pharmacy} p
    WHERE p.closed_on IS NULL AND p.source_date <= %(file_date)s
      AND (p.opened_on IS NULL OR p.opened_on <= %(file_date)s)
      AND p.department = ANY(%(departments)s) AND p.category = ANY(%(categories)s)
      AND NOT EXISTS (SELECT FROM finess_stage s WHERE s.finess = p.finess)
      AND NOT EXISTS (SELECT FROM finess_withheld w WHERE w.finess = p.finess)
"""

_INSERT = """
    INSERT INTO {lineage} (id) SELECT lineage_id FROM finess_stage WHERE state = 'new';
    INSERT INTO {pharmacy} (id, lineage_id, finess, {facts}, source_date)
    SELECT id, lineage_id, finess, {facts}, %(file_date)s FROM finess_stage WHERE state = 'new'
"""

_UPDATE = """
    UPDATE {pharmacy} p SET ({facts}) = ({stage_facts}), closed_on = NULL, source_date = %(file_date)s
    FROM finess_stage s WHERE s.id = p.id AND s.state IN ('changed', 'reopened')
"""
_CLOSE = """
    UPDATE {pharmacy} SET closed_on = %(file_date)s, source_date = %(file_date)s
    WHERE id IN (SELECT p.id {missing})
"""


def _sql(template: str, **more: str) -> str:
    return template.format(
        **_TABLES,
        facts=", ".join(_FACTS),
        stage_facts=", ".join(f"s.{name}" for name in _FACTS),
        known_facts=", ".join(f"p.{name}" for name in _FACTS),
        **more,
    )


def load(rows: Iterable[PharmacyRow]) -> None:
    """Make the temporary tables of this transaction and COPY the pharmacies in as they are read."""
    cells = attrgetter(*_STAGED)
    with connection.cursor() as cursor:
        for statement in _CREATE.split(";"):
            cursor.execute(statement)
        with cursor.copy(f"COPY finess_stage ({', '.join(_STAGED)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(cells(row))
        cursor.execute("ANALYZE finess_stage")


def compare(file_date: date, withheld: Collection[str]) -> dict[str, int]:
    """Set the state of each staged pharmacy; return how many have each state."""
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO finess_withheld VALUES (%s)", [(finess,) for finess in sorted(withheld)])
        _keep_accents(cursor)
        cursor.execute(_sql(_COMPARE), {"file_date": file_date})
        cursor.execute("SELECT state, count(*) FROM finess_stage GROUP BY state")
        return dict(cursor.fetchall())


def tallies() -> list[Tally]:
    """By department, the open pharmacies known from earlier national files, and those the file carries."""
    with connection.cursor() as cursor:
        cursor.execute(_sql(_TALLIES))
        return [Tally(*row) for row in cursor.fetchall()]


def still_there() -> list[tuple[int, str, date]]:
    """Line, FINESS and closing date of the pharmacies closed by hand that the file still carries."""
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(
                "SELECT s.line, s.finess, p.closed_on FROM finess_stage s JOIN {pharmacy} p ON p.id = s.id "
                "WHERE s.state = 'by_hand' ORDER BY s.line"
            )
        )
        rows: list[tuple[int, str, date]] = cursor.fetchall()
    return rows


def count_missing(file_date: date, departments: Collection[str], categories: Collection[str]) -> int:
    """How many known pharmacies of these departments and categories the file does not carry."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) " + _sql(_MISSING), _missing(file_date, departments, categories))
        return int(cursor.fetchone()[0])


def write(file_date: date, departments: Collection[str], categories: Collection[str]) -> None:
    """Create, update, re-open and close: only rows that change are written."""
    with connection.cursor() as cursor:
        for statement in _sql(_INSERT).split(";"):
            cursor.execute(statement, {"file_date": file_date})
        cursor.execute(_sql(_UPDATE), {"file_date": file_date})
        closing = _sql(_CLOSE, missing=_sql(_MISSING))
        cursor.execute(closing, _missing(file_date, departments, categories))


def _missing(file_date: date, departments: Collection[str], categories: Collection[str]) -> dict[str, Any]:
    return {"file_date": file_date, "departments": sorted(departments), "categories": sorted(categories)}


def _keep_accents(cursor: Any) -> None:
    cursor.execute("SELECT finess FROM finess_stage WHERE name || address || city LIKE '%\ufffd%'")
    damaged = [row[0] for row in cursor.fetchall()]
    if not damaged:
        return
    for column in ("name", "address", "city"):
        cursor.execute(_sql(_KEEP_ACCENTS, column=column), {})
    cursor.execute(_sql(_KEEP_KEYS), {"restored": damaged})
