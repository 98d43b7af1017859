#!/usr/bin/env python
"""Django's commands, on the running portal's engines or on engines started for the time of the command."""

from __future__ import annotations

import os
import sys

try:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
except ModuleNotFoundError:
    sys.exit("Django manque : lancez « make setup », puis .venv/bin/python manage.py …")

from portal.config.embedded.command import prepared
from portal.config.embedded.errors import EmbeddedError


def main() -> int:
    """Run the command; a wrong setting is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    try:
        with prepared(sys.argv[1:], os.environ):
            execute_from_command_line(sys.argv)
    except (EmbeddedError, ImproperlyConfigured) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
