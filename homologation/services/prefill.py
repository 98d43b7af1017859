"""What a supplier proposes for a software version, and how it reaches dossiers: never over what a pharmacy said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from homologation.domain.answers import NOTHING, Provenance, Status, check_value, is_filled
from homologation.domain.answers import Answer as Said
from homologation.domain.lifecycle import DRAFT
from homologation.domain.questions import Questionnaire
from homologation.models import Answer, InsiDossier, PrefillPack, QuestionnaireVersion
from homologation.services.answer import take_proposal
from homologation.services.facts import Reading
from homologation.services.machine import HOMOLOGATIONS
from homologation.services.write import write_answer
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import holds_role
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.common.refusals import Refusal, Refused, refuse
from portal.outbox.services.publish import publish
from portal.registry.models import SoftwareVersion
from portal.workflow.execute import Act, lock, run

PUBLISHED = "insi_pack.published"


@transaction.atomic
def publish_pack(
    *, version_id: UUID, questionnaire: QuestionnaireVersion, actor: Actor, values: Mapping[str, Any]
) -> PrefillPack:
    """Publish what is proposed to every pharmacy that uses a version. Raises ``Refused``.

    Only the version's own supplier may, and only for the questions that an editor prefills.
    """
    version = (
        SoftwareVersion.objects.select_related("software__supplier").select_for_update(of=("self",)).get(pk=version_id)
    )
    supplier = version.software.supplier
    now = clock.business_now()
    mine = actor.role is Role.SUPPLIER and supplier.organisation_id == actor.organisation_id
    if actor.user_id is None or not mine or not holds_role(actor, actor.organisation_id, now):
        raise refuse("not_allowed", "Seul l’éditeur de ce logiciel peut proposer des réponses.")
    form = questionnaire.form
    given = {
        key: value for key, value in values.items() if key not in form.by_key or is_filled(form.by_key[key], value)
    }
    if refusals := _check_pack(form, given):
        raise Refused(refusals)
    last = PrefillPack.objects.filter(software_version=version).aggregate(last=Max("number"))["last"]
    pack = PrefillPack.objects.create(
        supplier=supplier,
        software_version=version,
        questionnaire=questionnaire,
        number=(last or 0) + 1,
        values=given,
        sha256=sha256_of(given),
        published_at=now,
        published_by_id=actor.user_id,
    )
    publish(PUBLISHED, {"id": pack.pk}, dedup=f"{PUBLISHED}:{pack.pk}")
    return pack


def _check_pack(form: Questionnaire, values: Mapping[str, Any]) -> list[Refusal]:
    if not values:
        return [Refusal("empty_pack", "Aucune réponse n’est proposée : remplissez au moins une question.")]
    refusals = []
    for key, value in values.items():
        question = form.by_key.get(key)
        if question is None or not question.prefillable:
            refusals.append(Refusal("not_prefillable", "Cette question revient à la pharmacie seule.", key))
        else:
            refusals += check_value(question, value)
    return refusals


def latest_pack(dossier: InsiDossier) -> PrefillPack | None:
    """What the editor proposes today for the dossier's software, under the same questions."""
    packs = PrefillPack.objects.filter(
        software_version=dossier.software_version_id, questionnaire=dossier.questionnaire_id
    )
    return packs.select_related("supplier", "software_version__software").order_by("-number").first()


def spread(pack_id: int) -> int:
    """Propose a pack to every open dossier of its version; how many took something. May be repeated."""
    pack = PrefillPack.objects.get(pk=pack_id)
    dossiers = InsiDossier.objects.filter(
        software_version=pack.software_version_id, questionnaire=pack.questionnaire_id, state=DRAFT
    )
    return sum(bool(apply_latest_pack(pk)) for pk in dossiers.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def apply_latest_pack(dossier_id: UUID) -> tuple[str, ...]:
    """Propose what is not answered yet, or was only proposed by an earlier pack; the keys proposed."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    pack = latest_pack(dossier)
    if pack is None or dossier.state != DRAFT:
        return ()
    answers = Reading(dossier, clock.business_now()).answers
    fresh = {key: value for key, value in pack.values.items() if _open_to(answers.get(key, NOTHING), value)}
    if not fresh:
        return ()
    portal = Actor.system()
    dossier = run(HOMOLOGATIONS, dossier_id, portal, Act("prefill", data={"pack": pack.pk, "keys": sorted(fresh)}))
    for key, value in fresh.items():
        write_answer(dossier, key, Said(value, Status.PROPOSED, "", Provenance.EDITOR_PACK, pack.source), portal)
    return tuple(fresh)


def _open_to(answer: Said, value: Any) -> bool:
    """Nothing said yet, or « je ne sais pas », or an earlier pack's proposal.

    What a pharmacy said is never overwritten: neither here, nor carried over from its last dossier to be confirmed.
    """
    if answer.status is Status.PROPOSED:
        return answer.provenance is Provenance.EDITOR_PACK and answer.value != value
    return answer.status in (Status.EMPTY, Status.UNKNOWN)


@dataclass(frozen=True)
class Proposal:
    """What the editor proposes where the pharmacy has already answered otherwise."""

    key: str
    value: Any
    pack: PrefillPack


def proposals(dossier: InsiDossier, rows: Mapping[str, Answer]) -> dict[str, Proposal]:
    """The proposals that wait beside settled answers, by key; those set aside are not repeated."""
    pack = latest_pack(dossier) if dossier.state == DRAFT else None
    if pack is None:
        return {}
    return {
        key: Proposal(key, pack.values[key], pack)
        for key, row in rows.items()
        if key in pack.values and row.revision.value != pack.values[key] and (row.declined_id or 0) < pack.pk
    }


@transaction.atomic
def answer_proposal(*, dossier_id: UUID, actor: Actor, key: str, take: bool) -> None:
    """Take the editor's proposal in the place of one's answer, or set it aside. Raises ``Refused``."""
    dossier = lock(HOMOLOGATIONS, dossier_id)
    reading = Reading(dossier, clock.business_now())
    reading.require_mandate(actor, [key])
    rows = reading.rows
    proposal = proposals(dossier, rows).get(key)
    if proposal is None:
        raise refuse("nothing_proposed", "Cette proposition n’attend plus de réponse : rechargez la page.")
    if take:
        value, source = proposal.value, proposal.pack.source
        take_proposal(dossier_id=dossier_id, actor=actor, key=key, value=value, source=source)
        return
    run(HOMOLOGATIONS, dossier_id, actor, Act("confirm", data={"declined": [key], "pack": proposal.pack.pk}))
    rows[key].declined = proposal.pack
    rows[key].save(update_fields=["declined"])
