"""``manage.py demo_cast`` stands alone: on an empty folder, without a portal that runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from portal.config.embedded.options import REPOSITORY


def test_on_an_empty_folder(folder: Path, clean_environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo_cast", "--json"],
        cwd=REPOSITORY,
        env={**clean_environ, "PORTAL_VAR": str(folder / "var")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    cast = json.loads(done.stdout)
    assert cast["suppliers"][0]["software"][0]["number"] and len(cast["suppliers"][0]["pharmacies"]) >= 2
    assert len(list((folder / "var/documents").glob("*.pdf"))) > 20
