"""The cast's dossiers of référencement: one to complete, one in instruction, one in preparation. One entry point."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from portal.accounts.actors import Actor
from portal.common import clock
from portal.demo.cast import PROGRAMME, SUPPLIERS
from portal.demo.services.cues import moment
from portal.demo.services.play import actor_of
from portal.outbox.services.deliver import deliver_pending
from portal.referencing.domain.decisions import Outcome
from portal.referencing.models import ReferencingDossier
from portal.referencing.services import instruct, prepare, proofs, submit
from portal.registry.models import Supplier
from portal.registry.services.suppliers import register_software

_OFFICIA, _GALENE = "fournisseur@officia.example", "fournisseur@galene.example"
_INSTRUCTOR = "instructeur@administration.example"


def play_dossiers() -> None:
    """Open and bring each dossier where the demonstration shows it."""
    _to_complete()
    _in_instruction()
    _in_preparation()


@contextmanager
def _at(day: str) -> Iterator[None]:
    with clock.frozen(business=moment(day, 10)):
        yield
        deliver_pending()


def _to_complete() -> None:
    """The version that conditional orders wait for: two pieces are missing, the answer is due in December."""
    actor, dossier = _opened("Galène Officine", "2022.1", _GALENE, "2022-10-17")
    with _at("2022-10-24"):
        _deposit(dossier, actor)
        submit.submit_dossier(dossier_id=dossier.pk, actor=actor)
        _announce(dossier, actor, date(2022, 12, 12))
    with _at("2022-11-07"):
        instruct.ask_pieces(
            dossier_id=dossier.pk,
            actor=actor_of(_INSTRUCTOR),
            points=["DMP.01", "EPR.02"],
            due_on=date(2022, 12, 2),
            note="L’accusé du DMP est illisible et la seconde dispensation n’apparaît pas.",
        )


def _in_instruction() -> None:
    actor, dossier = _opened("Galène Comptoir", "1.4", _GALENE, "2022-09-26")
    instructor = actor_of(_INSTRUCTOR)
    with _at("2022-10-10"):
        _deposit(dossier, actor)
        submit.submit_dossier(dossier_id=dossier.pk, actor=actor)
    with _at("2022-10-19"):
        instruct.confirm_complete(dossier_id=dossier.pk, actor=instructor)
        instruct.start_review(dossier_id=dossier.pk, actor=instructor)
    with _at("2022-11-03"):
        met = {code: instruct.Judgement(Outcome.MET) for code in ("CNDA.01", "CNDA.02", "INS.01", "INS.02", "DMP.01")}
        blurred = instruct.Judgement(Outcome.TO_CORRECT, "Les captures ne montrent pas l’envoi au patient.")
        instruct.judge(dossier_id=dossier.pk, actor=instructor, judgements={**met, "MSS.02": blurred})


def _in_preparation() -> None:
    actor, dossier = _opened("Officia Réseau", "6.0", _OFFICIA, "2022-11-08")
    with _at("2022-11-10"):
        _deposit(dossier, actor, chapters=("CNDA", "INS", "PSC"))
        _announce(dossier, actor, date(2023, 1, 16))
        prepare.declare_obsolete(
            dossier_id=dossier.pk, actor=actor, label="Toute version avant la 4.0", note="Base de données abandonnée"
        )


def _opened(software: str, version: str, login: str, day: str) -> tuple[Actor, ReferencingDossier]:
    role = next(role for role in SUPPLIERS if role.login == login)
    wanted = register_software(Supplier.objects.get(siret=role.identity.siret), software, version)
    actor = actor_of(login)
    with _at(day):
        content = prepare.Content(nie="NIE-DEMO-01", nil=f"NIL-DEMO-{version}")
        dossier = prepare.open_dossier(programme=PROGRAMME, version_id=wanted.pk, actor=actor, content=content)
        prepare.accept_charter(dossier_id=dossier.pk, actor=actor, accepted=True)
    return actor, dossier


def _announce(dossier: ReferencingDossier, actor: Actor, day: date) -> None:
    prepare.announce_date(dossier_id=dossier.pk, actor=actor, day=day, note="Sous réserve de l’instruction")


def _deposit(dossier: ReferencingDossier, actor: Actor, chapters: tuple[str, ...] = ()) -> None:
    listed = dossier.requirement_set.listed
    for chapter in listed.for_profiles(dossier.profiles):
        if chapters and chapter.code not in chapters:
            continue
        covers = tuple(p.code for r in chapter.requirements if r.blocking for p in r.proofs)
        name = f"preuves-{chapter.code.lower()}.pdf"
        upload = proofs.Upload(name, _page(dossier.pk, chapter.code), covers)
        proofs.deposit_proof(dossier_id=dossier.pk, chapter=chapter.code, actor=actor, upload=upload)


def _page(dossier: UUID, chapter: str) -> bytes:
    """A one-page PDF that says it is a demonstration."""
    words = f"Demonstration - preuves {chapter} - {dossier}"
    text = f"BT /F1 14 Tf 60 780 Td ({words}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
