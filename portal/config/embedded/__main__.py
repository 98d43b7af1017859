"""``python -m portal.config.embedded [run|reset]``: what ``make run`` and ``make reset`` call."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from portal.config.embedded import options, reset
from portal.config.embedded.errors import EmbeddedError
from portal.config.embedded.process import die_with_parent
from portal.config.embedded.supervisor import Supervisor


def main(arguments: list[str]) -> int:
    """Run the portal, or remove its data; a problem is one clear sentence and status 1."""
    parser = argparse.ArgumentParser(prog="python -m portal.config.embedded", description=__doc__)
    parser.add_argument("action", nargs="?", choices=("run", "reset"), default="run")
    parser.add_argument(
        "--follow-parent", action="store_true", help="s'arrêter quand le processus appelant disparaît (make)"
    )
    parser.add_argument("--yes", action="store_true", help="effacer sans demander (reset)")
    chosen = parser.parse_args(arguments)
    if chosen.follow_parent:
        # « kill -9 » of make must stop what it started: SIGTERM, so that we stop in order.
        die_with_parent(os.getppid(), signal.SIGTERM)
    try:
        asked = options.read(os.environ)
        return reset.reset(asked, confirmed=chosen.yes) if chosen.action == "reset" else Supervisor(asked).run()
    except EmbeddedError as error:
        print(f"Erreur : {error}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
