"""The embedded database's two roles: what the portal's own may not do, and older data handed over to the owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.config.embedded import environment
from portal.config.embedded.paths import Layout
from portal.config.embedded.postgres import Postgres
from portal.config.embedded.roles import DATABASE, OWNER, OWNER_PASSWORD_FILE, PASSWORD_FILE, ROLE
from portal.config.embedded.session import Lease

TABLES = """
CREATE TABLE proof (n int);
CREATE SEQUENCE numbers;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''never''; END';
CREATE TRIGGER kept BEFORE DELETE ON proof FOR EACH ROW EXECUTE FUNCTION refuse();
INSERT INTO proof VALUES (1);
"""
FORBIDDEN = (
    "ALTER TABLE proof DISABLE TRIGGER kept",
    "DROP TRIGGER kept ON proof",
    "TRUNCATE proof",
    "DROP TABLE proof",
    "ALTER TABLE proof ADD COLUMN m int",
    "CREATE TABLE other (n int)",
    "CREATE TRIGGER other BEFORE DELETE ON proof FOR EACH ROW EXECUTE FUNCTION refuse()",
    "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "SET session_replication_role = replica",
    "SELECT setval('numbers', 99)",
    f"SET ROLE {OWNER}",
    f"ALTER ROLE {OWNER} PASSWORD 'known'",
    "CREATE DATABASE other",
    "CREATE SCHEMA other",
)
OLD_HBA = "local all portal scram-sha-256\n"


@pytest.fixture
def layout(folder: Path) -> Layout:
    """A new state folder."""
    made = Layout(folder / "state")
    made.prepare()
    return made


def _connected(layout: Layout, lease: Lease, role: str) -> psycopg.Connection[tuple[object, ...]]:
    password = (layout.secrets / (PASSWORD_FILE if role == ROLE else OWNER_PASSWORD_FILE)).read_text()
    return psycopg.connect(environment.database_url(lease.run, password, role), autocommit=True)


@pytest.fixture
def lease(layout: Layout) -> Iterator[Lease]:
    """A server whose owner made a table that keeps its rows."""
    with Lease(layout, ("postgres",)) as lease:
        with _connected(layout, lease, OWNER) as owner:
            owner.execute(TABLES)
        yield lease


def test_the_portal_uses_rows_and_changes_no_table(layout: Layout, lease: Lease) -> None:
    with _connected(layout, lease, ROLE) as portal:
        portal.execute("INSERT INTO proof VALUES (nextval('numbers'))")
        portal.execute("UPDATE proof SET n = 2")
        portal.execute("CREATE TEMPORARY TABLE staged (n int)")
        with pytest.raises(psycopg.errors.RaiseException, match="never"):
            portal.execute("DELETE FROM proof")
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                portal.execute(statement)


def test_data_made_before_the_owner_are_handed_over_to_it(layout: Layout) -> None:
    with Lease(layout, ("postgres",)):
        pass
    _age(layout)
    with Lease(layout, ("postgres",)) as lease, _connected(layout, lease, ROLE) as portal:
        assert portal.execute("SELECT n FROM proof").fetchall() == [(1,)]
        portal.execute("INSERT INTO proof VALUES (nextval('numbers'))")
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                portal.execute(statement)
        with _connected(layout, lease, OWNER) as owner:
            owner.execute("CREATE TABLE later (n int)")
            owner.execute("CREATE DATABASE simulation TEMPLATE template0")
            owner.execute("DROP DATABASE simulation")
        portal.execute("INSERT INTO later VALUES (1)")


def _age(layout: Layout) -> None:
    """As this data folder would have been left by the portal when it had one role."""
    data, server = layout.postgres / "data", Postgres(layout, layout.var / "run", "durable")
    server._single_user(data, f"REASSIGN OWNED BY {OWNER} TO {ROLE}", f"DROP OWNED BY {OWNER}", database=DATABASE)
    server._single_user(data, f"ALTER DATABASE {DATABASE} OWNER TO {ROLE}", f"ALTER ROLE {ROLE} CREATEDB")
    server._single_user(data, f"DROP ROLE {OWNER}")
    tables = [statement for statement in TABLES.strip().split(";\n") if statement]
    owned = [f"ALTER {kind} OWNER TO {ROLE}" for kind in ("TABLE proof", "SEQUENCE numbers", "FUNCTION refuse()")]
    server._single_user(data, *(part.strip().rstrip(";") for part in tables), *owned, database=DATABASE)
    (data / "pg_hba.conf").write_text(OLD_HBA)
    (layout.secrets / OWNER_PASSWORD_FILE).unlink()
