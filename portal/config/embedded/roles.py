"""The two roles of the embedded database: the owner makes and changes the tables, the portal reads and writes rows.

The portal's processes only know the second: it can neither switch a trigger off nor empty a table. See ADR 8.
"""

from __future__ import annotations

ROLE = DATABASE = "portal"
OWNER = "portal_owner"
PASSWORD_FILE = "postgres_password"
OWNER_PASSWORD_FILE = "postgres_owner_password"

# Only these two, only with their passwords; the superuser exists in single-user mode alone. Data that
# bear another text than this one get their roles anew at the next start.
HBA = (
    "# Written by the portal: unix socket only, two roles, the owner makes databases.\n"
    f"local all {ROLE},{OWNER} scram-sha-256\n"
)

GRANTS = (
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, USAGE ON SEQUENCES TO {ROLE}",
)
"""In the portal's database: what the owner makes from now on, the portal may use."""

HANDED_OVER = (
    f"REASSIGN OWNED BY {ROLE} TO {OWNER}",
    f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}",
    f"GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}",
)
"""In the portal's database: what the portal still owns in data made before the owner existed."""


def roles(password: str, owner_password: str, *, tests: bool) -> tuple[str, ...]:
    """Both roles with these passwords, made if missing.

    The owner makes the simulation's database (ADR 16), a test run its own.
    """
    return (
        *(
            f"DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
            f"THEN CREATE ROLE {name}; END IF; END$$"
            for name in (ROLE, OWNER)
        ),
        f"ALTER ROLE {ROLE} LOGIN {'CREATEDB' if tests else 'NOCREATEDB'} PASSWORD '{password}'",
        f"ALTER ROLE {OWNER} LOGIN CREATEDB PASSWORD '{owner_password}'",
    )
