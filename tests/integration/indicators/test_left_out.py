"""The lines that a deposit left out, on its page: their supplier reads them one by one, and nobody else."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from indicators import storage
from indicators.models import Deposit
from portal.accounts.domain.roles import Role
from tests.factories import people
from tests.integration.indicators.deposits import Depositor
from tests.integration.indicators.test_deposit_page import browser, logged_in, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def us(ours: Depositor, client: Client) -> Client:
    return browser(ours.supplier.organisation, Role.SUPPLIER, client)


def address(ours: Depositor, *lines: str) -> str:
    """The page of a deposit of these lines."""
    ours.run(ours.write("a.csv", *lines))
    return reverse("indicators:deposit", args=[Deposit.objects.get().pk])


def rows(page: str) -> list[list[str]]:
    """The cells of the table of lines."""
    _, _, rest = page.partition("dans l’ordre du fichier</caption>")
    table, _, _ = rest.partition("</table>")
    found = re.findall(r"<tr>(<td.*?)</tr>", table, re.DOTALL)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row)] for row in found]


def test_each_line_says_where_what_and_what_was_expected(us: Client, ours: Depositor) -> None:
    bad = ours.event(2, apcv=""), ours.event(3, apcv="<b>2"), ours.event(4, user_ref="Jean Martin"), ours.event(5) + ";"
    url = address(ours, ours.event(1), *bad)
    page = words(us.get(url))
    assert [row[:4] for row in rows(page)] == [
        ["3", "apcv", "(vide)", "Valeur absente missing_value"],
        ["4", "apcv", "&lt;b&gt;2", "Valeur inattendue unexpected_value"],
        ["5", "user_ref", "11 caractères", "Pseudonyme du compte mal formé bad_user_ref"],
        ["6", "toute la ligne", "17 cellules", "Ligne mal formée malformed_row"],
    ]
    assert all(row[4] for row in rows(page))
    assert "Jean Martin" not in page, "of a bad pseudonym only its length is kept"
    assert 'href="?code=bad_user_ref#lignes"' in page
    narrow = words(us.get(url, {"code": "bad_user_ref"}))
    assert [row[0] for row in rows(narrow)] == ["5"] and "1 ligne à corriger" in narrow
    assert len(rows(words(us.get(url, {"code": "line_too_long"})))) == 4, "a code of none of them counts as none"


def test_many_lines_come_page_by_page(us: Client, ours: Depositor) -> None:
    url = address(ours, *(ours.event(n, apcv="2" if n % 2 else "") for n in range(1, 61)))
    assert [row[0] for row in rows(words(us.get(url)))] == [str(n) for n in range(2, 27)]
    last = words(us.get(url, {"page": "2", "code": "missing_value"}))
    assert [row[0] for row in rows(last)] == [str(n) for n in range(53, 62, 2)]
    assert "code=missing_value" in last, "the pages keep the code"
    assert rows(words(us.get(url, {"page": "99"}))) == rows(words(us.get(url, {"page": "3"})))


def test_nobody_else_reads_the_lines_and_a_clean_deposit_has_none(us: Client, ours: Depositor) -> None:
    url = address(ours, ours.event(1, apcv="9"))
    told = words(logged_in(people.administrator()).get(url))
    assert "Valeur inattendue" in told and "Ligne par ligne" not in told
    ours.run(ours.write("b.csv", ours.event(2)))
    clean = words(us.get(reverse("indicators:deposit", args=[Deposit.objects.get(name="b.csv").pk])))
    assert "vous n’avez rien à faire" in clean and "Ligne par ligne" not in clean


@pytest.mark.parametrize("damage", ["gone", "cut"])
def test_lines_that_cannot_be_read_are_no_error(us: Client, ours: Depositor, damage: str) -> None:
    url = address(ours, ours.event(1, apcv="9"))
    path = storage.parts(ours.supplier.pk, Deposit.objects.get().pk) / "rejects.parquet"
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    page = words(us.get(url))
    assert "ne peuvent pas être lues pour le moment" in page and "Par motif" in page


def test_the_format_is_public_and_its_header_is_taken_as_it_is(us: Client, ours: Depositor) -> None:
    page = words(Client().get(reverse("indicators:format")))
    header = re.findall(r"<code>(event_id;.*?)</code>", page)
    (ours.folder / "a.csv").write_text(f"{header[0]}\n{ours.event(1)}\n")
    (result,), _ = ours.run(ours.folder / "a.csv")
    assert (len(header), result["accepted"]) == (1, 1)
    link = f'href="{reverse("indicators:format")}"'
    ours.run(ours.write("bad.csv"), *(ours.write("b.csv", ours.event(2, apcv="")),))
    pages = [reverse("indicators:codes"), reverse("indicators:deposit_new")]
    pages += [reverse("indicators:deposit", args=[one.pk]) for one in Deposit.objects.exclude(name="a.csv")]
    assert len(pages) == 4 and all(link in words(us.get(url)) for url in pages)
    for code in set(re.findall(r'codes/#(\w+)"', page)):
        assert f'id="{code}"' in words(us.get(reverse("indicators:codes")))
