"""What ``make run`` says to the person at the terminal."""

from __future__ import annotations

import json
from typing import Any

from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.options import Options
from portal.config.embedded.paths import Layout

_COLUMNS = {"login": "identifiant", "password": "mot de passe", "role": "rôle", "organisation": "organisation"}


def say(line: str) -> None:
    """One line, at once."""
    print(line, flush=True)


def accounts_of(output: str) -> list[dict[str, Any]]:
    """The accounts in what ``demo_cast --json`` printed."""
    try:
        accounts: list[dict[str, Any]] = json.loads(output)["accounts"]
    except (ValueError, KeyError, TypeError) as error:
        raise EmbeddedError(f"« demo_cast --json » n'a pas imprimé de comptes lisibles ({error}).") from error
    return accounts


def announce(options: Options, layout: Layout, accounts: list[dict[str, Any]], seconds: float) -> None:
    """The address, the demo accounts, where the logs are and how to stop."""
    say("")
    say(f"Le portail est prêt en {seconds:.1f} s : http://{options.netloc}/")
    if accounts:
        say("")
        say("Comptes de démonstration :")
        for line in _table(accounts):
            say(f"  {line}")
    if options.identity_port:
        say("")
        say("Les pharmaciens se connectent aussi par Pro Santé Connect de démonstration, sans mot de passe :")
        say(f"  http://{options.identity_netloc}/ (fournisseur d'identité fictif, sur cette machine seulement)")
    say("")
    say(f"Journaux : {layout.logs}   Arrêt : Ctrl-C")


def _table(accounts: list[dict[str, Any]]) -> list[str]:
    rows = [dict(_COLUMNS), *accounts]
    widths = {name: max(len(str(row.get(name) or "")) for row in rows) for name in _COLUMNS}
    return ["  ".join(str(row.get(name) or "").ljust(width) for name, width in widths.items()).rstrip() for row in rows]
