"""``make run``: engines, migrations, demo cast, web, worker and beat, started, watched and stopped as one thing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from types import FrameType

from portal.config.embedded import console, environment, listening, programs
from portal.config.embedded.errors import EmbeddedError, Interrupted
from portal.config.embedded.locks import FileLock
from portal.config.embedded.options import Options
from portal.config.embedded.paths import Layout
from portal.config.embedded.process import Child, Command, describe_status
from portal.config.embedded.session import Lease
from portal.config.embedded.steps import STEPS, Step

_TICK = 0.1
_READY_SECONDS = 60.0
_ENGINE_NAMES = {"postgres": "PostgreSQL", "redis": "Redis"}


class Supervisor:
    """The life of one run. Signals only raise a flag; every wait below looks at it, so a stop is always in order."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._layout = Layout(options.var)
        self._signals = 0
        self._lease: Lease | None = None
        self._children: list[Child] = []

    def run(self) -> int:
        """Until Ctrl-C or SIGTERM (0), or something died (1)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._on_signal)
        os.umask(0o077)
        self._layout.prepare()
        with FileLock(self._layout.portal) as lock:
            if not lock.try_acquire():
                raise EmbeddedError(f"le portail tourne déjà avec {self._layout.var} : {lock.read()}")
            listening.require_free(self._options)
            lock.write(f"http://{self._options.netloc}/ (processus {os.getpid()})")
            try:
                self._start()
                self._watch()
            except Interrupted:
                console.say("Arrêt demandé.")
                return 0
            finally:
                self._stop()
                lock.write("")
        return 1

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1

    def _start(self) -> None:
        began = time.monotonic()
        env = {**os.environ, "PYTHONUNBUFFERED": "1", **self._engines()}
        results = {step.name: self._do(step, env) for step in STEPS if step.applies(self._options)}
        accounts = console.accounts_of(results["demo_cast"]) if "demo_cast" in results else []
        for command in self._programs(env):
            self._check()
            self._children.append(Child(command))
        console.say("Démarrage du site, des tâches de fond et de leur planification…")
        self._wait_until("le site ne répond pas", lambda: listening.everything_answers(self._options))
        console.announce(self._options, self._layout, accounts, time.monotonic() - began)

    def _programs(self, env: dict[str, str]) -> list[Command]:
        narrow = environment.for_the_portal(env)
        started = [
            programs.web(self._options, self._layout, narrow),
            programs.worker(self._layout, narrow),
            programs.beat(self._layout, narrow),
        ]
        if self._options.identity_port:
            own = environment.for_the_identity_provider(env)
            started.append(programs.identity(self._options, self._layout, own))
        return started

    def _engines(self) -> dict[str, str]:
        """Start or join the engines; the variables that lead to them."""
        wanted = self._options.engines
        if not wanted:
            return environment.with_engines(self._options, self._layout, self._layout.var, os.environ)
        console.say(f"Moteurs : {' et '.join(_ENGINE_NAMES[name] for name in wanted)}…")
        self._lease = Lease(self._layout, wanted, check=self._check)
        return environment.with_engines(self._options, self._layout, self._lease.run, os.environ)

    def _do(self, step: Step, env: dict[str, str]) -> str:
        """Run one step to its end; what it printed, if it is to be read."""
        console.say(step.label)
        child = Child(programs.step(step, self._layout, env))
        self._children.append(child)
        while child.running():
            self._check(but=child)
            time.sleep(_TICK)
        self._children.remove(child)
        status = child.reap()
        if status != 0:
            raise child.failure(f"l'étape « {step.name} » a échoué ({describe_status(status)}).")
        return child.output()

    def _wait_until(self, problem: str, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not condition():
            self._check()
            if time.monotonic() > deadline:
                raise self._children[0].failure(f"{problem} après {_READY_SECONDS:.0f} s.")
            time.sleep(_TICK)

    def _watch(self) -> None:
        while True:
            self._check()
            time.sleep(_TICK)

    def _check(self, *, but: Child | None = None) -> None:
        """Raise when it is time to stop: a signal came, a child (``but`` may end) or an engine died."""
        if self._signals:
            raise Interrupted
        if self._lease is not None:
            self._lease.verify()
        for child in self._children:
            if child is not but and not child.running():
                status = describe_status(child.reap())
                raise child.failure(f"{child.name} s'est arrêté ({status}).")

    def _stop(self) -> None:
        """Web, worker, beat, then the engines; a second signal makes it short."""
        seen = self._signals
        for child in self._children:
            child.stop(hurry=lambda: self._signals > seen)
        if self._lease is not None and not self._lease.close():
            console.say("Une commande manage.py utilise encore les moteurs : ils s'arrêteront avec elle.")
        console.say("Tout est arrêté.")
