"""``make reset``: remove the state folder, so that the next start makes a new demo."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from portal.config.embedded import console
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.locks import FileLock
from portal.config.embedded.options import Options
from portal.config.embedded.paths import Layout

_ELSEWHERE_PREFIX = "portal-segur-"


def reset(options: Options, *, confirmed: bool) -> int:
    """Remove ``PORTAL_VAR``, if the portal made it and nobody uses it."""
    layout = Layout(options.var)
    if not layout.var.exists():
        console.say(f"{layout.var} n'existe pas : rien à effacer.")
        return 0
    if not layout.marker.exists():
        raise EmbeddedError(f"{layout.var} contenait déjà des fichiers avant le portail : effacez-le vous-même.")
    if not (confirmed or _agreed(layout.var)):
        console.say("Rien n'a été effacé.")
        return 1
    with FileLock(layout.door) as door, FileLock(layout.keeper) as keeper, FileLock(layout.portal) as portal:
        if not (door.try_acquire() and keeper.try_acquire() and portal.try_acquire()):
            raise EmbeddedError("le portail ou une commande utilise ces données : arrêtez-les d'abord.")
        if layout.elsewhere.exists():
            home = Path(layout.elsewhere.read_text().strip())
            if home.name.startswith(_ELSEWHERE_PREFIX):
                shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(layout.var)
    console.say(f"{layout.var} est effacé.")
    return 0


def _agreed(folder: Path) -> bool:
    if not sys.stdin.isatty():
        raise EmbeddedError(f"effacer {folder} demande une confirmation : ajoutez --yes (make reset YES=1).")
    return input(f"Effacer {folder} et tout ce qu'il contient ? (oui/non) ").strip().lower() == "oui"
