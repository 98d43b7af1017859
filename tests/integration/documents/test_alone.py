"""The published script: with the file and the certificates alone, no portal, no database, no network."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.sealing import Sealed
from tests.integration.documents import attacks

OTHER_PLACE = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """The published archive in a folder of its own, by a Python that knows nothing of the portal."""
    with zipfile.ZipFile(io.BytesIO(Client().get(reverse("documents:published")).content)) as archive:
        archive.extractall(folder)
    done = subprocess.run(
        [sys.executable, "-Es", "verify.py", *arguments], cwd=folder, env=OTHER_PLACE, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "options"), [("issued", []), ("signed", ["--signed"])])
def test_a_genuine_file(sealed: Sealed, authority: Path, tmp_path: Path, name: str, options: list[str]) -> None:
    (tmp_path / "file.pdf").write_bytes(sealed.files[name])
    code, said = run(tmp_path, "--roots", str(authority), *options, "file.pdf")
    document = sealed.issued if name == "issued" else sealed.signed
    assert code == 0, said
    assert f"file.pdf : authentique (SHA-256 {document.sha256})" in said
    assert ("Sig_Client : Hélène Œuvrard, 2026-01-05" in said) == (name == "signed")


def test_a_forged_file_beside_a_genuine_one(sealed: Sealed, authority: Path, tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(sealed.files["signed"])
    (tmp_path / "forged.pdf").write_bytes(attacks.with_annotation(sealed.files["signed"]))
    (tmp_path / "cut.pdf").write_bytes(sealed.files["issued"])
    code, said = run(tmp_path, "--roots", str(authority), "--signed", "good.pdf", "forged.pdf", "cut.pdf")
    lines = said.splitlines()
    assert code == 1
    assert [line.split(" (SHA")[0] for line in lines if "(SHA" in line] == [
        "good.pdf : authentique",
        "forged.pdf : NON AUTHENTIQUE",
        "cut.pdf : NON AUTHENTIQUE",
    ]
    assert "  Il manque la signature du client." in lines
    assert any("complété après coup" in line for line in lines)


def test_wrong_usage(sealed: Sealed, authority: Path, tmp_path: Path) -> None:
    (tmp_path / "file.pdf").write_bytes(sealed.files["signed"])
    code, said = run(tmp_path, "--roots", str(tmp_path), "file.pdf")
    assert (code, "no certificate (*.pem)" in said) == (2, True)
    code, said = run(tmp_path, "--roots", str(authority), "absent.pdf")
    assert (code, "absent.pdf" in said) == (2, True)
