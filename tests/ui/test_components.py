"""Every component alone: its words, its links, its accessible markup."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.paginator import Paginator

from portal.ui import components
from tests.ui.markup import draw, tag

NOW = datetime(2022, 11, 15, 11, 0, tzinfo=UTC)


def test_badge() -> None:
    assert draw('{% badge "Signé" "success" %}') == (
        '<span class="fr-badge fr-badge--no-icon portal-badge fr-badge--success">Signé</span>'
    )
    assert "fr-badge--neutral" not in draw('{% badge "Brouillon" %}')
    assert "&lt;" in draw("{% badge label %}", label="<b>")
    with pytest.raises(ValueError, match="unknown badge tone"):
        draw('{% badge "Signé" "green" %}')


def test_breadcrumb() -> None:
    html = draw('{% breadcrumb "Commandes" "/c/" "BC-1" %}')
    assert '<li><a href="/c/">Commandes</a></li><li><span aria-current="page">BC-1</span></li>' in html
    tag(html, "nav", aria_label="Vous êtes ici")
    with pytest.raises(ValueError, match="breadcrumb"):
        draw('{% breadcrumb "Commandes" "/c/" %}')


def test_next_step_of_the_reader() -> None:
    html = draw(
        '{% next_step "Signez" "Deux minutes." owner="Vous" due_at=due now=now action_url="/s/" action_label="Signer" %}',
        due=NOW + timedelta(days=12),
        now=NOW,
    )
    assert 'class="portal-next portal-next--mine"' in html
    assert '<h2 class="portal-next__title">Signez</h2>' in html
    assert "<dt>Qui agit</dt><dd>Vous</dd>" in html
    assert "27/11/2022 à\xa012\xa0h\xa000" in html and "(dans 12\xa0jours)" in html
    assert '<a class="fr-btn fr-btn--lg" href="/s/">Signer</a>' in html


def test_next_step_of_somebody_else_overdue() -> None:
    html = draw('{% next_step "Installer" owner="LGO" due_at=due now=now %}', due=date(2022, 11, 12), now=NOW)
    assert "portal-next--mine" not in html and "portal-next--late" in html
    assert "dépassée de 3\xa0jours" in html
    assert "<a " not in html


def test_next_step_on_a_day_agreed_upon() -> None:
    shown = draw(
        '{% next_step "Installer" due_at=due now=now appointment=True %}', due=NOW + timedelta(days=1), now=NOW
    )
    assert "<dt>Date prévue</dt><dd>16/11/2022 à\xa012\xa0h\xa000" in shown
    assert "avant" not in shown and "Délai" not in shown


def test_next_step_with_nothing_but_a_title() -> None:
    html = draw('{% next_step "Tout est fait" %}')
    assert "<dl" not in html and "portal-actions" not in html


def test_stepper() -> None:
    steps = [
        {"label": "Émise", "state": "done"},
        {"label": "Signature", "state": "current"},
        {"label": "Pose", "state": "todo"},
    ]
    html = draw("{% stepper steps %}", steps=steps)
    assert "<strong>Étape 2 sur 3 : Signature</strong>" in html and "Ensuite : Pose" in html
    tag(html, "li", class_="portal-stepper__step portal-stepper__step--current", aria_current="step")
    assert 'Émise<span class="fr-sr-only"> : terminée</span>' in html


def test_stepper_at_its_end() -> None:
    html = draw("{% stepper steps %}", steps=[{"label": "A", "state": "done"}, {"label": "B", "state": "done"}])
    assert "2 étapes terminées sur 2" in html
    assert "aria-current" not in html
    with pytest.raises(ValueError, match="unknown step state"):
        draw("{% stepper steps %}", steps=[{"label": "A", "state": "fini"}])


def test_timeline() -> None:
    events = [
        {"at": NOW, "title": "Signé", "actor": "Claire Martin", "detail": "Ferme", "document_url": "/d/"},
        {"at": None, "title": "À venir"},
    ]
    html = draw("{% timeline events %}", events=events)
    assert "<ol" in html and html.count("<li") == 2
    assert '<time datetime="2022-11-15T' in html and "15/11/2022 à\xa012\xa0h\xa000</time>" in html
    assert 'href="/d/">Lire le document (PDF)<span class="fr-sr-only"> : Signé</span></a>' in html


def test_definition_list_takes_pairs_mappings_and_records() -> None:
    expected = "<dt>Montant</dt><dd>0</dd>"
    assert expected in draw("{% definition_list x %}", x=[("Montant", 0)])
    assert expected in draw("{% definition_list x %}", x={"Montant": 0})
    assert expected in draw("{% definition_list x %}", x=[{"label": "Montant", "value": 0}])
    assert "non renseigné" in draw("{% definition_list x %}", x=[("Numéro", None)])


def test_empty_state() -> None:
    html = draw('{% empty_state "Aucune commande" "Rédigez la première." action_url="/n/" action_label="Rédiger" %}')
    assert "Aucune commande" in html and '<a class="fr-btn" href="/n/">Rédiger</a>' in html
    assert "<a" not in draw('{% empty_state "Rien" %}')


def test_pagination_keeps_the_filters() -> None:
    page = Paginator(range(9000), 25).page(4)
    html = draw("{% pagination page %}", "etat=signe&page=4&q=a%26b", page=page)
    tag(html, "nav", aria_label="Pagination")
    tag(html, "a", rel="prev", href="?etat=signe&amp;page=3&amp;q=a%26b")
    tag(html, "a", rel="next", href="?etat=signe&amp;page=5&amp;q=a%26b")
    assert '<a class="fr-pagination__link" aria-current="page"><span class="fr-sr-only">Page </span>4</a>' in html
    assert "Lignes 76 à 100 sur 9000" in html
    assert html.count("<li") < 12
    assert 'href="?etat=signe&amp;page=360&amp;q=a%26b"' in html


def test_pagination_at_its_ends() -> None:
    assert draw("{% pagination page %}", page=Paginator(range(3), 5).page(1)) == ""
    first = draw("{% pagination page %}", page=Paginator(range(9), 5).page(1))
    assert 'rel="prev"' not in first and 'rel="next"' in first
    last = draw("{% pagination page param='p' label='Pages des documents' %}", page=Paginator(range(9), 5).page(2))
    assert 'rel="next"' not in last and 'href="?p=1"' in last and "Pages des documents" in last


@pytest.mark.parametrize(
    ("query", "target", "aria", "words"),
    [
        ("etat=x&page=3", "?etat=x&amp;tri=date", "", "trier par ordre croissant"),
        ("etat=x&tri=date", "?etat=x&amp;tri=-date", 'aria-sort="ascending"', "trié par ordre croissant, inverser"),
        ("tri=-date&page=2", "?tri=date", 'aria-sort="descending"', "trié par ordre décroissant, inverser"),
        ("tri=autre", "?tri=date", "", "trier par ordre croissant"),
    ],
)
def test_sort(query: str, target: str, aria: str, words: str) -> None:
    html = draw('{% sort_link "Date" "date" %}', query)
    tag(html, "a", href=target)
    assert f'Date<span class="fr-sr-only"> ({words})</span>' in html
    assert draw('{% aria_sort "date" %}', query) == aria


def test_sort_by_default() -> None:
    assert draw('{% aria_sort "date" default="-date" %}') == 'aria-sort="descending"'


def test_query_without_a_request() -> None:
    assert components.query_with(None, page=2) == "?page=2"
    assert components.query_with(None, page=None) == "?"


def test_django_querystring_keeps_filters() -> None:
    assert draw("{% querystring page=None etat='signe' %}", "q=a&page=3") == "?q=a&amp;etat=signe"
