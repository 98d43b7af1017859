"""The words of a digest: few lines in full, many counted, soonest first, nothing that machines say."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from orders.domain.deadlines import PHARMACY, SUPPLIER, Kind
from portal.reminders.domain.digest import SHOWN, Line, message, when
from tests.unit.orders.facts import paris

NOW = paris(2022, 11, 15, 10)
PAGE = "https://portail.example/echeances/"


def line(n: int = 1, kind: Kind = Kind.SIGNATURE, mine: bool = True) -> Line:
    owner = PHARMACY if kind is Kind.SIGNATURE else SUPPLIER
    return Line(
        kind, paris(2022, 11, 18) + timedelta(days=n), owner, mine, f"bon n° {n}", f"https://portail.example/{n}"
    )


@pytest.mark.parametrize(
    ("due", "kind", "words"),
    [
        (paris(2022, 11, 18), Kind.SIGNATURE, "jusqu’au 17/11/2022 inclus (dans 2 jours)"),
        (paris(2022, 11, 17), Kind.SIGNATURE, "jusqu’au 16/11/2022 inclus (demain)"),
        (paris(2022, 11, 16), Kind.SIGNATURE, "jusqu’au 15/11/2022 inclus (aujourd’hui)"),
        (paris(2022, 11, 15), Kind.SIGNATURE, "jusqu’au 14/11/2022 inclus (dépassée de 1 jour)"),
        (paris(2022, 11, 15, 14), Kind.VA, "le 15/11/2022 avant 14 h 00 (aujourd’hui)"),
        (paris(2022, 11, 15, 10), Kind.VA, "le 15/11/2022 avant 10 h 00 (dépassée aujourd’hui)"),
        (paris(2022, 11, 15, 10, 0, 1), Kind.VA, "le 15/11/2022 avant 10 h 00 (aujourd’hui)"),
        (paris(2022, 11, 12, 14), Kind.VA, "le 12/11/2022 avant 14 h 00 (dépassée de 3 jours)"),
        (paris(2022, 11, 22, 9), Kind.PLANNED, "le 22/11/2022 à 09 h 00 (dans 7 jours)"),
    ],
)
def test_when(due: datetime, kind: Kind, words: str) -> None:
    assert when(due, kind, NOW) == words


def test_one_deadline_is_named_in_the_subject() -> None:
    written = message(Counter({Kind.SIGNATURE: 1}), [line(0)], NOW, PAGE)
    assert written.subject == "Rappel : signature de la commande, jusqu’au 17/11/2022 inclus (dans 2 jours)"
    assert "À vous d’agir : lire le bon de commande" in written.body and "https://portail.example/0" in written.body
    assert PAGE in written.body and "plus urgentes" not in written.body


def test_a_word_in_capitals_stays() -> None:
    assert message(Counter({Kind.VA: 1}), [line(0, Kind.VA)], NOW, PAGE).subject.startswith("Rappel : VA à signer")


def test_who_acts() -> None:
    assert "À la pharmacie d’agir" in message(Counter({Kind.SIGNATURE: 1}), [line(mine=False)], NOW, PAGE).body
    planned = message(Counter({Kind.PLANNED: 1}), [line(kind=Kind.PLANNED, mine=False)], NOW, PAGE)
    assert "Au fournisseur d’agir" in planned.body


def test_nine_thousand_are_counted_and_twenty_named() -> None:
    counts = Counter({Kind.INSTALLATION: 8_900, Kind.SIGNATURE: 100})
    written = message(counts, [line(n) for n in range(SHOWN)], NOW, PAGE)
    assert written.subject == "Rappel : 9000 échéances"
    assert "Installation à faire : 8900" in written.body and "Signature de la commande : 100" in written.body
    assert written.body.count("https://portail.example/") == SHOWN + 1
    assert "Les 20 plus urgentes" in written.body


def test_late_ones_are_said_in_the_subject() -> None:
    late = [line(-4), line(0)]
    assert message(Counter({Kind.SIGNATURE: 2}), late, NOW, PAGE).subject.endswith("dont des échéances dépassées")
