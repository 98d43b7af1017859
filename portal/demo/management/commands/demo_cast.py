"""``manage.py demo_cast [--json]``: make the demonstration where it is missing, and print it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from homologation.services.load import load_questionnaires
from portal.common import clock
from portal.demo.services.activity import ask_for_activity
from portal.demo.services.make import describe, make_demo
from portal.outbox.services.deliver import deliver_pending
from portal.programmes.services.load import load_catalogue
from portal.referencing.services.load import load_requirements


class Command(BaseCommand):
    help = "Crée les données de démonstration si elles manquent, et les affiche."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="imprime un seul objet JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("La démonstration n’existe que dans l’installation embarquée (PORTAL_DEMO=1).")
        call_command("migrate", verbosity=0)  # on an empty folder the command stands alone
        load_catalogue()
        load_requirements()
        load_questionnaires()
        make_demo()
        ask_for_activity(clock.business_now())
        deliver_pending(limit=10_000)
        described = describe()
        if options["json"]:
            self.stdout.write(json.dumps(described, ensure_ascii=False, indent=2))
            return
        for account in described["accounts"]:
            self.stdout.write("{login:40} {password:24} {role:12} {organisation}".format(**account))
