"""The owner of the tables, and what makes their triggers unavoidable for anybody else. See ADR 8."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

# django-pgtrigger lets any session set its triggers aside, by a setting that their functions read; and a temporary
# table comes before ours of the same name, unless the function says where to look.
_CLOSE = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN
LANGUAGE sql IMMUTABLE AS 'SELECT FALSE';
DO $$
DECLARE
    made regprocedure;
BEGIN
    FOR made IN
        SELECT p.oid::regprocedure FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
          AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=public, pg_temp']
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', made);
    END LOOP;
END$$;
"""


@contextmanager
def owned(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """For the time of a migration, be the owner of the tables, where it is not the portal's own role."""
    if settings.DATABASE_OWNER is None:
        yield
        return
    portal = {name: connection.settings_dict[name] for name in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update(zip(portal, settings.DATABASE_OWNER, strict=True))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(portal)


def close_ways_round(connection: BaseDatabaseWrapper) -> None:
    """No session sets a trigger aside, nor shows it other tables than ours; only the owner could undo this."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE)
