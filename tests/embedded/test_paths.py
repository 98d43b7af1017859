"""The state folder: rights, sockets that fit, and nobody else's folder taken for ours."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from portal.config.embedded import paths
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.paths import Layout
from portal.config.embedded.secret_files import read_or_create


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folders_are_closed_to_others(folder: Path) -> None:
    """Passed through at most (root's, for PostgreSQL's account), never listed."""
    layout = Layout(folder / "state")
    layout.prepare()
    assert _mode(layout.var) & 0o066 == 0
    assert {_mode(path) for path in (layout.secrets, layout.logs, layout.redis, layout.beat)} == {0o700}


def test_only_a_folder_of_our_making_is_marked(folder: Path) -> None:
    """The mark lets ``make reset`` remove everything: never somebody's documents."""
    theirs = folder / "documents"
    theirs.mkdir()
    (theirs / "thesis.odt").touch()
    theirs.chmod(0o700)
    Layout(theirs).prepare()
    assert not Layout(theirs).marker.exists()
    assert _mode(theirs) == 0o700
    Layout(folder / "new").prepare()
    assert Layout(folder / "new").marker.exists()


@pytest.mark.parametrize("name", ["x" * 120, "a,b"])
def test_a_path_that_no_socket_can_have_is_replaced_by_a_short_one(folder: Path, name: str) -> None:
    """The kernel takes 107 bytes; PostgreSQL's client reads a comma as two hosts."""
    layout = Layout(folder / name)
    layout.prepare()
    short = layout.run_folder(None)
    try:
        assert short.parent in paths._SHORT_FOLDERS
        assert layout.run_folder(None) == short
    finally:
        short.rmdir()


def test_a_short_folder_that_others_can_write_in_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone may have made it before us to catch the password."""
    monkeypatch.setattr(paths, "_SHORT_FOLDERS", (folder,))
    layout = Layout(folder / ("x" * 120))
    layout.prepare()
    layout.run_folder(None).chmod(0o777)
    with pytest.raises(EmbeddedError, match="supprimez-le"):
        layout.run_folder(None)


def test_a_secret_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    """The database password depends on it."""
    path = tmp_path / "secret"
    first = read_or_create(path)
    assert len(first) >= 43
    assert read_or_create(path) == first
    assert _mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]
