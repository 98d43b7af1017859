"""Dossiers of self-homologation of the world: one being filled in, one to decide, one approved with a link to it."""

from __future__ import annotations

from datetime import timedelta

from homologation.domain.answers import Status
from homologation.domain.consent import CONSENT_VERSION
from homologation.models import Answer, InsiDossier, QuestionnaireVersion
from homologation.services import decide
from homologation.services.answer import Statement, confirm_answers, save_answers
from homologation.services.breach_declare import Description, Signs, confirm_breach, declare_breach, describe_breach
from homologation.services.evidence import join_to_answer
from homologation.services.inspect import make_link
from homologation.services.open import open_dossier
from homologation.services.prefill import apply_latest_pack, publish_pack
from homologation.services.reviews import examine_all
from portal.accounts.actors import Actor
from portal.common import clock
from portal.demo import cast
from portal.demo.services.step_up import confirm_identity
from tests.factories.evidence_pieces import given
from tests.unit.homologation.forms import values


def make_insi(supplier: Actor, filling: Actor, deciding: Actor, approved: Actor, renewing: Actor) -> None:
    """Four pharmacies: one answered a question and was proposed others by its supplier, one decides, one decided and
    has its decision to review, one renews its own."""
    _submitted(deciding)
    with clock.frozen(business=clock.business_now() - timedelta(hours=1)):
        for actor in (approved, renewing):
            _approved(actor)
    shown = InsiDossier.objects.get(pharmacy__organisation=approved.organisation_id)
    make_link(dossier_id=shown.pk, actor=approved, recipient="Inspectrice", reason="Contrôle", days=7)
    open_dossier(programme=cast.PROGRAMME, actor=renewing)
    breach = declare_breach(actor=approved, signs=Signs(clock.business_now(), "person", "Poste volé"))
    confirm_breach(breach_id=breach.pk, actor=approved, aware_at=clock.business_now(), note="Vu")
    describe_breach(breach_id=breach.pk, actor=approved, said=Description(certificate_exposed=True))
    examine_all()
    dossier = open_dossier(programme=cast.PROGRAMME, actor=filling)
    say(dossier, filling, {"s2.3.mode": "demande"})
    join_to_answer(dossier_id=dossier.pk, actor=filling, key="s2.3.mode", given=given("Relevé des traces"))
    if dossier.software_version_id is not None:
        publish_pack(
            version_id=dossier.software_version_id,
            questionnaire=QuestionnaireVersion.objects.get(programme=cast.PROGRAMME),
            actor=supplier,
            values={"s2.3.mode": "mensuel", "s2.3.conservation_mois": 12, "s4.rapport": True},
        )
        apply_latest_pack(dossier.pk)


def _submitted(actor: Actor) -> InsiDossier:
    dossier = open_dossier(programme=cast.PROGRAMME, actor=actor)
    say(dossier, actor, values())
    return decide.submit_dossier(dossier_id=dossier.pk, actor=actor)


def _approved(actor: Actor) -> None:
    dossier = _submitted(actor)
    confirm_identity(actor.user_id or 0, dossier.snapshot_sha256, CONSENT_VERSION)
    decision = decide.Decision(12, (), consent=True, shown_sha256=dossier.snapshot_sha256)
    decide.approve_dossier(dossier_id=dossier.pk, actor=actor, decision=decision)


def say(dossier: InsiDossier, actor: Actor, said: dict[str, object]) -> None:
    """Answer these questions over what was proposed, and confirm what was proposed alike."""
    proposed = Answer.objects.filter(dossier=dossier)
    seen = dict(proposed.values_list("key", "revision__number"))
    statements = [Statement(key, Status.MODIFIED, value, seen=seen.get(key, 0)) for key, value in said.items()]
    assert not save_answers(dossier_id=dossier.pk, actor=actor, statements=statements).refusals
    same = proposed.filter(key__in=list(said), revision__status=Status.PROPOSED.value).values_list("key", flat=True)
    if keys := list(same):
        confirm_answers(dossier_id=dossier.pk, actor=actor, keys=keys)
