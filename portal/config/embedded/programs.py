"""The command lines of the portal's own processes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from dataclasses import replace

from portal.config.embedded.options import REPOSITORY, Options
from portal.config.embedded.paths import Layout
from portal.config.embedded.process import Command
from portal.config.embedded.steps import Step

WEB_WORKERS = 2
WEB_THREADS = 4
JOB_PROCESSES = 2
_CELERY = ("-m", "celery", "-A", "portal.config.celery")


def web(options: Options, layout: Layout, env: Mapping[str, str]) -> Command:
    """gunicorn. Its workers get a death signal of their own: see :mod:`portal.config.embedded.gunicorn_conf`."""
    host = f"[{options.bind}]" if ":" in options.bind else options.bind
    argv = [sys.executable, "-m", "gunicorn", "portal.config.wsgi:application"]
    argv += ["--config", "python:portal.config.embedded.gunicorn_conf"]
    argv += ["--bind", f"{host}:{options.port}", "--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)]
    argv += ["--graceful-timeout", "8", "--access-logfile", "-", "--no-control-socket"]
    return _command("web", argv, layout, env, ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 2.0)))


def identity(options: Options, layout: Layout, env: Mapping[str, str]) -> Command:
    """The demonstration's identity provider: one process, for it remembers in memory."""
    argv = [sys.executable, "-m", "gunicorn", "portal.demo.identity.wsgi:application"]
    argv += ["--config", "python:portal.config.embedded.gunicorn_conf", "--bind", options.identity_netloc]
    argv += ["--workers", "1", "--threads", str(WEB_THREADS), "--graceful-timeout", "2", "--no-control-socket"]
    return _command("identity", argv, layout, env, ((signal.SIGTERM, 4.0), (signal.SIGQUIT, 2.0)))


def worker(layout: Layout, env: Mapping[str, str]) -> Command:
    """The Celery worker: SIGTERM lets the current jobs end, SIGQUIT does not (they resume at the next start)."""
    argv = [sys.executable, *_CELERY, "worker", "--concurrency", str(JOB_PROCESSES), "--loglevel", "INFO"]
    argv += ["--hostname", "portal@%h", "--without-gossip", "--without-mingle"]
    return _command("worker", argv, layout, env, ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 3.0)))


def beat(layout: Layout, env: Mapping[str, str]) -> Command:
    """The Celery scheduler."""
    argv = [sys.executable, *_CELERY, "beat", "--loglevel", "INFO"]
    argv += ["--schedule", str(layout.beat / "schedule"), "--pidfile", ""]
    return _command("beat", argv, layout, env, ((signal.SIGTERM, 5.0),))


def step(step: Step, layout: Layout, env: Mapping[str, str]) -> Command:
    """A ``manage.py`` command of the start."""
    argv = [sys.executable, str(REPOSITORY / "manage.py"), *step.arguments]
    return replace(_command("setup", argv, layout, env, ((signal.SIGTERM, 5.0),)), capture=step.capture)


def _command(
    name: str, argv: list[str], layout: Layout, env: Mapping[str, str], stop: tuple[tuple[signal.Signals, float], ...]
) -> Command:
    return Command(name=name, argv=argv, log=layout.logs / f"{name}.log", env=env, cwd=REPOSITORY, stop=stop)
