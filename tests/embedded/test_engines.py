"""PostgreSQL and Redis: shared by their users, gone with the last, and their data kept."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import psycopg
import pytest

from portal.config.embedded import environment
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.paths import Layout
from portal.config.embedded.roles import OWNER, OWNER_PASSWORD_FILE, PASSWORD_FILE, ROLE
from portal.config.embedded.session import Lease
from tests.embedded.processes import find, run_python, those_of, wait_until_none

BOTH = ("postgres", "redis")
CLIENT = """
import sys, time
from pathlib import Path
from portal.config.embedded.paths import Layout
from portal.config.embedded.session import Lease
layout = Layout(Path(sys.argv[1])); layout.prepare()
lease = Lease(layout, ("postgres", "redis"))
print("up", flush=True)
time.sleep(float(sys.argv[2]))
lease.close()
"""


@pytest.fixture
def layout(folder: Path) -> Layout:
    """A new state folder."""
    made = Layout(folder / "state")
    made.prepare()
    return made


def _sql(layout: Layout, lease: Lease, statement: str, role: str = ROLE) -> list[tuple[object, ...]]:
    password = (layout.secrets / (PASSWORD_FILE if role == ROLE else OWNER_PASSWORD_FILE)).read_text()
    url = environment.database_url(lease.run, password, role)
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _verify_for_a_while(lease: Lease) -> None:
    for _ in range(50):
        lease.verify()
        time.sleep(0.05)


def test_a_second_start_keeps_the_data_and_is_quick(folder: Path, layout: Layout) -> None:
    """Both in one: the person who comes back the next day."""
    with Lease(layout, BOTH) as lease:
        _sql(layout, lease, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)", OWNER)
    assert wait_until_none(folder, 0.5) == {}
    began = time.monotonic()
    with Lease(layout, BOTH) as lease:
        assert time.monotonic() - began < 5.0
        assert _sql(layout, lease, "SELECT n FROM kept") == [(7,)]


def test_the_server_is_as_production_expects(layout: Layout) -> None:
    """UTF-8, code-point order, UTC, no network, and a role that is no superuser."""
    with Lease(layout, ("postgres",)) as lease:
        assert _sql(
            layout,
            lease,
            "SELECT current_setting('server_encoding'), current_setting('TimeZone'),"
            " current_setting('listen_addresses'), current_setting('server_version_num')::int / 10000,"
            " rolsuper, rolcreatedb, datlocale, datlocprovider::text"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()",
        ) == [("UTF8", "UTC", "", 18, False, False, "C.UTF-8", "b")]


def test_a_wrong_password_is_refused(layout: Layout) -> None:
    """The socket is not enough."""
    with Lease(layout, ("postgres",)) as lease, pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(environment.database_url(lease.run, "wrong"))


def test_the_first_to_leave_does_not_stop_the_other(folder: Path, layout: Layout) -> None:
    """Two commands at once share one server."""
    first = Lease(layout, BOTH)
    with Lease(layout, ("postgres",)) as second:
        assert first.close() is False
        assert _sql(layout, second, "SELECT 1") == [(1,)]
        assert sum("postgres -D" in line for line in those_of(folder).values()) == 1
    assert wait_until_none(folder, 0.5) == {}


def test_many_commands_at_once_share_one_server(folder: Path, clean_environ: dict[str, str]) -> None:
    """Started together on an empty folder, ended at different times, nothing is left."""
    state = folder / "state"
    clients = [run_python(CLIENT, clean_environ, str(state), str(0.2 * number)) for number in range(5)]
    assert [client.finish() for client in clients] == [0] * 5, "\n".join(client.text for client in clients)
    assert wait_until_none(folder, 2.0) == {}
    assert (state / "log/postgres.log").read_text().count("starting PostgreSQL") <= len(clients)


def test_a_killed_command_leaves_nothing(folder: Path, clean_environ: dict[str, str]) -> None:
    """Its socket closes with it: the keeper stops the engines in order."""
    client = run_python(CLIENT, clean_environ, str(folder / "state"), "600")
    client.read_until("up")
    assert len(those_of(folder)) > 3
    client.kill()
    assert wait_until_none(folder, 5.0) == {}
    assert "database system is shut down" in (folder / "state/log/postgres.log").read_text()


def test_a_killed_keeper_leaves_nothing_and_is_reported(folder: Path, layout: Layout) -> None:
    """The engines get their death signal; the data are intact at the next start."""
    lease = Lease(layout, BOTH)
    _sql(layout, lease, "CREATE TABLE kept (n int)", OWNER)
    os.kill(find(folder, "embedded.keeper"), signal.SIGKILL)
    with pytest.raises(EmbeddedError, match="gardien"):
        _verify_for_a_while(lease)
    lease.close()
    with Lease(layout, BOTH) as again:
        assert _sql(layout, again, "SELECT count(*) FROM kept") == [(0,)]
    assert wait_until_none(folder, 2.0) == {}


@pytest.mark.parametrize(("program", "name"), [("postgres -D", "PostgreSQL"), ("redis-server", "Redis")])
def test_a_dead_engine_is_named_with_its_log(folder: Path, layout: Layout, program: str, name: str) -> None:
    """Everyone who uses the engines is told; the other engine is stopped."""
    lease = Lease(layout, BOTH)
    os.kill(find(folder, program), signal.SIGKILL)
    with pytest.raises(EmbeddedError) as caught:
        _verify_for_a_while(lease)
    lease.close()
    assert f"{name} s'est arrêté (signal SIGKILL)." in str(caught.value)
    assert "Journal : " in str(caught.value)
    assert caught.value.tail
    assert wait_until_none(folder, 5.0) == {}


def test_a_busy_server_ends_with_its_keeper(folder: Path, layout: Layout) -> None:
    """A session in the middle of a long computation does not outlive the rest."""
    lease = Lease(layout, ("postgres",))
    url = environment.database_url(lease.run, (layout.secrets / PASSWORD_FILE).read_text())
    with psycopg.connect(url) as connection:
        query = "SELECT sum(sqrt(n)) FROM generate_series(1, 4000000000) AS n"
        connection.pgconn.send_query(query.encode())
        time.sleep(0.3)
        os.kill(find(folder, "embedded.keeper"), signal.SIGKILL)
        assert wait_until_none(folder, 10.0) == {}
        connection.close()
    lease.close()


def test_a_number_file_left_by_a_crash_that_names_another_process(layout: Layout) -> None:
    """After a restart of the machine the number in it may be anybody's."""
    with Lease(layout, ("postgres",)):
        left = (layout.postgres / "data/postmaster.pid").read_text().split("\n")
    left[0] = str(os.getpid())
    (layout.postgres / "data/postmaster.pid").write_text("\n".join(left))
    with Lease(layout, ("postgres",)) as lease:
        assert _sql(layout, lease, "SELECT 1") == [(1,)]


def test_a_half_made_cluster_is_made_again(layout: Layout) -> None:
    """The first start was interrupted."""
    draft = layout.postgres / "data.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    with Lease(layout, ("postgres",)) as lease:
        assert _sql(layout, lease, "SELECT 1") == [(1,)]


def test_a_lost_password_is_replaced(layout: Layout) -> None:
    """The data are not lost with it."""
    with Lease(layout, ("postgres",)):
        pass
    for name, role in ((PASSWORD_FILE, ROLE), (OWNER_PASSWORD_FILE, OWNER)):
        (layout.secrets / name).unlink()
        with Lease(layout, ("postgres",)) as lease:
            assert _sql(layout, lease, "SELECT 1", role) == [(1,)]


def test_data_of_another_version_are_left_alone(layout: Layout) -> None:
    """The message says why; the next attempt says it again."""
    with Lease(layout, ("postgres",)):
        pass
    (layout.postgres / "data/PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="autre version"):
        Lease(layout, ("postgres",))


@pytest.mark.parametrize("name", ["x" * 120, "Mes Données, l'été"])
def test_an_awkward_path_works(folder: Path, name: str) -> None:
    """Too long for a socket; spaces, quotes, commas, accents."""
    layout = Layout(folder / name)
    layout.prepare()
    with Lease(layout, BOTH) as lease:
        assert _sql(layout, lease, "SELECT 1") == [(1,)]
        short = lease.run
    assert wait_until_none(folder, 2.0) == {}
    assert not short.exists()


def test_throw_away_data_are_removed_even_when_their_user_is_killed(
    folder: Path, clean_environ: dict[str, str]
) -> None:
    """A killed test run leaves neither a server nor its files."""
    code = CLIENT.replace('("postgres", "redis")', '("postgres",), tuning="test"')
    client = run_python(code, clean_environ, str(folder / "state"), "600")
    client.read_until("up")
    client.kill()
    assert wait_until_none(folder, 5.0) == {}
    assert not (folder / "state").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account to PostgreSQL")
def test_a_closed_home_puts_the_data_where_postgres_can_reach(folder: Path) -> None:
    """Root's clone in a 0700 home: nothing above the state folder is opened, and a reset removes both places."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    layout = Layout(home / "state")
    layout.prepare()
    with Lease(layout, BOTH) as lease:
        _sql(layout, lease, "CREATE TABLE kept (n int)", OWNER)
    elsewhere = Path(layout.elsewhere.read_text().strip())
    try:
        assert home.stat().st_mode & 0o777 == 0o700
        assert elsewhere.joinpath("data").stat().st_uid != 0
        with Lease(layout, BOTH) as lease:
            assert _sql(layout, lease, "SELECT count(*) FROM kept") == [(0,)]
        code = "import sys; from portal.config.embedded.__main__ import main; sys.exit(main(['reset', '--yes']))"
        assert run_python(code, {**os.environ, "PORTAL_VAR": str(layout.var)}).finish() == 0
        assert not elsewhere.exists()
        assert not layout.var.exists()
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)
