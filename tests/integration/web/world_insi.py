"""Dossiers of self-homologation of the world: one being filled in, one to decide, one approved with a link to it."""

from __future__ import annotations

from homologation.domain.answers import Status
from homologation.domain.consent import CONSENT_VERSION
from homologation.models import Answer, InsiDossier, QuestionnaireVersion
from homologation.services import decide
from homologation.services.answer import Statement, confirm_answers, save_answers
from homologation.services.inspect import make_link
from homologation.services.open import open_dossier
from homologation.services.prefill import apply_latest_pack, publish_pack
from portal.accounts.actors import Actor
from portal.demo import cast
from portal.demo.services.step_up import confirm_identity
from tests.unit.homologation.forms import values


def make_insi(supplier: Actor, filling: Actor, deciding: Actor, approved: Actor) -> None:
    """Three pharmacies; the first one answered a question and was proposed others by its supplier."""
    for actor in (deciding, approved):
        dossier = open_dossier(programme=cast.PROGRAMME, actor=actor)
        say(dossier, actor, values())
        decide.submit_dossier(dossier_id=dossier.pk, actor=actor)
    sha256 = InsiDossier.objects.get(pk=dossier.pk).snapshot_sha256
    confirm_identity(approved.user_id or 0, sha256, CONSENT_VERSION)
    decision = decide.Decision(12, (), consent=True, shown_sha256=sha256)
    decide.approve_dossier(dossier_id=dossier.pk, actor=approved, decision=decision)
    make_link(dossier_id=dossier.pk, actor=approved, recipient="Inspectrice", reason="Contrôle", days=7)
    dossier = open_dossier(programme=cast.PROGRAMME, actor=filling)
    say(dossier, filling, {"s2.3.mode": "demande"})
    if dossier.software_version_id is not None:
        publish_pack(
            version_id=dossier.software_version_id,
            questionnaire=QuestionnaireVersion.objects.get(programme=cast.PROGRAMME),
            actor=supplier,
            values={"s2.3.mode": "mensuel", "s2.3.conservation_mois": 12, "s4.rapport": True},
        )
        apply_latest_pack(dossier.pk)


def say(dossier: InsiDossier, actor: Actor, said: dict[str, object]) -> None:
    """Answer these questions over what was proposed, and confirm what was proposed alike."""
    proposed = Answer.objects.filter(dossier=dossier)
    seen = dict(proposed.values_list("key", "revision__number"))
    statements = [Statement(key, Status.MODIFIED, value, seen=seen.get(key, 0)) for key, value in said.items()]
    assert not save_answers(dossier_id=dossier.pk, actor=actor, statements=statements).refusals
    same = proposed.filter(key__in=list(said), revision__status=Status.PROPOSED.value).values_list("key", flat=True)
    if keys := list(same):
        confirm_answers(dossier_id=dossier.pk, actor=actor, keys=keys)
