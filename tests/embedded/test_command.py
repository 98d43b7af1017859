"""``manage.py``: which commands start engines, and two commands at once."""

from __future__ import annotations

import signal

import pytest

from portal.config.embedded.command import needs_engines
from tests.embedded.processes import Stack, those_of, wait_until_none


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["help"], False),
        (["--help"], False),
        (["migrate", "--help"], False),
        (["migrate"], True),
        (["check"], False),
        (["check", "--deploy"], False),
        (["check", "--database", "default"], True),
        (["collectstatic", "--noinput"], False),
        (["makemigrations", "--check"], True),
        (["shell"], True),
        (["demo_cast", "--json"], True),
    ],
)
def test_engines_are_started_for_commands_that_use_them(arguments: list[str], needed: bool) -> None:
    """Help is instant; a doubtful command gets its engines."""
    assert needs_engines(arguments) is needed


def test_a_command_without_database_starts_nothing(stack: Stack) -> None:
    """Not even the state folder is made."""
    command = stack.manage("check")
    assert command.finish() == 0, command.text
    assert not stack.var.exists()


def test_two_commands_share_engines_whichever_ends_first(stack: Stack) -> None:
    """The first one started them, ends, and the second works on."""
    assert stack.manage("migrate").finish() == 0
    first = stack.manage("count", "0.5")
    first.read_until("begun")
    second = stack.manage("count", "2")
    second.read_until("begun")
    assert first.finish() == 0, first.text
    assert second.finish() == 0, second.text
    assert "groups=0" in second.text
    assert wait_until_none(stack.tree, 0.5) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_command_leaves_nothing(stack: Stack, number: signal.Signals) -> None:
    """However it was stopped."""
    assert stack.manage("migrate").finish() == 0
    command = stack.manage("count", "600")
    command.read_until("begun")
    assert len(those_of(stack.tree)) > 3
    command.process.send_signal(number)
    assert command.finish() != 0
    assert wait_until_none(stack.tree, 5.0) == {}


def test_a_wrong_setting_is_one_line(stack: Stack) -> None:
    """No traceback."""
    command = stack.manage("migrate", PORT="abc")
    assert command.finish() == 1
    assert command.text == "Erreur : PORT=abc : un nombre entier de 1 à 65535 est attendu.\n"
