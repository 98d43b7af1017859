"""Why a log-in by Pro Santé Connect is refused: each with its status and the words that the person reads.

``detail`` is for the log: technical, never personal.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus

log = logging.getLogger("portal.accounts.psc")

AGAIN = "Recommencez depuis la page de connexion du portail."


@dataclass(frozen=True)
class Words:
    """What the page of a refusal says."""

    status: HTTPStatus
    title: str
    message: str


PAGES: dict[str, Words] = {
    "psc_state": Words(
        HTTPStatus.BAD_REQUEST,
        "Cette connexion n’est plus valable",
        "Elle a déjà servi, a été commencée il y a plus de dix minutes, ou dans un autre navigateur. " + AGAIN,
    ),
    "psc_cancelled": Words(
        HTTPStatus.BAD_REQUEST,
        "Connexion abandonnée",
        "Vous avez arrêté la connexion sur Pro Santé Connect : rien n’a changé sur le portail. "
        "Vous pouvez la recommencer quand vous voulez.",
    ),
    "psc_error": Words(
        HTTPStatus.BAD_REQUEST,
        "Pro Santé Connect a refusé la connexion",
        "Pro Santé Connect n’a pas pu vous identifier. " + AGAIN + " Si cela se répète, adressez-vous à son support.",
    ),
    "psc_token": Words(
        HTTPStatus.BAD_REQUEST,
        "La réponse de Pro Santé Connect n’est pas recevable",
        "Le portail n’a pas pu vérifier que cette réponse vient de Pro Santé Connect et répond à votre demande : vous "
        "n’êtes pas connecté. " + AGAIN,
    ),
    "psc_acr": Words(HTTPStatus.FORBIDDEN, "Votre moyen de connexion n’est pas suffisant", ""),
    "psc_profession": Words(HTTPStatus.FORBIDDEN, "Cet accès est réservé aux pharmaciens et aux préparateurs", ""),
    "psc_no_identifier": Words(HTTPStatus.FORBIDDEN, "Votre identifiant national manque", ""),
    "psc_inactive": Words(
        HTTPStatus.FORBIDDEN,
        "Votre compte est fermé",
        "Le compte du portail qui porte votre identifiant national a été fermé. Adressez-vous à l’administration du "
        "programme pour le rouvrir.",
    ),
    "psc_other_person": Words(
        HTTPStatus.FORBIDDEN,
        "Ce n’est pas la personne attendue",
        "L’identité confirmée par Pro Santé Connect n’est pas celle du compte ouvert sur le portail : rien n’a été "
        "signé. Confirmez avec votre propre carte ou e-CPS, ou déconnectez-vous d’abord.",
    ),
    "psc_stale": Words(
        HTTPStatus.FORBIDDEN,
        "Votre identité n’a pas été reconfirmée",
        "Pro Santé Connect n’a pas refait l’identification demandée pour signer : rien n’a été signé. Revenez au "
        "document et recommencez.",
    ),
    "psc_unavailable": Words(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Pro Santé Connect ne répond pas",
        "Le service national d’identification est injoignable pour le moment. Rien n’est perdu. Réessayez dans "
        "quelques minutes ; l’état du service est publié par l’Agence du numérique en santé.",
    ),
}


class PscRefused(Exception):
    """The answer of the provider is not accepted. ``code`` is a key of ``PAGES``; ``message`` replaces its words."""

    def __init__(self, code: str, detail: str = "", message: str = "") -> None:
        self.code, self.detail, self.message = code, detail, message or PAGES[code].message
        super().__init__(f"{code}: {detail}")


class PscUnavailable(PscRefused):
    """The provider did not answer, or not as one."""

    def __init__(self, detail: str) -> None:
        super().__init__("psc_unavailable", detail)


def log_refusal(refused: PscRefused, *, act: str, request_id: str = "") -> None:
    """One line of JSON for each refusal: what was refused and why, without anything of the person."""
    told = {"event": "psc.refused", "act": act, "code": refused.code, "detail": refused.detail, "request": request_id}
    log.warning("%s", json.dumps(told, ensure_ascii=False))


def log_act(act: str, **facts: str | int) -> None:
    """One line of JSON for what was done."""
    log.info("%s", json.dumps({"event": f"psc.{act}", **facts}, ensure_ascii=False))
