"""The made-up pharmacists of the demonstration: who they are, and what Pro Santé Connect would say of them.

No Django here: the identity provider of the demonstration reads it too.
"""

from __future__ import annotations

from dataclasses import dataclass

from stdnum import luhn


@dataclass(frozen=True)
class PharmacyRole:
    """A pharmacy of the cast and its titulaire."""

    key: str
    finess: str
    name: str
    address: str
    postal_code: str
    city: str
    department: str
    login: str
    person: tuple[str, str]
    category: str = "620"


PHARMACIES: tuple[PharmacyRole, ...] = (
    PharmacyRole(
        "marche", "350001012", "Pharmacie du Marché", "3 place du Marché", "35400", "Saint-Malo", "35",
        "titulaire@marche.example", ("Anne", "Lefèvre"),
    ),
    PharmacyRole(
        "halles", "350001020", "Pharmacie des Halles", "18 rue des Halles", "35000", "Rennes", "35",
        "titulaire@halles.example", ("Marc", "Guillou"),
    ),
    PharmacyRole(
        "port", "290001031", "Pharmacie du Port", "1 quai du Commerce", "29200", "Brest", "29",
        "titulaire@port.example", ("Yann", "Kervella"),
    ),
    PharmacyRole(
        "eglise", "440001048", "Pharmacie de l’Église", "7 rue de l’Église", "44100", "Nantes", "44",
        "titulaire@eglise.example", ("Sophie", "Marchand"),
    ),
    PharmacyRole(
        "gare", "440001055", "Pharmacie de la Gare", "22 avenue de la Gare", "44600", "Saint-Nazaire", "44",
        "titulaire@gare.example", ("Julien", "Perrot"),
    ),
    PharmacyRole(
        "lices", "350001061", "Pharmacie des Lices", "5 place des Lices", "35000", "Rennes", "35",
        "titulaire@lices.example", ("Inès", "Haddad"),
    ),
    PharmacyRole(
        "moulin", "220001077", "Pharmacie du Moulin", "2 chemin du Moulin", "22000", "Saint-Brieuc", "22",
        "titulaire@moulin.example", ("Pierre", "Le Goff"),
    ),
    PharmacyRole(
        "rade", "560001083", "Pharmacie de la Rade", "9 rue de la Rade", "56100", "Lorient", "56",
        "titulaire@rade.example", ("Hélène", "Caradec"),
    ),
    PharmacyRole(
        "thermes", "730001096", "Pharmacie des Thermes", "14 rue des Thermes", "73100", "Aix-les-Bains", "73",
        "titulaire@thermes.example", ("Luc", "Favre"),
    ),
    PharmacyRole(
        "citadelle", "2A0001103", "Pharmacie de la Citadelle", "1 rue Bonaparte", "20000", "Ajaccio", "2A",
        "titulaire@citadelle.example", ("Lisandru", "Casanova"),
    ),
    PharmacyRole(
        "lagon", "9D0001116", "Pharmacie du Lagon", "30 rue du Lagon", "97434", "Saint-Paul", "9D",
        "titulaire@lagon.example", ("Marie", "Payet"),
    ),
    PharmacyRole(
        "remparts", "350001129", "Pharmacie des Remparts", "6 rue des Remparts", "35300", "Fougères", "35",
        "titulaire@remparts.example", ("Thomas", "Rouxel"),
    ),
    PharmacyRole(
        "canal", "310001136", "Pharmacie du Canal", "40 allée du Canal", "31000", "Toulouse", "31",
        "titulaire@canal.example", ("Élise", "Fabre"),
    ),
    PharmacyRole(
        "tilleuls", "310001144", "Pharmacie des Tilleuls", "11 rue des Tilleuls", "31300", "Toulouse", "31",
        "titulaire@tilleuls.example", ("Karim", "Messaoudi"),
    ),
    PharmacyRole(
        "beffroi", "590001152", "Pharmacie du Beffroi", "2 place du Beffroi", "59000", "Lille", "59",
        "titulaire@beffroi.example", ("Céline", "Vasseur"),
    ),
    PharmacyRole(
        "mine", "590001160", "Pharmacie minière de la Fosse", "1 rue de la Fosse", "59500", "Douai", "59",
        "titulaire@mine.example", ("Bruno", "Delattre"), category="628",
    ),
    PharmacyRole(
        "cathedrale", "510001175", "Pharmacie de la Cathédrale", "8 rue du Parvis", "51100", "Reims", "51",
        "titulaire@cathedrale.example", ("Agnès", "Colin"),
    ),
    PharmacyRole(
        "vignes", "330001181", "Pharmacie des Vignes", "25 route des Vignes", "33500", "Libourne", "33",
        "titulaire@vignes.example", ("Damien", "Lacoste"),
    ),
    PharmacyRole(
        "dunes", "330001199", "Pharmacie des Dunes", "3 avenue des Dunes", "33120", "Arcachon", "33",
        "titulaire@dunes.example", ("Laure", "Dupuy"),
    ),
    PharmacyRole(
        "phare", "170001200", "Pharmacie du Phare", "1 rue du Phare", "17000", "La Rochelle", "17",
        "titulaire@phare.example", ("Gilles", "Bonnet"),
    ),
    PharmacyRole(
        "olivier", "130001217", "Pharmacie de l’Olivier", "16 rue de l’Olivier", "13005", "Marseille", "13",
        "titulaire@olivier.example", ("Sarah", "Amsellem"),
    ),
    PharmacyRole(
        "verger", "370001232", "Pharmacie du Verger", "9 rue du Verger", "37000", "Tours", "37",
        "titulaire@verger.example", ("Nathalie", "Girard"),
    ),
    PharmacyRole(
        "horloge", "860001247", "Pharmacie de l’Horloge", "1 place de l’Horloge", "86000", "Poitiers", "86",
        "titulaire@horloge.example", ("Bernard", "Texier"),
    ),
    PharmacyRole(
        "horloge-neuve", "860001254", "Pharmacie de l’Horloge neuve", "1 place de l’Horloge", "86000", "Poitiers", "86",
        "titulaire@horloge-neuve.example", ("Amina", "Cherif"),
    ),
    PharmacyRole(
        "fontaine", "130001225", "Pharmacie de la Fontaine", "4 place de la Fontaine", "13100", "Aix-en-Provence", "13",
        "titulaire@fontaine.example", ("Rémi", "Blanc"),
    ),
)  # fmt: skip

ADJOINT = ("adjoint@halles.example", ("Léa", "Nicolas"), "halles")
PREPARATEUR = ("preparateur@lagon.example", ("Zoé", "Hoarau"), "lagon")


def national_id(number: str) -> str:
    """A national identifier that nobody bears: 8, then a RPPS number in 997, the range of test cards."""
    rpps = f"997{number:0>7}"
    return f"8{rpps}{luhn.calc_check_digit(rpps)}"


def titulaires_national_id(role: PharmacyRole) -> str:
    """The identifier of a pharmacy's titulaire, from the serial number of its FINESS."""
    return national_id(role.finess[2:])


ADJOINT_NATIONAL_ID = national_id("9000001")
PREPARATEUR_NATIONAL_ID = national_id("9000004")
