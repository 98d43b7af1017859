"""What an inspector reads: every answer, in every state, in every export; a seal that the printed text gives again."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.db import transaction

from homologation.domain.answers import Answer as Said
from homologation.domain.answers import Provenance, Status
from homologation.domain.decision import NewReserve
from homologation.domain.lifecycle import HOMOLOGATION
from homologation.domain.questions import TABLE
from homologation.dossier import documents
from homologation.dossier.exports import answers_csv
from homologation.dossier.files import archive_of
from homologation.dossier.pieces import paper_of
from homologation.presentation import in_words
from homologation.services import decide
from homologation.services.exchange import import_answers
from homologation.services.write import write_answer
from portal.common import clock
from portal.common.canonical import sha256_of
from portal.documents.models import Document
from portal.documents.selectors import DocumentNotReady, public_facts
from portal.documents.services.render import render_document
from portal.outbox.services.deliver import deliver_pending
from tests.conftest import TODAY
from tests.factories.insi import Case, case, case_in, questionnaire
from tests.factories.insi_papers import csv_lines, pdf_text, squeezed, unzipped
from tests.unit.homologation.forms import values

pytestmark = pytest.mark.django_db

WHY = "Parce que la pharmacie vient d’ouvrir"
MORE: dict[str, Any] = {
    "s2.1.precisions": "Carte au comptoir",
    "s2.1.certificat": "Certificat INSi 42",
    "s2.1.certificat_expiration": "2024-02-01",
    "s2.1.administrateur": "L’éditeur du logiciel",
    "s2.3.justification": "Contrôle interne",
    "s2.3.precisions": "Liste remise chaque mois",
    "s5.q2.precisions": "Au coffre du bureau",
    "s5.q3.procedure": "Appeler, décrire, notifier",
    "s5.q4.precisions": "Dans le registre",
}
"""Values for the questions that a faultless set leaves out: with them every key of the form has one."""


def everything() -> dict[str, Any]:
    return values(s2__1__moyens=["cpx", "certificat"], s2__3__conservation_mois=24, s2__3__mode="demande") | MORE


def said_of(status: Status, value: Any) -> Said:
    without = status in (Status.EMPTY, Status.VOID, Status.UNKNOWN)
    pack = status in (Status.PROPOSED, Status.CONFIRMED)
    return Said(
        None if without else value,
        status,
        WHY if status is Status.VOID else "",
        Provenance.CARRIED_OVER if pack else Provenance.USER,
    )


def in_status(status: Status) -> Case:
    """A dossier being filled in whose every question is in this state."""
    one = case()
    for key, value in everything().items():
        write_answer(one.dossier, key, said_of(status, value), one.titulaire)
    return one


def words_of(key: str, value: Any) -> list[str]:
    """What a value of a question is to be read as."""
    question = questionnaire().form.by_key[key]
    if question.type != TABLE:
        return [in_words(question, value)]
    return [in_words(column, row[column.key]) for row in value for column in question.columns if row.get(column.key)]


def test_the_values_of_the_tests_name_every_question() -> None:
    assert set(everything()) == set(questionnaire().form.by_key)


@pytest.mark.real_pdf
@pytest.mark.parametrize("status", list(Status))
def test_every_answer_in_every_state_is_in_every_export(status: Status) -> None:
    one, form = in_status(status), questionnaire().form
    text = pdf_text(documents.draft_copy(one.dossier, TODAY))
    snapshot = documents.snapshot_of(one.dossier, TODAY)
    told = {question["key"]: question for section in snapshot["sections"] for question in section["questions"]}
    lines = csv_lines(answers_csv(snapshot))
    assert set(told) == {line["cle"] for line in lines} == set(form.by_key)
    for key, value in everything().items():
        cells = " ".join(line["reponse"] for line in lines if line["cle"] == key)
        line = next(line for line in lines if line["cle"] == key)
        expected = words_of(key, value) if status in (Status.PROPOSED, Status.CONFIRMED, Status.MODIFIED) else []
        for words in expected:
            assert squeezed(words) in text, (key, words)
            assert words in cells, (key, words)
        assert (told[key]["status"], line["statut"]) == (status.value, status.label)
        assert squeezed(told[key]["label"] + key) in text
        assert squeezed(f"{status.label}. {told[key]['origin']}") in text
        assert line["origine"] == told[key]["origin"] and told[key]["origin"].endswith(".")
        if status is Status.VOID:
            assert line["motif"] == WHY and squeezed(f"Sans objet : {WHY}") in text
        if status is Status.EMPTY:
            assert key not in snapshot["answers"]["answers"]
        else:
            assert snapshot["answers"]["answers"][key]["status"] == status.value


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.EMPTY])
def test_what_the_archive_exports_is_read_back_with_the_same_hash(status: Status) -> None:
    one = in_status(status)
    keys = {key for key in everything() if status is not Status.VOID or questionnaire().form.by_key[key].voidable}
    two = case() if status is Status.VOID else one
    if status is Status.VOID:  # only where the form admits it can it be read back
        for key in keys:
            write_answer(two.dossier, key, said_of(status, None), two.titulaire)
    export = json.loads(unzipped(archive_of(two.dossier, TODAY))["reponses.json"])
    assert set(export["snapshot"]["answers"]) == keys
    decide.abandon_dossier(dossier_id=two.pk, actor=two.titulaire, reason="Recommencer")
    other = two.again()
    import_answers(dossier_id=other.pk, actor=other.titulaire, content=export)
    again = json.loads(unzipped(archive_of(other.dossier, TODAY))["reponses.json"])
    assert again["sha256"] == export["sha256"] == sha256_of(again["snapshot"])


def issued(one: Case) -> tuple[Document, bytes]:
    """The document of a decision with its file."""
    paper = paper_of(one.dossier)
    assert paper is not None
    document = render_document(paper.pk)
    return document, unzipped(archive_of(one.dossier, TODAY))[f"homologation-insi-{document.number}.pdf"]


@pytest.mark.real_pdf
def test_the_seal_is_recomputed_from_the_text_of_the_page() -> None:
    one = case().fill(s5__q4=False).submit()
    reserve = NewReserve("Écrire la procédure", "Le titulaire", date(2023, 3, 1))
    one.approve(months=6, reserves=(reserve,))
    document, content = issued(one)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    lines = re.findall(r"^(?:homologation-insi/1|[a-z]+=.*)$", text, re.MULTILINE)
    said = re.search(r"Sceau : ([0-9a-f]{64})", text)
    assert len(lines) == 10 and said
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == said[1]
    decided = one.dossier
    assert f"reponses={decided.snapshot_sha256}" in lines and f"dossier={decided.pk}" in lines
    text = pdf_text(content)
    assert (
        squeezed("Homologué avec réserves") in text and squeezed("Écrire la procédure Le titulaire 01/03/2023") in text
    )
    attached = pypdf.PdfReader(io.BytesIO(content)).attachments["donnees.json"][0]
    assert hashlib.sha256(attached).hexdigest() == document.snapshot_sha256
    assert json.loads(attached)["answers"] == decided.snapshot


ORDER = [
    "1. Le dossier",
    "2. La décision",
    "3. Synthèse",
    "4. Le formulaire",
    "5. Risques, mesures et acceptations",
    "6. Personnes, droits et certificats",
    "7. Supervision des douze derniers mois",
    "8. Registre des violations de données",
    "9. Annexes",
]


@pytest.mark.real_pdf
def test_the_parts_follow_the_official_order_and_are_bookmarked() -> None:
    _, content = issued(case_in("approved"))
    reader: Any = pypdf.PdfReader(io.BytesIO(content))
    marks = reader.outline[1]
    titles = ["" if isinstance(mark, list) else mark["/Title"] for mark in marks]
    assert [title for title in titles if title] == ORDER
    form = [mark["/Title"] for mark in marks[titles.index(ORDER[3]) + 1]]
    assert form == [f"{section.number}. {section.title}" for section in questionnaire().form.sections]


STATES = HOMOLOGATION.states


@pytest.mark.real_pdf
@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_dossier_leaves_by_every_export(state: str) -> None:
    one = case_in(state)
    paper = paper_of(one.dossier)
    assert (paper is not None) == (state in ("approved", "withdrawn", "replaced"))
    if paper is not None:
        render_document(paper.pk)
    files = unzipped(archive_of(one.dossier, TODAY))
    name = next(name for name in files if name.endswith(".pdf") and "/" not in name)
    text, draft = pdf_text(files[name]), b"BROUILLON" in files["LISEZMOI.txt"]
    assert draft == (paper is None) == name.startswith("brouillon-")
    assert squeezed(HOMOLOGATION.labels["approved" if paper else state]) in text
    pages = pypdf.PdfReader(io.BytesIO(files[name])).pages
    assert all((squeezed("BROUILLON – sans valeur") in squeezed(p.extract_text())) == draft for p in pages)
    said = json.loads(files["dossier.json"])
    assert said["dossier"]["state"] == ("approved" if paper else state)
    assert len(csv_lines(files["reponses.csv"])) >= len(questionnaire().form.by_key)
    if paper:
        assert hashlib.sha256(files["dossier.json"]).hexdigest() == paper.snapshot_sha256


def test_a_paper_is_asked_for_once_and_drawn_once() -> None:
    one = case_in("approved")
    papers = Document.objects.filter(subject_id=str(one.pk))
    assert papers.count() == 1
    with pytest.raises(DocumentNotReady):
        archive_of(one.dossier, TODAY)
    deliver_pending()
    first = papers.get()
    render_document(first.pk)
    assert papers.get().sha256 == first.sha256 is not None
    with clock.frozen(business=TODAY + timedelta(days=40), machine=clock.machine_now()):
        assert documents.frozen_content(one.dossier, clock.business_now()) == first.snapshot


def test_who_checks_the_paper_reads_when_it_was_decided_and_that_it_no_longer_holds() -> None:
    one = case_in("approved")
    deliver_pending()
    paper = Document.objects.get(subject_id=str(one.pk))
    facts = public_facts(paper)
    assert facts.signed_at == one.dossier.decided_at and facts.finess == one.place.finess
    assert facts.voided_at is None and "Pro Santé Connect" in facts.method
    decide.withdraw_dossier(dossier_id=one.pk, actor=one.titulaire, reason="Logiciel changé")
    paper.refresh_from_db()
    assert public_facts(paper).voided_at == TODAY
    renewed = case_in("replaced")
    assert Document.objects.get(subject_id=str(renewed.pk)).void_reason == "Remplacé par le dossier n° 2"


def test_no_cell_is_a_formula() -> None:
    one = case()
    one.say("s4.destinataire", "=HYPERLINK(1)")
    lines = csv_lines(answers_csv(documents.snapshot_of(one.dossier, TODAY)))
    assert next(line["reponse"] for line in lines if line["cle"] == "s4.destinataire") == "'=HYPERLINK(1)"


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum manque (coreutils)")
def test_the_archive_checks_itself_with_sha256sum(tmp_path: Path) -> None:
    one = case_in("approved")
    deliver_pending()
    for name, content in unzipped(archive_of(one.dossier, TODAY)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)

    def check() -> int:
        done = subprocess.run(["sha256sum", "--strict", "-c", "MANIFEST.sha256"], cwd=tmp_path, capture_output=True)
        return done.returncode

    assert check() == 0
    (tmp_path / "reponses.csv").write_bytes(b"x")
    assert check() != 0


def test_the_same_dossier_gives_the_same_archive() -> None:
    one = case_in("approved")
    deliver_pending()
    with archive_of(one.dossier, TODAY) as first, archive_of(one.dossier, TODAY + timedelta(days=3)) as second:
        assert first.read() == second.read()


def test_a_refused_decision_leaves_no_paper() -> None:
    one = case().fill(s5__q4=False).submit()
    with pytest.raises(Exception, match="réserve"), transaction.atomic():
        one.approve()
    assert not Document.objects.filter(subject_id=str(one.pk)).exists()
