"""The main job: supplier → titulaire → supplier → titulaire, with and without scripts."""

from __future__ import annotations

from tests.e2e import steps
from tests.e2e.conftest import Visit
from tests.e2e.steps import GALENE, OFFICIA, Journey

LIFE = [
    "Brouillon créé",
    "Commande émise",
    "Commande signée",
    "Installation planifiée",
    "Installation commencée",
    "Installation déclarée faite",
    "VA préparée",
    "VA signée",
    "Prestation réalisée",
]


def test_an_order_goes_from_the_suppliers_desk_to_the_signed_va(visit: Visit) -> None:
    journey = Journey(visit, OFFICIA, "Officia LGO", "titulaire@vignes.example", "Pharmacie des Vignes", "330001181")
    steps.when_the_supplier_finds_the_pharmacy(journey)
    an_incomplete_order_is_not_issued(journey)
    steps.when_the_order_is_issued(journey)

    steps.when_the_titulaire_opens_the_order(journey)
    journey.titulaire.sees("Cela vous coûte 0 €.", "Rien ne vous réengage.", "Une seule fois par officine.")
    journey.titulaire.sees("Ce qui ne l’est pas")
    a_password_is_not_enough_to_sign(journey)
    steps.when_the_titulaire_signs_the_order(journey)
    journey.titulaire.sees("C’est signé.")

    steps.when_the_supplier_installs(journey)
    journey.supplier.follow("Préparer la VA")
    journey.supplier.press("Préparer la VA")

    steps.when_the_titulaire_opens_the_va(journey)
    steps.then_nothing_is_ticked_in_advance(journey.titulaire, boxes=5)
    an_unanswered_box_is_asked_again(journey)
    steps.when_the_titulaire_answers(journey)
    steps.when_the_answers_are_printed(journey)
    steps.when_the_titulaire_signs_the_va(journey)
    journey.titulaire.sees("C’est signé.")

    steps.then_the_dossier_is_realised(journey.titulaire, journey.dossier)
    steps.then_the_pdf_opens(journey.titulaire, journey.dossier, "Vérification d’aptitude signée")
    steps.then_the_dossier_is_realised(journey.supplier, journey.dossier)
    told = steps.timeline(journey.supplier)
    assert [title for title in told if title in LIFE] == LIFE


def an_incomplete_order_is_not_issued(journey: Journey) -> None:
    supplier = journey.supplier
    steps.when_the_form_is_filled(journey)
    supplier.fill("Numéro de carte CPA/CPS", "")
    supplier.fill("Montant de la TVA", "162,52")  # 20 % of 812,55 € is 162,51 €
    supplier.press("Vérifier et émettre")

    assert "Cette mention est obligatoire" in supplier.error_of("Numéro de carte CPA/CPS")
    assert "font 162,51" in supplier.error_of("Montant de la TVA")
    assert supplier.field("Montant HT").input_value() == "812,55"
    assert supplier.field("Montant de la TVA").input_value() == "162,52"
    assert supplier.field("Nom de l’administrateur technique").input_value() == "Claire Morvan"
    assert supplier.main.get_by_role("group", name="BAL MSSanté organisationnelle").get_by_label("Oui").is_checked()

    supplier.fill("Numéro de carte CPA/CPS", "2800123456")
    supplier.fill("Montant de la TVA", "162,51")
    for computed in ("Montant TTC", "Montant pris en charge par l’Etat"):
        supplier.fill(computed, "")


def a_password_is_not_enough_to_sign(journey: Journey) -> None:
    """They logged in by a password: nothing can be agreed to before the identity is confirmed."""
    assert journey.titulaire.main.get_by_role("checkbox").count() == 0
    assert journey.titulaire.main.get_by_role("button").all_inner_texts() == ["Confirmer mon identité"]


def an_unanswered_box_is_asked_again(journey: Journey) -> None:
    titulaire = journey.titulaire
    steps.statement(titulaire, steps.STATEMENTS[0]).get_by_label("J’atteste", exact=True).check()
    titulaire.press("Continuer")
    titulaire.sees("4 erreurs à corriger")
    assert titulaire.main.locator("input[type=radio]:checked").count() == 1


def test_the_same_journey_works_without_scripts(visit: Visit) -> None:
    journey = Journey(
        visit, OFFICIA, "Officia LGO", "titulaire@canal.example", "Pharmacie du Canal", "310001136", scripts=False
    )
    steps.given_a_prepared_va(journey)
    steps.when_the_titulaire_opens_the_va(journey)
    steps.then_nothing_is_ticked_in_advance(journey.titulaire, boxes=5)
    steps.when_the_titulaire_answers(journey)
    steps.when_the_answers_are_printed(journey)
    steps.when_the_titulaire_signs_the_va(journey)
    steps.then_the_dossier_is_realised(journey.titulaire, journey.dossier)


def test_a_refused_point_is_settled_before_the_order_is_realised(visit: Visit) -> None:
    journey = Journey(
        visit, OFFICIA, "Officia LGO", "titulaire@tilleuls.example", "Pharmacie des Tilleuls", "310001144"
    )
    steps.given_a_prepared_va(journey)
    steps.when_the_titulaire_opens_the_va(journey)
    refused = "Pour la connexion au service e-prescription"
    steps.when_the_titulaire_answers(journey, refused=refused, reason="Le deuxième poste n’y accède pas")
    steps.when_the_answers_are_printed(journey)
    steps.when_the_titulaire_signs_the_va(journey)

    supplier = journey.supplier
    supplier.open(journey.dossier)
    steps.then_there_is_one_next_step(supplier, "Lever les réserves de la VA")
    supplier.sees("Le deuxième poste n’y accède pas")
    supplier.follow("Déclarer levée : Le deuxième poste n’y accède pas")
    supplier.fill("Ce qui a été fait", "Le certificat du deuxième poste est renouvelé")
    supplier.press("Déclarer la réserve levée")

    titulaire = journey.titulaire
    titulaire.home()
    steps.then_there_is_one_next_step(titulaire, "Signer les points dont la réserve est levée")
    titulaire.follow("Continuer")
    titulaire.follow("Signer les points levés")
    titulaire.sees("Le certificat du deuxième poste est renouvelé")
    steps.then_nothing_is_ticked_in_advance(titulaire, boxes=1)
    titulaire.main.get_by_label("J’atteste", exact=True).check()
    steps.when_the_answers_are_printed(journey)
    steps.when_the_titulaire_signs_the_va(journey, "Signer ces points")
    steps.then_the_dossier_is_realised(titulaire, journey.dossier)


def test_a_software_not_yet_referenced_is_signed_under_condition(visit: Visit) -> None:
    journey = Journey(
        visit, GALENE, "Galène Officine", "titulaire@beffroi.example", "Pharmacie du Beffroi", "590001152"
    )
    steps.given_an_issued_order(journey)
    steps.when_the_titulaire_opens_the_order(journey)
    journey.titulaire.sees("Signature sous condition.", "n’est pas encore référencé par l’ANS")
    steps.when_the_titulaire_signs_the_order(journey)

    for visitor in (journey.titulaire, journey.supplier):
        visitor.open(journey.dossier)
        visitor.is_at("Signée sous condition")
        visitor.sees(f"jusqu’au {steps.days_later(visitor.today(), 120)} inclus", "Signature + 120 jours calendaires")
