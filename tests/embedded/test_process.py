"""Children: they die with us, stop in order, and their last words are kept."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from portal.config.embedded.process import Child, Command, describe_status
from tests.embedded.processes import run_python, those_of, wait_for, wait_until_none

PARENT = """
import os, signal, sys, time
from pathlib import Path
from portal.config.embedded.process import Account, Child, Command
folder = Path(sys.argv[1])
account = Account("nobody", 65534, 65534) if os.geteuid() == 0 else None
child = Child(Command("child", ["/bin/sleep", "600"], folder / "log", {"MARK": str(folder)}, Path("/"), account))
print("started", child.pid, flush=True)
time.sleep(600)
"""


def _child(folder: Path, code: str, *, patience: float = 5.0) -> Child:
    argv = [sys.executable, "-c", code]
    env = {"MARK": str(folder)}
    return Child(Command("enfant", argv, folder / "log", env, Path("/"), stop=((signal.SIGTERM, patience),)))


def test_a_child_dies_with_a_killed_parent(folder: Path, clean_environ: dict[str, str]) -> None:
    """Under another account too: changing uid clears the death signal, so it is set afterwards."""
    parent = run_python(PARENT, clean_environ, str(folder))
    pid = int(parent.read_until("\n").split()[1])
    if os.geteuid() == 0:
        assert Path(f"/proc/{pid}").stat().st_uid == 65534
    parent.kill()
    assert wait_until_none(folder, 5.0) == {}


def test_a_deaf_child_is_killed_with_its_whole_group(folder: Path) -> None:
    """The stop plan ends, and its own children do not survive it."""
    child = _child(
        folder,
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "subprocess.Popen(['/bin/sleep', '600']); print('ready', flush=True); time.sleep(600)",
        patience=0.2,
    )
    assert wait_for(lambda: "ready" in child.tail())
    assert len(those_of(folder)) == 2
    assert child.stop() == -signal.SIGKILL
    assert wait_until_none(folder, 5.0) == {}


def test_a_second_signal_cuts_the_patience_short(folder: Path) -> None:
    """Whoever presses Ctrl-C twice does not wait."""
    child = _child(
        folder,
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);print('ready', flush=True);time.sleep(9)",
        patience=600.0,
    )
    assert wait_for(lambda: "ready" in child.tail())
    assert child.stop(hurry=lambda: True) == -signal.SIGKILL


def test_the_last_words_are_of_this_start_only(folder: Path) -> None:
    """Yesterday's error in the same log is not today's."""
    (folder / "log").write_text("yesterday\n")
    child = _child(folder, "print('today'); raise SystemExit(3)")
    assert child.wait(10.0)
    assert child.reap() == 3
    assert child.tail() == "today"
    assert str(child.failure("Il est mort.")) == f"Il est mort.\n  | today\nJournal : {folder / 'log'}"


def test_signals_ignored_by_our_shell_are_not_ignored_by_the_child(folder: Path) -> None:
    """A shell's « & » ignores SIGINT, which is PostgreSQL's orderly stop."""
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = _child(folder, "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)")
    finally:
        signal.signal(signal.SIGINT, former)
    assert child.wait(10.0)
    child.reap()
    assert child.tail() == "False"


def test_only_the_main_thread_starts_children(folder: Path) -> None:
    """The death signal follows the thread that forked."""
    caught: list[BaseException] = []

    def start() -> None:
        try:
            _child(folder, "pass")
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(caught) == 1


@pytest.mark.parametrize(("status", "words"), [(1, "code 1"), (-9, "signal SIGKILL"), (-63, "signal 63")])
def test_a_status_in_words(status: int, words: str) -> None:
    """As the person at the terminal reads it."""
    assert describe_status(status) == words
