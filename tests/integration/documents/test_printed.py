"""What is really on the pages: every field and mention of the official forms, in a tagged French A4 PDF."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
import weasyprint
from pypdf import PdfReader
from weasyprint.formatting_structure import boxes

from attestations.domain.snapshot import Answer, attestation_snapshot
from orders.domain.snapshot import order_snapshot
from portal.common.canonical import sha256_of
from portal.documents import render
from portal.documents.templatetags.document_text import euros_of, short_hash
from tests.unit.documents import parts

RULES = parts.rules()
ORDER_TEMPLATE = "orders/documents/order.html"
VA_TEMPLATE = "attestations/documents/va.html"
MM = 96 / 25.4  # CSS pixels
PAGE, MARGIN = 210 * MM, 17 * MM
_BLANKS = re.compile(r"\s+")


def reader(template: str, snapshot: dict[str, Any], *, draft: bool = False) -> PdfReader:
    make = render.draft_pdf(template, snapshot) if draft else render.pdf(render.html(template, snapshot))
    return PdfReader(io.BytesIO(make))


def squeezed(text: str) -> str:
    """Without blanks: where a line is broken does not matter."""
    return _BLANKS.sub("", text)


def text_of(pdf: PdfReader) -> str:
    return squeezed("".join(page.extract_text() for page in pdf.pages))


def laid_out(template: str, snapshot: dict[str, Any]) -> list[Any]:
    """The laid-out boxes of each page."""
    source = weasyprint.HTML(string=render.html(template, snapshot))
    engine = render._engine()
    return [page._page_box for page in source.render(engine.fonts, stylesheets=[engine.stylesheet]).pages]


def missing(pdf: PdfReader, expected: list[str]) -> list[str]:
    text = text_of(pdf)
    return [piece for piece in expected if squeezed(piece) not in text]


ORDER_LABELS = [
    "Référence de l’appel à financement",
    "Numéro du bon de commande",
    "Fournisseur",
    "Client",
    "Nom de la structure",
    "N° de SIRET",
    "N° de FINESS géographique",
    "Adresse",
    "Nom du responsable de la transaction",
    "Nom du responsable de la structure",
    "Téléphone",
    "Mail",
    "Pour commande des certificats logiciels",
    "Nom de l’administrateur technique ¹",
    "Statut de l’administrateur technique (au choix : éditeur ou pharmacien)",
    "Numéro de carte CPA/CPS ²",
    "Mail ³",
    "Informations sur la prestation Ségur commandée",
    "Dénomination et version du logiciel",
    "Numéro unique de référencement de la solution logicielle (délivré par l’ANS)",
    "Description de la prestation",
    "Montant HT",
    "Montant de la TVA",
    "Montant TTC",
    "Scénario d’installation de la Prestation Ségur PHA-LGO-Va1",
    "Disposez-vous d’une BAL MS Santé personnelle ?",
    "Disposez-vous d’une BAL MS Santé organisationnelle ?",
    "Si oui, quel est l’opérateur de messagerie sécurisée de santé ?",
    "Signature du client",
]
ORDER_VALUES = [
    "AF-PHA-LGO-Va1",
    "BC-2022-000123",
    "Officia Logiciels SAS",
    "732 829 320 00074",
    "12 rue des Ursulines, 37000 Tours",
    "Jean-Philippe Dérouault",
    "02 47 00 00 00",
    "contact@officia.example",
    "Distri Pharma",
    "Pharmacie de l’Hôtel de Ville",
    "01 000 230 1",
    "3 place de l’Hôtel de Ville, 01000 Bourg-en-Bresse",
    "Hélène Œuvrard",
    "04 74 00 00 00",
    "pharmacie.hdv@example.fr",
    "Camille Nguyen",
    "Pharmacien",
    "2800123456",
    "04 74 00 00 01",
    "certificats@example.fr",
    "Officia LGO, version 9.4.1",
    "SEG-PHA-LGO-2022-0042",
    "875,00 €",
    "175,00 €",
    "20 %",
    euros_of("1050.00"),
    "Mise à jour du LGO existant",
    "MailizSanté",
    "Opérateur Deux",
    "15/11/2022 à 10 h 32",
    "15/12/2022 à 10 h 32",
    "PHA-LGO-Va1 v1",
]


def test_an_order_prints_every_field_of_the_official_form_and_its_value() -> None:
    pdf = reader(ORDER_TEMPLATE, order_snapshot(parts.ORDER, RULES))
    assert missing(pdf, ORDER_LABELS + ORDER_VALUES) == []


def test_an_order_prints_every_mention_word_for_word() -> None:
    pdf = reader(ORDER_TEMPLATE, order_snapshot(parts.CONDITIONAL, RULES))
    mentions = [text for key, text in RULES.mentions.items() if key not in ("source", "confidence")]
    assert missing(pdf, mentions + list(RULES.covered) + list(RULES.not_covered)) == []


def test_a_firm_order_does_not_print_the_conditional_mention() -> None:
    assert "conditionné" not in text_of(reader(ORDER_TEMPLATE, order_snapshot(parts.ORDER, RULES)))


def test_a_conditional_order_prints_no_number_of_referencement() -> None:
    text = text_of(reader(ORDER_TEMPLATE, order_snapshot(parts.CONDITIONAL, RULES)))
    assert squeezed("(délivré par l’ANS) laissé vide") in text
    assert "SEG-PHA-LGO" not in text


def test_a_signed_order_prints_the_signature_and_the_last_day_of_the_condition() -> None:
    pdf = reader(ORDER_TEMPLATE, order_snapshot(parts.CONDITIONAL, RULES, parts.SIGNATURE))
    expected = [
        "Signé par Hélène Œuvrard",
        "En qualité de Titulaire",
        "16/11/2022 à 11 h 01 min 07 s (heure de Paris)",
        parts.SIGNATURE.method,
        parts.SIGNATURE.consent_text,
        "ab" * 32,
        "au plus tard le 16/03/2023 inclus",
    ]
    assert missing(pdf, expected) == []
    assert "Àsigneravantle" not in text_of(pdf)


def test_what_is_unknown_is_said_to_be() -> None:
    html = render.html(ORDER_TEMPLATE, order_snapshot(parts.BARE, RULES))
    assert html.count("non renseigné") >= 12
    assert not re.search(r"<td[^>]*>\s*</td>", html)


def test_a_va_prints_its_form_and_each_decision() -> None:
    refused = "La plateforme ne répond pas depuis le poste 2."
    answers = [Answer(s.code, "accepted") for s in RULES.va_statements]
    answers[2] = Answer("e_prescription", "refused", refused)
    facts = replace(parts.ATTESTATION, answers=answers, place="Bourg-en-Bresse", dated_on=parts.SIGNED.date())
    pdf = reader(VA_TEMPLATE, attestation_snapshot(facts, RULES, parts.SIGNATURE))
    expected = [
        "Attestation de vérification d’aptitude (VA)",
        "Je, soussigné :",
        "Nom du responsable de l’Officine Hélène Œuvrard",
        "N° FINESS géographique 01 000 230 1",
        "Téléphone 04 74 00 00 00",
        "Email pharmacie.hdv@example.fr",
        "BC-2022-000123",
        "Officia LGO, version 9.4.1",
        "SEG-PHA-LGO-2022-0042",
        "01/12/2022",
        "Mise à jour du LGO existant",
        "pharmacie.hdv@officine.mssante.fr",
        "organisationnelle",
        f"Motif du refus : {refused}",
        "1 point refusé.",
        "À Bourg-en-Bresse, le 16/11/2022",
        "Signé par Hélène Œuvrard",
    ]
    expected += [text for s in RULES.va_statements for text in (s.heading, s.text)]
    assert missing(pdf, expected) == []
    text = text_of(pdf)
    assert (text.count("☑Attesté"), text.count("☒Refusé"), text.count("☐")) == (4, 1, 0)


def test_a_va_to_sign_ticks_nothing() -> None:
    text = text_of(reader(VA_TEMPLATE, attestation_snapshot(parts.ATTESTATION, RULES)))
    assert (text.count("☐Sansréponse"), text.count("☑"), text.count("☒")) == (5, 0, 0)


@pytest.mark.parametrize("template", [ORDER_TEMPLATE, VA_TEMPLATE])
def test_every_page_bears_number_count_fingerprint_and_rules(template: str) -> None:
    order = order_snapshot(parts.ORDER, RULES)
    snapshot = order if template == ORDER_TEMPLATE else attestation_snapshot(parts.ATTESTATION, RULES)
    pdf = reader(template, snapshot)
    for number, page in enumerate(pdf.pages, start=1):
        text = squeezed(page.extract_text())
        marks = [
            f"page{number}sur{len(pdf.pages)}",
            f"n°{snapshot['frame']['number']}",
            squeezed(short_hash(sha256_of(snapshot))),
            squeezed("Règles PHA-LGO-Va1 v1"),
        ]
        assert [mark for mark in marks if mark not in text] == []


def test_only_a_draft_bears_the_watermark_and_on_every_page() -> None:
    snapshot = order_snapshot(parts.ORDER, RULES)
    mark = squeezed("BROUILLON – sans valeur")
    drafted, issued = reader(ORDER_TEMPLATE, snapshot, draft=True), reader(ORDER_TEMPLATE, snapshot)
    assert len(drafted.pages) > 1
    assert all(mark in squeezed(page.extract_text()) for page in drafted.pages)
    assert mark not in text_of(issued)


def test_a_demonstration_shows_both_clocks_and_says_so_on_every_page() -> None:
    pdf = reader(ORDER_TEMPLATE, order_snapshot(replace(parts.ORDER, demo=True), RULES))
    word = squeezed("DÉMONSTRATION – sans valeur juridique")
    assert all(word in squeezed(page.extract_text()) for page in pdf.pages)
    assert missing(pdf, ["(simulée) : 15/11/2022 à 10 h 32", "Date de la machine : 05/01/2026 à 10 h 02"]) == []


def test_a_real_document_does_not_speak_of_a_demonstration() -> None:
    assert "DÉMONSTRATION" not in text_of(reader(ORDER_TEMPLATE, order_snapshot(parts.ORDER, RULES)))


def test_the_file_is_tagged_french_a4_with_bookmarks_and_dated_by_the_snapshot() -> None:
    pdf = reader(ORDER_TEMPLATE, order_snapshot(parts.ORDER, RULES))
    outline: Any = pdf.outline
    root: Any = pdf.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    metadata = root["/Metadata"].get_object().get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata and b'pdfaid:part="3"' in metadata
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in pdf.pages} == {(595, 842)}
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Bon de commande n° BC-2022-000123"
    assert str(pdf.metadata["/CreationDate"]) == "D:20221115093200+00'00"
    assert "/ModDate" not in pdf.metadata
    assert outline[0]["/Title"] == "Bon de commande"


@pytest.mark.parametrize("template", [ORDER_TEMPLATE, VA_TEMPLATE])
def test_the_renderer_has_nothing_to_complain_about(template: str, caplog: pytest.LogCaptureFixture) -> None:
    order = order_snapshot(parts.ORDER, RULES, parts.SIGNATURE)
    snapshot = order if template == ORDER_TEMPLATE else attestation_snapshot(parts.ATTESTATION, RULES)
    render._engine.cache_clear()
    with caplog.at_level("WARNING", "weasyprint"):
        reader(template, snapshot)
    assert [record.getMessage() for record in caplog.records] == []


def test_markup_in_a_value_is_printed_not_obeyed() -> None:
    evil = replace(parts.CLIENT, name='<script>x</script><img src="http://example.org/a.png">')
    pdf = reader(ORDER_TEMPLATE, order_snapshot(replace(parts.ORDER, client=evil), RULES))
    assert missing(pdf, [evil.name]) == []


def test_long_values_stay_inside_the_page() -> None:
    long = replace(parts.CLIENT, name="Pharmacie " * 18, address="x" * 300, email="y" * 120 + "@example.fr")
    snapshot = order_snapshot(replace(parts.ORDER, client=long, number="N" * 60), RULES)
    assert missing(reader(ORDER_TEMPLATE, snapshot), [long.name, long.address, long.email, "N" * 60]) == []
    for page in laid_out(ORDER_TEMPLATE, snapshot):
        lines = [box for box in page.descendants() if isinstance(box, boxes.TextBox) and box.text.strip()]
        assert lines
        assert [b.text for b in lines if b.position_x < MARGIN or b.position_x + b.width > PAGE - MARGIN + 0.5] == []


@pytest.mark.parametrize("demo", [False, True])
@pytest.mark.parametrize("signature", [None, parts.SIGNATURE])
def test_a_conditional_order_has_no_nearly_empty_third_page(signature: Any, demo: bool) -> None:
    facts = replace(parts.CONDITIONAL, demo=demo)
    pages = laid_out(ORDER_TEMPLATE, order_snapshot(facts, RULES, signature))
    assert len(pages) == 2
