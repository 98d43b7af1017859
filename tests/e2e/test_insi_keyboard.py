"""The whole questionnaire on a phone and with the keyboard alone, up to « Soumettre »; axe reads every page of it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Visit
from tests.e2e.keyboard import TICK, enter, press_enter, tab_until, type_in
from tests.e2e.visitor import PHONE, Visitor

PROPOSED = {2: 3, 4: 1}
"""How many answers of each part the editor has filled in, to be confirmed."""
SAVE, FINISH = "Enregistrer", "Enregistrer et revenir au dossier"
PERSON = "s2.2.personnes-r1"
PARTS = {
    1: {
        "s1.logiciels-r1-nom": "Officia LGO",
        "s1.logiciels-r1-nature": "LGO",
        "s1.logiciels-r1-operations=recuperation": TICK,
        "s1.logiciels-r1-recoit_ins=oui": TICK,
        "s1.logiciels-r1-date_conformite": "01/10/2022",
    },
    2: {
        "s2.1.moyens=cpx": TICK,
        f"{PERSON}-personne": "Le titulaire",
        f"{PERSON}-fonction": "Pharmacien titulaire",
        f"{PERSON}-moyen": "Carte",
        f"{PERSON}-depuis": "01/01/2022",
        "s2.2.mesures": "Revue avec toute l’équipe.",
        "s2.2.frequence_revue": "6",
        "s2.2.derniere_revue": "01/10/2022",
    },
    3: {
        f"s3.risques-r{number}-{name}": words
        for number in (1, 2, 3)
        for name, words in (
            ("risque", f"Risque {number}"), ("gravite", "Mod"), ("vraisemblance", "Mod"), ("mesures", "Un rappel."),
        )
    },
    4: {"s4.destinataire": "Le titulaire"},
    5: {f"s5.q{number}=oui": TICK for number in (1, 2, 3, 4)},
}  # fmt: skip
ASKED_THEN = {"s5.q1.mesures": "Un registre, une affiche.", "s5.q3.contact": "Le titulaire, au 01 02 03 04 05"}


def test_the_whole_questionnaire_without_a_mouse_on_a_phone(visit: Visit) -> None:
    titulaire = visit("titulaire@gare.example", width=PHONE)
    titulaire.open("/insi/")
    enter(titulaire, "Commencer un dossier")
    for number, given in PARTS.items():
        enter(titulaire, f"Remplir la partie {number}")
        if number in PROPOSED:
            type_in(titulaire, given, f"Confirmer toutes les propositions de cette partie ({PROPOSED[number]})")
            press_enter(titulaire)
            tab_until(titulaire, FINISH, most=120)
        else:
            type_in(titulaire, given, FINISH)
        if number == 5:
            and_what_the_answers_ask_for(titulaire)
        press_enter(titulaire)
    titulaire.sees("Tout est rempli et confirmé")
    enter(titulaire, "Soumettre à la décision")
    enter(titulaire, "Soumettre à la décision")
    titulaire.sees("À décider")


def and_what_the_answers_ask_for(titulaire: Visitor) -> None:
    """One step back saves and shows the questions that « oui » opens."""
    tab_until(titulaire, SAVE, most=1, key="Shift+Tab")
    press_enter(titulaire)
    expect(titulaire.field("Ces mesures")).to_be_visible()
    type_in(titulaire, ASKED_THEN, FINISH)
