"""The cast's dossiers of référencement: one to complete, one in instruction, one in preparation. One entry point."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from portal.accounts.actors import Actor
from portal.demo.cast import PROGRAMME, SUPPLIERS
from portal.demo.services.cues import Cue, moment
from portal.demo.services.paper import one_page
from portal.demo.services.play import actor_of
from portal.documents.domain.incoming import PROOFS
from portal.documents.intake.receive import received
from portal.referencing.domain.decisions import Outcome
from portal.referencing.models import ReferencingDossier
from portal.referencing.services import instruct, prepare, proofs, submit
from portal.registry.models import Supplier
from portal.registry.services.suppliers import register_software

_OFFICIA, _GALENE = "fournisseur@officia.example", "fournisseur@galene.example"
_INSTRUCTOR = "instructeur@administration.example"
_TO_COMPLETE = ("Galène Officine", "2022.1", _GALENE)
_IN_REVIEW = ("Galène Comptoir", "1.4", _GALENE)
_DRAFT = ("Officia Réseau", "6.0", _OFFICIA)
Which = tuple[str, str, str]


def dossier_cues() -> Iterator[Cue]:
    """Each act on the cast's dossiers at its own date, for the script to perform among the others."""
    for day, act in (
        ("2022-09-26", partial(_open, _IN_REVIEW)),
        ("2022-10-10", partial(_submit, _IN_REVIEW)),
        ("2022-10-17", partial(_open, _TO_COMPLETE)),
        ("2022-10-19", partial(_start_review, _IN_REVIEW)),
        ("2022-10-24", partial(_submit, _TO_COMPLETE)),
        ("2022-10-25", partial(_announce, _TO_COMPLETE, date(2022, 12, 12))),
        ("2022-11-03", partial(_judge, _IN_REVIEW)),
        ("2022-11-07", partial(_ask, _TO_COMPLETE)),
        ("2022-11-08", partial(_open, _DRAFT)),
        ("2022-11-10", partial(_prepare, _DRAFT)),
    ):
        yield Cue(moment(day, 11), act)


def _found(which: Which) -> tuple[ReferencingDossier, Actor]:
    name, label, login = which
    dossiers = ReferencingDossier.objects.select_related("requirement_set")
    return dossiers.get(software_version__software__name=name, software_version__label=label), actor_of(login)


def _open(which: Which) -> None:
    name, label, login = which
    role = next(role for role in SUPPLIERS if role.login == login)
    version = register_software(Supplier.objects.get(siret=role.identity.siret), name, label)
    content = prepare.Content(nie="NIE-DEMO-01", nil=f"NIL-DEMO-{label}")
    actor = actor_of(login)
    dossier = prepare.open_dossier(programme=PROGRAMME, version_id=version.pk, actor=actor, content=content)
    prepare.accept_charter(dossier_id=dossier.pk, actor=actor, accepted=True)


def _submit(which: Which) -> None:
    dossier, actor = _found(which)
    _deposit(dossier, actor)
    submit.submit_dossier(dossier_id=dossier.pk, actor=actor)


def _announce(which: Which, day: date) -> None:
    dossier, actor = _found(which)
    prepare.announce_date(dossier_id=dossier.pk, actor=actor, day=day, note="Sous réserve de l’instruction")


def _ask(which: Which) -> None:
    instruct.ask_pieces(
        dossier_id=_found(which)[0].pk,
        actor=actor_of(_INSTRUCTOR),
        points=["DMP.01", "EPR.02"],
        due_on=date(2022, 12, 2),
        note="L’accusé du DMP est illisible et la seconde dispensation n’apparaît pas.",
    )


def _start_review(which: Which) -> None:
    dossier, instructor = _found(which)[0], actor_of(_INSTRUCTOR)
    instruct.confirm_complete(dossier_id=dossier.pk, actor=instructor)
    instruct.start_review(dossier_id=dossier.pk, actor=instructor)


def _judge(which: Which) -> None:
    met = {code: instruct.Judgement(Outcome.MET) for code in ("CNDA.01", "CNDA.02", "INS.01", "INS.02", "DMP.01")}
    blurred = instruct.Judgement(Outcome.TO_CORRECT, "Les captures ne montrent pas l’envoi au patient.")
    given = {**met, "MSS.02": blurred}
    instruct.judge(dossier_id=_found(which)[0].pk, actor=actor_of(_INSTRUCTOR), judgements=given)


def _prepare(which: Which) -> None:
    dossier, actor = _found(which)
    _deposit(dossier, actor, chapters=("CNDA", "INS", "PSC"))
    _announce(which, date(2023, 1, 16))
    prepare.declare_obsolete(
        dossier_id=dossier.pk, actor=actor, label="Toute version avant la 4.0", note="Base de données abandonnée"
    )


def _deposit(dossier: ReferencingDossier, actor: Actor, chapters: tuple[str, ...] = ()) -> None:
    listed = dossier.requirement_set.listed
    for chapter in listed.for_profiles(dossier.profiles):
        if chapters and chapter.code not in chapters:
            continue
        covers = tuple(p.code for r in chapter.requirements if r.blocking for p in r.proofs)
        name = f"preuves-{chapter.code.lower()}.pdf"
        upload = proofs.Upload(received(one_page(f"preuves {chapter.code} - {dossier.pk}"), name, PROOFS), covers)
        proofs.deposit_proof(dossier_id=dossier.pk, chapter=chapter.code, actor=actor, upload=upload)
