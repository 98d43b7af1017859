"""``manage.py recount_activity [--supplier SIRET] [--check]``: the counters again from accepted lines, on every worker.

Quicker than ``rebuild_activity``, which starts from the raw files: it trusts the parts. Exit status: 0 mended or
nothing to mend, 1 a difference with ``--check`` or a share that failed, 2 wrong usage.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indicators.services.recount import RECOUNT, request_recount
from portal.outbox.models import Job, JobState
from portal.outbox.selectors import unfinished
from portal.outbox.services.jobs import run_waiting
from portal.registry.selectors import all_suppliers


class Command(BaseCommand):
    help = "Recompte l’activité à partir des lignes acceptées, les pharmacies réparties entre tous les workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--supplier", metavar="SIRET", default="", help="un seul fournisseur")
        parser.add_argument("--check", action="store_true", help="compare seulement, ne change rien")

    def handle(self, *args: Any, **options: Any) -> None:
        suppliers = [one for one in all_suppliers() if options["supplier"] in ("", one.siret)]
        if not suppliers:
            raise CommandError(f"Aucun fournisseur n’a le SIRET {options['supplier']} : vérifiez-le.", returncode=2)
        keys = [job.pk for job in request_recount(suppliers, check=options["check"])]
        while unfinished(keys):  # this process takes its part, and that of a worker that died
            if not run_waiting(RECOUNT):
                time.sleep(0.5)
        jobs = list(Job.objects.filter(pk__in=keys).order_by("created_at", "pk"))
        self._tell(jobs, check=options["check"])

    def _tell(self, jobs: list[Job], *, check: bool) -> None:
        failed = [job for job in jobs if job.state == JobState.FAILED]
        found = [words for job in jobs for words in job.result.get("differences", ())]
        for words in [*found, *(f"part {job.params['bucket']} : {job.error}" for job in failed)]:
            self.stdout.write(words)
        if failed:
            raise CommandError(f"{len(failed)} parts sur {len(jobs)} ont échoué : relancez.", returncode=1)
        if found and check:
            raise CommandError("Les compteurs diffèrent des lignes acceptées : relancez sans --check.", returncode=1)
        self.stdout.write("Les compteurs ont été recalculés." if found else "Aucune différence.")
