"""``manage.py simulate_programme CODE --from D --to D [--json]``: what the cast and the deadlines make of a programme.

Exit status: 0 done, 1 it could not be played, 2 wrong usage.
"""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.common.clock import end_of_paris_day, paris_date
from portal.common.refusals import Refused
from portal.demo.clock import LAST_DAY
from portal.demo.domain.happenings import Happening
from portal.demo.services.simulate import EffectFailed, simulate
from portal.demo.telling import told_between
from portal.programmes.services.load import catalogue_codes

_LAST = paris_date(LAST_DAY) - timedelta(days=1)


class Command(BaseCommand):
    help = (
        "Joue tout le programme avec la troupe de la démonstration, dans une base à part : les actes à leurs dates, "
        "les échéances chaque jour. Les données réelles ne sont ni lues ni changées."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", metavar="CODE", help="le programme, par exemple PHA-LGO-Va1")
        parser.add_argument(
            "--from", dest="first", nargs="?", metavar="AAAA-MM-JJ", help="premier jour imprimé, inclus"
        )
        parser.add_argument("--to", dest="last", nargs="?", metavar="AAAA-MM-JJ", help="dernier jour joué, inclus")
        parser.add_argument("--json", action="store_true", help="un objet JSON par ligne")

    def handle(self, *args: Any, **options: Any) -> None:
        code = _programme(options["code"])
        first, last = _day("--from", options["first"]), _day("--to", options["last"])
        if first > last:
            raise _wrong(f"--from ({first}) est après --to ({last}) : inversez-les.")
        if last > _LAST:
            raise _wrong(f"--to {last} : la simulation s’arrête au {_LAST}.")
        try:
            found = simulate(programme=code, until=end_of_paris_day(last), waiting=self._say_waiting)
        except Refused as error:
            raise CommandError(error.refusals[0].message, returncode=1) from error
        except EffectFailed as error:
            raise CommandError(f"La simulation s’est arrêtée, un effet a échoué : {error}", returncode=1) from error
        printed = [happening for happening in found if paris_date(happening.at) >= first]
        lines = map(_as_json, printed) if options["json"] else told_between(printed, first, last)
        for line in lines:
            self.stdout.write(line)

    def _say_waiting(self) -> None:
        self.stderr.write("Une autre simulation est en cours : celle-ci commencera ensuite…")


def _as_json(happening: Happening) -> str:
    return json.dumps(happening.as_json(), ensure_ascii=False)


def _programme(code: str | None) -> str:
    known = catalogue_codes()
    if code not in known:
        said = f"Programme inconnu : {code}." if code else "Indiquez le programme à simuler."
        raise _wrong(f"{said} Programmes connus : {', '.join(known)}.")
    return code


def _day(option: str, text: str | None) -> date:
    if not text:
        raise _wrong(f"Indiquez {option} AAAA-MM-JJ, par exemple {option} 2022-11-15.")
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong(f"{option} {text} : une date AAAA-MM-JJ est attendue, par exemple 2022-11-15.") from None


def _wrong(message: str) -> CommandError:
    return CommandError(message, returncode=2)
