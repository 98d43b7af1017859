"""Who does what in an INSi dossier: the editor proposes and helps, the pharmacy confirms, each co-titulaire decides."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.insi_steps import given_a_dossier, when_it_is_filled, when_it_is_submitted
from tests.e2e.visitor import PHONE, Visitor

WORDS = "Où lire la liste des appels ?"
MODE, MONTHS = "Mise à disposition des traces par l’éditeur", "Durée de conservation des traces, en mois"


def test_what_the_editor_proposes_is_confirmed_by_the_pharmacy(visit: Visit) -> None:
    supplier = visit(steps.GALENE)
    supplier.open("/insi/preremplissage/")
    supplier.follow("Galène Officine 2022.1")
    supplier.go_by(supplier.main.get_by_role("link", name="Publier un"))
    supplier.choose(MODE, "Tous les mois")
    supplier.fill(MONTHS, "12")
    supplier.press("Publier")
    titulaire = visit("titulaire@verger.example", width=PHONE)
    given_a_dossier(titulaire)
    titulaire.follow("Remplir la partie 2")
    expect(titulaire.field(MONTHS)).to_have_value("12")
    titulaire.field(MONTHS).press("Enter")  # saves, and neither confirms nor takes anything
    titulaire.sees("Réponses enregistrées")
    titulaire.press("Confirmer toutes les propositions de cette partie (2)")
    titulaire.sees("Confirmé")
    expect(titulaire.main.get_by_role("button", name="Confirmer toutes")).to_have_count(0)


def test_help_is_asked_answered_and_closed(visit: Visit) -> None:
    titulaire, supplier = visit("titulaire@horloge-neuve.example", width=PHONE), visit(steps.OFFICIA)
    given_a_dossier(titulaire)
    titulaire.follow("Demander de l’aide, sans surcoût")
    titulaire.choose("Sur quoi ?", MODE)
    titulaire.fill("Votre message", WORDS)
    titulaire.press("Envoyer la demande")
    request = titulaire.path
    supplier.open("/insi/aide/")
    supplier.sees("Pharmacie de l’Horloge neuve")
    supplier.open(request)
    supplier.sees(WORDS)
    supplier.follow("Répondre")
    supplier.fill("Votre message", "Menu Outils, puis Traces INSi.")
    supplier.press("Répondre")
    titulaire.open(request)
    titulaire.sees("Menu Outils, puis Traces INSi.")
    titulaire.follow("Clore la demande")
    titulaire.press("Clore")
    titulaire.sees("La demande est close.")


def a_second_titulaire(visit: Visit) -> Visitor:
    """The titulaire of « l’Église », attached by the administration, acts for « le Moulin »."""
    instructor = visit(steps.INSTRUCTOR)
    instructor.open("/registre/pharmacies/?q=220001077")
    instructor.follow("Pharmacie du Moulin")
    for label, value in (
        ("Adresse électronique", "titulaire@eglise.example"),
        ("Prénom", "Sophie"),
        ("Nom", "Marchand"),
    ):
        instructor.fill(label, value)
    instructor.answer("Fonction", "Titulaire")
    instructor.press("Rattacher")
    second = visit("titulaire@eglise.example", width=PHONE)
    second.open("/organisation/")
    second.press("Pharmacie du Moulin – Titulaire")
    return second


def test_each_co_titulaire_decides(visit: Visit, tmp_path: Path) -> None:
    second, first = a_second_titulaire(visit), visit("titulaire@moulin.example", width=PHONE)
    first.open("/insi/qui-decide/")
    first.answer("Qui décide de l’homologation ?", "Chaque co-titulaire décide")
    first.press("Enregistrer")
    dossier = given_a_dossier(first)
    when_it_is_filled(first, tmp_path)
    when_it_is_submitted(first)
    for visitor, button, done in (
        (first, "Donner mon accord", "Votre accord est enregistré."),
        (second, "Homologuer", "C’est décidé"),
    ):
        visitor.open(dossier)
        visitor.follow("Lire et décider")
        steps.when_they_confirm_who_they_are(visitor)
        visitor.tick("J’ai lu ce dossier.")
        visitor.press(button)
        visitor.sees(done)
    first.open(dossier)
    first.sees("Homologué le", "Sophie Marchand : accord donné")
