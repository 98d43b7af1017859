"""``manage.py activity_token make|list|revoke``: the tokens by which a supplier's machine deposits activity logs.

``make --supplier SIRET --label NAME [--days 365]`` prints the token, once; ``list --supplier SIRET [--json]``;
``revoke ID``. Exit status 2 for wrong usage.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from indicators.models import ActivityToken
from indicators.services.tokens import make_token, revoke_token
from portal.accounts.actors import Actor
from portal.common.refusals import Refused
from portal.registry.models import Supplier
from portal.registry.selectors import supplier_by_siret


class Command(BaseCommand):
    help = "Crée, liste et révoque les jetons par lesquels la machine d’un fournisseur dépose des journaux d’activité."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="make|list|revoke")
        make, listed = acts.add_parser("make", help="crée un jeton"), acts.add_parser("list", help="liste les jetons")
        for one in (make, listed):
            one.add_argument("--supplier", metavar="SIRET", required=True, help="SIRET du fournisseur")
        make.add_argument("--label", metavar="NOM", required=True, help="à quelle machine il sert")
        make.add_argument("--days", type=int, default=365, metavar="JOURS", help="sa durée, de 1 à 730 jours")
        listed.add_argument("--json", action="store_true", help="écrit un tableau JSON")
        acts.add_parser("revoke", help="révoque un jeton").add_argument("token", type=UUID, metavar="NUMÉRO")

    def handle(self, *args: Any, **options: Any) -> None:
        {"make": self._make, "list": self._list, "revoke": self._revoke}[options["act"]](options)

    def _make(self, options: dict[str, Any]) -> None:
        try:
            token, text = make_token(
                supplier=_supplier(options), label=options["label"], days=options["days"], actor=Actor.system()
            )
        except Refused as refused:
            raise CommandError(refused.refusals[0].message, returncode=2) from refused
        self.stderr.write(f"Jeton {token.pk}, valable jusqu’au {token.expires_at:%d/%m/%Y}. Il n’est montré qu’ici :")
        self.stdout.write(text)

    def _list(self, options: dict[str, Any]) -> None:
        tokens = [_told(one) for one in ActivityToken.objects.filter(supplier=_supplier(options))]
        if options["json"]:
            self.stdout.write(json.dumps(tokens, ensure_ascii=False))
            return
        for one in tokens:
            state = "révoqué" if one["revoked_at"] else f"jusqu’au {one['expires_at'][:10]}"
            self.stdout.write(f"{one['id']}  {one['label']}  {state}  dernier usage : {one['last_used_at'] or 'aucun'}")

    def _revoke(self, options: dict[str, Any]) -> None:
        try:
            token = revoke_token(options["token"], actor=Actor.system())
        except ActivityToken.DoesNotExist as error:
            raise CommandError(f"Aucun jeton n’a le numéro {options['token']} : voyez list.", returncode=2) from error
        self.stdout.write(f"Le jeton « {token.label} » est révoqué : il ne sert plus à rien.")


def _supplier(options: dict[str, Any]) -> Supplier:
    found = supplier_by_siret(options["supplier"])
    if found is None:
        raise CommandError(f"Aucun fournisseur n’a le SIRET {options['supplier']} : vérifiez-le.", returncode=2)
    return found


def _told(token: ActivityToken) -> dict[str, Any]:
    times = {name: getattr(token, name) for name in ("created_at", "expires_at", "revoked_at", "last_used_at")}
    said = {name: value.isoformat() if value else None for name, value in times.items()}
    return {"id": str(token.pk), "label": token.label, "scope": token.scope, **said}
