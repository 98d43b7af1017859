"""The steps that journeys share, in the words of the people who take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from playwright.sync_api import Locator, expect

from portal.demo.pharmacists import PHARMACIES
from tests.e2e.conftest import Visit
from tests.e2e.visitor import PHONE, Visitor

OFFICIA, GALENE = "fournisseur@officia.example", "fournisseur@galene.example"
INSTRUCTOR = "instructeur@administration.example"
STATEMENTS = (
    "Bon déroulement de la Prestation",
    "Pour la connexion au dossier pharmaceutique",
    "Pour la connexion au service e-prescription",
    "Pour les certificats logiciels",
    "Pour la Messagerie Sécurisée de Santé",
)


@dataclass
class Journey:
    """One pharmacy, its supplier and its titulaire, each at their own window."""

    visit: Visit
    supplier_login: str
    software: str
    titulaire_login: str
    pharmacy: str
    finess: str
    scripts: bool = True
    dossier: str = ""

    def __post_init__(self) -> None:
        self.supplier: Visitor = self.visit(self.supplier_login, scripts=self.scripts)
        self.titulaire: Visitor = self.visit(self.titulaire_login, width=PHONE, scripts=self.scripts)


def when_the_supplier_finds_the_pharmacy(journey: Journey) -> None:
    supplier = journey.supplier
    supplier.home()
    supplier.follow("Nouvelle commande")
    supplier.fill("FINESS, nom, ville ou code postal", journey.finess)
    supplier.press("Chercher")
    supplier.sees("1 pharmacie trouvée", journey.pharmacy)
    supplier.follow(f"Rédiger le bon de {journey.pharmacy}")
    supplier.is_at("Nouvelle commande")


def when_the_form_is_filled(journey: Journey) -> None:
    supplier = journey.supplier
    supplier.main.get_by_label("Dénomination et version du logiciel").select_option(label=_option(journey))
    supplier.fill("Téléphone", "05 57 00 00 01")
    supplier.fill("Nom de l’administrateur technique", "Claire Morvan")
    supplier.choose("Statut de l’administrateur technique", "Éditeur")
    supplier.fill("Numéro de carte CPA/CPS", "2800123456")
    supplier.fill("Téléphone de l’administrateur", "02 99 00 00 01")
    supplier.fill("Mail de l’administrateur", "certificats@officia.example")
    supplier.fill("Montant HT", "812,55")
    supplier.fill("Scénario d’installation", "Mise à jour sur site, un serveur et trois postes")
    supplier.answer("Le client dispose-t-il d’une BAL MSSanté personnelle ?", "Non")
    supplier.answer("Le client dispose-t-il d’une BAL MSSanté organisationnelle ?", "Oui")
    supplier.fill("Si oui, opérateur de la BAL organisationnelle", "Mailiz")


def when_the_order_is_issued(journey: Journey) -> None:
    journey.supplier.press("Vérifier et émettre")
    journey.supplier.sees("Commande émise : le titulaire est prévenu.")
    journey.dossier = journey.supplier.path


def given_an_issued_order(journey: Journey) -> None:
    when_the_supplier_finds_the_pharmacy(journey)
    when_the_form_is_filled(journey)
    when_the_order_is_issued(journey)


def then_there_is_one_next_step(visitor: Visitor, title: str) -> None:
    assert visitor.next_steps() == [title]


def then_the_pdf_opens(visitor: Visitor, dossier: str, name: str) -> None:
    """Made by the worker after the act: the page shows its link by itself, or when it is asked again."""
    if visitor.path != dossier:
        visitor.open(dossier)
    link = _document(visitor, name)
    if not visitor.scripts:
        for _ in range(30):
            if link.count():
                break
            visitor.page.wait_for_timeout(500)
            visitor.page.reload()
    expect(link).to_be_visible(timeout=30_000)
    answer = visitor.fetch(link)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF-")


def when_the_titulaire_opens_the_order(journey: Journey) -> None:
    titulaire = journey.titulaire
    titulaire.home()
    then_there_is_one_next_step(titulaire, "Lire et signer le bon de commande")
    titulaire.follow("Continuer")
    then_there_is_one_next_step(titulaire, "Lire et signer le bon de commande")
    then_the_pdf_opens(titulaire, journey.dossier, "Bon de commande")
    titulaire.open(journey.dossier)
    titulaire.follow("Lire et signer")
    titulaire.is_at("Signer le bon de commande")


def when_they_confirm_who_they_are(visitor: Visitor) -> None:
    """From the page that signs to the demonstration's provider and back, for this document."""
    first, last = next(place.person for place in PHARMACIES if place.login == visitor.name)
    visitor.press("Confirmer mon identité")
    visitor.is_at("Qui êtes-vous ?")
    visitor.follow(f"{first} {last}")
    visitor.press("Confirmer")
    visitor.sees("Votre identité est confirmée pour ce document.")


def when_the_titulaire_signs_the_order(journey: Journey) -> None:
    when_they_confirm_who_they_are(journey.titulaire)
    journey.titulaire.tick("Je signe ce bon de commande.")
    journey.titulaire.press("Signer le bon de commande")


def given_a_signed_order(journey: Journey) -> None:
    given_an_issued_order(journey)
    when_the_titulaire_opens_the_order(journey)
    when_the_titulaire_signs_the_order(journey)
    journey.titulaire.sees("C’est signé.")


def when_a_day_passes(journey: Journey) -> str:
    """The administrator moves the portal to the next morning; the new date, jj/mm/aaaa."""
    instructor = journey.visit(INSTRUCTOR)
    tomorrow = days_later(instructor.today(), 1)
    instructor.open("/demonstration/date/")
    instructor.fill("Nouvelle date du portail", tomorrow)
    instructor.press("Avancer la date")
    assert instructor.today() == tomorrow
    return tomorrow


def when_the_supplier_installs(journey: Journey) -> None:
    """Planned the day before, started and declared on the day."""
    supplier = journey.supplier
    supplier.open(journey.dossier)
    then_there_is_one_next_step(supplier, "Planifier l’installation")
    supplier.follow("Planifier l’installation")
    supplier.fill("Date et heure prévues", f"{days_later(supplier.today(), 1)} 09:00")
    supplier.press("Planifier")
    supplier.sees("Installation planifiée : la pharmacie est prévenue.")
    today = when_a_day_passes(journey)
    supplier.open(journey.dossier)
    supplier.follow("Commencer l’installation")
    supplier.press("Commencer")
    supplier.sees("Installation en cours.")
    supplier.follow("Déclarer l’installation faite")
    supplier.fill("Date et heure de l’installation", f"{today} 09:00")
    boxes = supplier.main.get_by_role("group", name="Ce qui est fait").get_by_role("checkbox")
    assert boxes.count() == 6
    for box in boxes.all():
        assert not box.is_checked()
        box.check()
    supplier.choose("Type de la boîte MSSanté", "Organisationnelle")
    supplier.fill("Adresse MSSanté effective", "officine@demo.mssante.fr")
    supplier.fill("Personnes formées", "Titulaire et deux préparateurs")
    supplier.press("Déclarer l’installation faite")
    supplier.sees("Installation déclarée.")


def given_a_prepared_va(journey: Journey) -> None:
    given_a_signed_order(journey)
    when_the_supplier_installs(journey)
    journey.supplier.follow("Préparer la VA")
    journey.supplier.press("Préparer la VA")
    journey.supplier.sees("VA préparée : le titulaire est prévenu.")


def when_the_titulaire_opens_the_va(journey: Journey) -> None:
    titulaire = journey.titulaire
    titulaire.home()
    then_there_is_one_next_step(titulaire, "Vérifier et signer la VA")
    titulaire.follow("Continuer")
    then_the_pdf_opens(titulaire, journey.dossier, "Vérification d’aptitude")
    titulaire.open(journey.dossier)
    titulaire.follow("Vérifier et signer la VA")
    titulaire.is_at("Signer la vérification d’aptitude (VA)")


def then_nothing_is_ticked_in_advance(visitor: Visitor, boxes: int) -> None:
    assert visitor.main.get_by_role("radio").count() == 2 * boxes
    assert visitor.main.locator("input:checked").count() == 0


def when_the_titulaire_answers(journey: Journey, *, refused: str = "", reason: str = "") -> None:
    """Every box attested but ``refused``, with its reason."""
    for heading in STATEMENTS:
        box = statement(journey.titulaire, heading)
        box.get_by_label("Je refuse ce point" if heading == refused else "J’atteste", exact=True).check()
        if heading == refused:
            box.get_by_label("Si vous refusez : ce qui ne va pas").fill(reason)


def when_the_answers_are_printed(journey: Journey) -> None:
    """The VA with these answers is drawn: it is what is then signed."""
    titulaire = journey.titulaire
    titulaire.press("Continuer")
    drawn = titulaire.main.get_by_role("link", name="Lire la VA que vous allez signer (PDF)")
    for _ in range(30):
        if drawn.count():
            break
        titulaire.page.wait_for_timeout(500)
        if not titulaire.scripts:
            titulaire.follow("Actualiser")
    titulaire.sees("Vos réponses")
    when_they_confirm_who_they_are(titulaire)


def when_the_titulaire_signs_the_va(journey: Journey, button: str = "Signer la VA") -> None:
    journey.titulaire.tick("Je signe cette vérification d’aptitude.")
    journey.titulaire.press(button)


def statement(visitor: Visitor, heading: str) -> Locator:
    """The part of the VA about one statement."""
    return visitor.main.locator("section").filter(has=visitor.page.get_by_role("heading", name=heading))


def then_the_dossier_is_realised(visitor: Visitor, dossier: str) -> None:
    visitor.open(dossier)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Réalisée")
    assert visitor.next_steps() == []


def timeline(visitor: Visitor) -> list[str]:
    """The titles of the timeline, oldest first."""
    return visitor.main.locator(".portal-timeline__title").all_inner_texts()[::-1]


def _option(journey: Journey) -> str:
    options = journey.supplier.main.get_by_label("Dénomination et version du logiciel").locator("option")
    return next(text for text in options.all_inner_texts() if text.startswith(journey.software))


def _document(visitor: Visitor, name: str) -> Locator:
    return visitor.main.locator("section", has_text="Documents").get_by_role("link").filter(has_text=name).first


def days_later(day: str, days: int) -> str:
    """So many calendar days after jj/mm/aaaa."""
    start = date.fromisoformat("-".join(reversed(day.split("/"))))
    return f"{start + timedelta(days=days):%d/%m/%Y}"
