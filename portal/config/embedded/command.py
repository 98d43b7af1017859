"""The environment of one ``manage.py`` command: engines that run already, or run just for it, or none at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager

from portal.config.embedded import environment, options
from portal.config.embedded.paths import Layout
from portal.config.embedded.session import Lease

# Django's own commands that ask nothing of the database. A doubtful one is left out: engines cost a second only.
_WITHOUT_ENGINES = frozenset(
    {
        "generate_docs",
        "help",
        "version",
        "collectstatic",
        "findstatic",
        "diffsettings",
        "compilemessages",
        "makemessages",
        "startapp",
        "startproject",
    }
)
_HELP = frozenset({"-h", "--help", "--version"})


def needs_engines(arguments: Sequence[str]) -> bool:
    """Whether this command line (without the program's name) may use the database or the queue."""
    if not arguments or arguments[0] in _WITHOUT_ENGINES or _HELP.intersection(arguments):
        return False
    if arguments[0] == "check":
        return any(argument.startswith("--database") for argument in arguments)
    return True


@contextmanager
def prepared(arguments: Sequence[str], environ: MutableMapping[str, str]) -> Iterator[None]:
    """Complete the environment for the time of the command; what was given is kept as it is."""
    asked = options.read(environ)
    if not needs_engines(arguments):
        environ.update(environment.without_engines(asked, environ))
        yield
        return
    layout = Layout(asked.var)
    layout.prepare()
    if not asked.engines:
        environ.update(environment.with_engines(asked, layout, asked.var, environ))
        yield
        return
    os.umask(0o077)
    with Lease(layout, asked.engines) as lease:
        environ.update(environment.with_engines(asked, layout, lease.run, environ))
        yield
