"""``manage.py erase_person PERSON [--yes] [--json]``: erase a person for good; without ``--yes`` it only says what."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.models import User
from portal.common.refusals import Refused
from portal.registry.services.erase import Erasure, erase_person, planned_erasure

_WORDS = {
    "identities": "identifiant national",
    "sessions": "sessions Pro Santé Connect",
    "addresses": "adresses de connexion",
    "second_factors": "seconds facteurs",
    "provider_accounts": "comptes externes",
    "attachment_requests": "demandes de rattachement à vider",
}


class Command(BaseCommand):
    help = (
        "Efface une personne : nom, adresse, identifiant, moyens de connexion, clé de ses preuves. Sans --yes, dit ce "
        "qui serait fait. Code de sortie : 0 fait ou dit, 1 refusé."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="the e-mail address of the account, or its number")
        parser.add_argument("--yes", action="store_true", help="really erase; it cannot be undone")
        parser.add_argument("--json", action="store_true", help="print what was done as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user_id = _number(options["person"])
            told = erase_person(user_id) if options["yes"] else planned_erasure(user_id)
        except Refused as refused:
            raise CommandError(" ".join(one.message for one in refused.refusals), returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps({**told.as_json(), "erased": options["yes"]}, ensure_ascii=False))
        else:
            self._tell(told, erased=options["yes"])

    def _tell(self, told: Erasure, *, erased: bool) -> None:
        if told.done:
            self.stdout.write(f"La personne n° {told.user.pk} est déjà effacée : rien à faire.")
            return
        head = "est effacée" if erased else "serait effacée (nom, adresse, mot de passe, clé des preuves)"
        self.stdout.write(f"La personne n° {told.user.pk} {head}.")
        for name, count in told.removed.items():
            self.stdout.write(f"  {_WORDS[name]} : {count}")
        self.stdout.write(f"  signatures gardées, avec leurs documents : {told.signatures}")
        self.stdout.write(
            f"  preuves gardées, désormais illisibles : {told.proofs}, et {told.evidence} fichiers de preuve"
        )
        if told.kept_until:
            self.stdout.write(f"  durée de conservation lisible, achevée le {told.kept_until:%d/%m/%Y}")
        if not erased:
            self.stdout.write("Rien n’a été changé. Relancez avec --yes pour effacer : c’est sans retour.")


def _number(person: str) -> int:
    if person.isdecimal():
        return int(person)
    found = User.objects.filter(email=person.strip().lower()).exclude(email="").values_list("pk", flat=True).first()
    if found is None:
        raise CommandError(
            "Aucun compte n’a cette adresse. Vérifiez-la, ou donnez l’identifiant du compte.", returncode=1
        )
    return found
