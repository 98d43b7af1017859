"""What the environment variables may say, and the one line that answers a wrong one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.config.embedded import options
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.paths import Layout

POSTGRES = "postgresql://u:p@db/portal"


def test_nothing_set_is_the_embedded_demonstration() -> None:
    """Both engines, the demo, the loopback address, the clone's own folder."""
    asked = options.read({})
    assert asked.engines == ("postgres", "redis")
    assert (asked.environment, asked.demo) == ("embedded", True)
    assert asked.netloc == "127.0.0.1:8000"
    assert asked.var == options.REPOSITORY / "var"


def test_an_empty_value_is_an_unset_one() -> None:
    """``PORT= make run`` is not an error."""
    names = ("PORT", "PORTAL_BIND", "PORTAL_VAR", "PORTAL_ENV", "PORTAL_DEMO", "DATABASE_URL", "CELERY_BROKER_URL")
    assert options.read(dict.fromkeys(names, "")) == options.read({})


@pytest.mark.parametrize(
    ("environ", "engines", "environment", "demo"),
    [
        ({"DATABASE_URL": POSTGRES}, ("redis",), "production", False),
        ({"CELERY_BROKER_URL": "amqp://broker"}, ("postgres",), "embedded", True),
        ({"DATABASE_URL": POSTGRES, "CELERY_BROKER_URL": "redis://broker/0"}, (), "production", False),
        ({"DATABASE_URL": POSTGRES, "PORTAL_ENV": "embedded"}, ("redis",), "embedded", True),
        ({"PORTAL_DEMO": "0"}, ("postgres", "redis"), "embedded", False),
    ],
)
def test_a_given_engine_is_not_started(
    environ: dict[str, str], engines: tuple[str, ...], environment: str, demo: bool
) -> None:
    """A database of one's own is production: no demo log-ins in it."""
    asked = options.read(environ)
    assert (asked.engines, asked.environment, asked.demo) == (engines, environment, demo)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"PORT": "abc"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "PORT"),
        ({"PORT": "80.5"}, "PORT"),
        ({"PORT": "-1"}, "PORT"),
        ({"PORT": "٨٠٠٠"}, "PORT"),
        ({"PORTAL_IDENTITY_PORT": "abc"}, "PORTAL_IDENTITY_PORT"),
        ({"PORTAL_IDENTITY_PORT": "8000"}, "PORTAL_IDENTITY_PORT"),
        ({"PSC_ENABLED": "oui"}, "PSC_ENABLED"),
        ({"PORTAL_BIND": "localhost"}, "PORTAL_BIND"),
        ({"PORTAL_VAR": "/"}, "PORTAL_VAR"),
        ({"PORTAL_VAR": __file__}, "PORTAL_VAR"),
        ({"PORTAL_ENV": "staging"}, "PORTAL_ENV"),
        ({"PORTAL_ENV": "production"}, "DATABASE_URL"),
        ({"PORTAL_STATE_BRAND": "yes"}, "PORTAL_STATE_BRAND"),
        ({"PORTAL_DEMO": "1", "DATABASE_URL": POSTGRES}, "PORTAL_DEMO"),
        ({"DATABASE_URL": "mysql://u:motdepasse@db/portal"}, "DATABASE_URL"),
        ({"CELERY_BROKER_URL": "sqs://u:motdepasse@queue"}, "CELERY_BROKER_URL"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable(environ: dict[str, str], named: str) -> None:
    """And does not repeat a password."""
    with pytest.raises(EmbeddedError) as caught:
        options.read(environ)
    message = str(caught.value)
    assert named in message
    assert "\n" not in message
    assert "motdepasse" not in message


@pytest.mark.parametrize(
    ("bind", "netloc"),
    [("0.0.0.0", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("[::]", "[::1]:8000"), ("192.0.2.7", "192.0.2.7:8000")],
)
def test_the_printed_address_can_be_opened(bind: str, netloc: str) -> None:
    """A wildcard is where to listen, not where to go."""
    assert options.read({"PORTAL_BIND": bind}).netloc == netloc


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_is_one_line(tmp_path: Path) -> None:
    """Looking at it is refused already."""
    tmp_path.joinpath("closed").mkdir(mode=0)
    asked = options.read({"PORTAL_VAR": str(tmp_path / "closed/state")})
    with pytest.raises(EmbeddedError, match="accessible"):
        Layout(asked.var).prepare()


def test_a_relative_folder_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The children start elsewhere than we do."""
    monkeypatch.chdir(tmp_path)
    assert options.read({"PORTAL_VAR": "state"}).var == tmp_path / "state"


@pytest.mark.parametrize(
    ("environ", "port"),
    [
        ({}, 8010),
        ({"PORT": "9000"}, 9010),
        ({"PORT": "65530"}, 65520),
        ({"PORTAL_IDENTITY_PORT": "7000"}, 7000),
        ({"PORTAL_DEMO": "0"}, None),
        ({"PSC_ENABLED": "0"}, None),
        ({"PSC_DISCOVERY_URL": "https://auth.bas.psc.esante.gouv.fr/.well-known/x"}, None),
        ({"DATABASE_URL": POSTGRES}, None),
    ],
)
def test_the_identity_provider_of_the_demonstration(environ: dict[str, str], port: int | None) -> None:
    """Beside the site, in the demonstration only, and where no other one is given."""
    assert options.read(environ).identity_port == port
