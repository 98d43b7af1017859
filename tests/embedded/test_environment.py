"""The addresses given to Django and Celery, whatever the path of the state folder."""

from __future__ import annotations

from pathlib import Path

import dj_database_url
import pytest
from kombu.utils.url import url_to_parts
from psycopg.conninfo import conninfo_to_dict

from portal.config.embedded import environment, options

PATHS = ["/srv/portail/var", "/home/Élise/Mes Documents/var", "/tmp/a@b:c%41?d#e[f]", "/tmp/UPPER/Case"]


@pytest.mark.parametrize("path", PATHS)
def test_every_reader_of_the_database_address_finds_the_socket(path: str) -> None:
    """A URL parser puts a host name in lower case: the socket's folder must survive that."""
    url = environment.database_url(Path(path), "s3cret_-")
    settings = dj_database_url.parse(url)
    assert settings["HOST"] == f"{path}/postgres"
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("portal", "s3cret_-", "portal")
    assert conninfo_to_dict(url)["host"] == f"{path}/postgres"


@pytest.mark.parametrize("path", PATHS)
def test_celery_finds_the_queue(path: str) -> None:
    """kombu reads the path after the third slash."""
    assert url_to_parts(environment.broker_url(Path(path))).path == f"{path}/redis.sock".removeprefix("/")


def test_what_was_given_is_kept(tmp_path: Path) -> None:
    """Hosts and base address of the person win over ours."""
    given = {
        "PORTAL_VAR": str(tmp_path),
        "PORTAL_ALLOWED_HOSTS": "portail.test",
        "PORTAL_BASE_URL": "https://portail.test",
    }
    added = environment.without_engines(options.read(given), given)
    assert not {"PORTAL_ALLOWED_HOSTS", "PORTAL_BASE_URL"} & added.keys()


def test_an_address_of_the_machine_is_an_allowed_host(tmp_path: Path) -> None:
    """Listening on it would otherwise answer « bad request » to everyone."""
    given = {"PORTAL_VAR": str(tmp_path), "PORTAL_BIND": "192.0.2.7"}
    assert environment.without_engines(options.read(given), given)["PORTAL_ALLOWED_HOSTS"].endswith(",192.0.2.7")


def test_the_identity_provider_learns_nothing_of_the_portal(tmp_path: Path) -> None:
    """It is told its own address and secret, and where the portal is."""
    given = {"PORTAL_VAR": str(tmp_path), "PATH": "/usr/bin"}
    whole = {**given, **environment.without_engines(options.read(given), given), "PORTAL_SECRET_KEY": "x"}
    told = environment.for_the_identity_provider(whole)
    assert told["PSC_DISCOVERY_URL"] == "http://127.0.0.1:8010/.well-known/openid-configuration"
    assert told["PORTAL_BASE_URL"] == "http://127.0.0.1:8000"
    assert {"PSC_CLIENT_SECRET", "PORTAL_DEMO", "PORTAL_VAR", "PATH"} <= told.keys()
    assert not {"PORTAL_SECRET_KEY", "PORTAL_EVIDENCE_KEYS", "DATABASE_URL", "CELERY_BROKER_URL"} & told.keys()
