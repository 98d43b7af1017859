"""What the cast does for the INSi dossier: a supplier's proposals, the form handed over, a request for help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from homologation.models import QuestionnaireVersion
from homologation.services.handovers import hand_over_form
from homologation.services.help import ask_help
from homologation.services.open import open_dossier
from homologation.services.prefill import publish_pack
from portal.demo import cast
from portal.demo.services.cues import Cue, moment
from portal.demo.services.play import actor_of
from portal.registry.models import Pharmacy, SoftwareVersion

_OFFICIA = cast.SUPPLIERS[0]
_CLIENT = next(role for role in cast.PHARMACIES if role.key == "lagon")
_PROPOSED = {
    "s2.3.modalites": ["logs"],
    "s2.3.mode": "mensuel",
    "s2.3.conservation_mois": 12,
    "s4.rapport": True,
}


def help_cues() -> Iterator[Cue]:
    """Each act at its own date, for the script to perform among the others."""
    yield Cue(moment("2022-10-28", 15), _hand_over)
    yield Cue(moment("2022-11-02", 11), _publish)
    yield Cue(moment("2022-11-14", 16), _ask)


def _hand_over() -> None:
    place = Pharmacy.objects.get(finess=_CLIENT.finess)
    note = "Remis sur place, avec le certificat de démonstration"
    hand_over_form(pharmacy_id=place.pk, actor=actor_of(_OFFICIA.login), handed_on=date(2022, 10, 28), note=note)


def _publish() -> None:
    software = _OFFICIA.software[0]
    version = SoftwareVersion.objects.get(software__name=software.name, label=software.version)
    questions = QuestionnaireVersion.objects.get(programme=cast.PROGRAMME)
    actor = actor_of(_OFFICIA.login)
    publish_pack(version_id=version.pk, questionnaire=questions, actor=actor, values=_PROPOSED)


def _ask() -> None:
    pharmacist = actor_of(_CLIENT.login)
    dossier = open_dossier(programme=cast.PROGRAMME, actor=pharmacist)
    ask_help(
        dossier_id=dossier.pk,
        actor=pharmacist,
        section=2,
        key="s2.3.modalites",
        text="Où puis-je lire la liste des appels au téléservice INSi dans Officia LGO ?",
    )
