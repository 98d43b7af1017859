"""``manage.py check_rule_sets``: read every version again and compare it with its hash."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.programmes.domain.ruleset import BadRuleSet
from portal.programmes.selectors import all_versions


class Command(BaseCommand):
    help = "Relit chaque version de règles et vérifie son empreinte."

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = []
        for version in all_versions():
            try:
                rules = version.as_rules()
            except BadRuleSet as error:
                wrong.append(str(error))
                continue
            if (rules.version, rules.applies_from) != (version.number, version.applies_from):
                wrong.append(f"{version} : le contenu ne dit pas le même numéro ou la même portée que la ligne")
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{all_versions().count()} version(s) conforme(s) à leur empreinte.")
