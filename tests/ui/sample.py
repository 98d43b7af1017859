"""A page with every component, for tests only: no such page exists in the portal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.urls import include, path

from portal.common.refusals import Refusal
from portal.ui.forms import (
    FinessField,
    FrenchDateField,
    FrenchDateTimeField,
    MoneyField,
    PortalForm,
    SiretField,
)

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2022, 11, 15, 9, 30, tzinfo=UTC)
STRICT = "!!UNDEFINED %s!!"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["portal.ui.templatetags.french"],
            "string_if_invalid": STRICT,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]


class SampleForm(PortalForm):
    """One field of each kind."""

    name = forms.CharField(label="Nom du titulaire", help_text="Tel qu’il figure à l’Ordre.")
    finess = FinessField(label="Numéro FINESS géographique")
    siret = SiretField(label="SIRET de l’éditeur", required=False)
    day = FrenchDateField(label="Date d’installation")
    at = FrenchDateTimeField(label="Rendez-vous", required=False, help_text="Heure de Paris.")
    amount = MoneyField(label="Montant HT")
    scenario = forms.ChoiceField(
        label="Scénario d’installation", choices=[("", "Choisissez"), ("a", "Sur place"), ("b", "À distance")]
    )
    mailbox = forms.ChoiceField(
        label="Avez-vous une boîte MSSanté ?", widget=forms.RadioSelect, choices=[("oui", "Oui"), ("non", "Non")]
    )
    modules = forms.MultipleChoiceField(
        label="Modules", required=False, widget=forms.CheckboxSelectMultiple, choices=[("dmp", "DMP"), ("apcv", "ApCV")]
    )
    note = forms.CharField(label="Remarque", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    proof = forms.FileField(label="Justificatif", required=False, help_text="PDF, 5 Mo au plus.")
    consent = forms.BooleanField(label="J’ai lu le bon de commande et j’en accepte les conditions")


REFUSALS = [
    Refusal("window_closed", "La signature est close depuis le 15/11/2022 à 14 h 00.", "", "Arrêté du 2 février 2022"),
    Refusal("bad_vat", "La TVA à 20 % ne tombe pas juste : 210,00 € attendus.", "amount", "CGI, art. 278"),
]


def sample_context() -> dict[str, Any]:
    """Everything the base page and the components may be given."""
    rows = [
        SimpleNamespace(
            number=f"BC-2022-{n:05d}",
            pharmacy="Pharmacie des Tilleuls",
            city="Bourg-en-Bresse",
            finess="010002301",
            amount=Decimal("1050"),
            due=NOW + timedelta(days=12),
        )
        for n in range(1, 61)
    ]
    return {
        "demo_banner": {"business_now": NOW, "advance_url": "/avancer/"},
        "nav_items": [
            {"label": "Commandes", "url": "/", "current": True},
            {"label": "Documents", "url": "/documents/", "current": False},
            {"label": "Mon organisation", "url": "/organisation/", "current": False},
        ],
        "identity": {
            "name": "Claire Martin",
            "role": "pharmacienne titulaire",
            "organisation": "Pharmacie des Tilleuls",
            "switch_url": "/organisations/",
            "account_url": "/compte/",
        },
        "user": SimpleNamespace(is_authenticated=True),
        "now": NOW,
        "due": NOW + timedelta(days=12),
        "late": NOW - timedelta(days=3),
        "page_obj": Paginator(rows, 5).page(4),
        "steps": [
            {"label": "Commande émise", "state": "done"},
            {"label": "Signature", "state": "current"},
            {"label": "Installation", "state": "todo"},
            {"label": "Vérification d’aptitude", "state": "todo"},
            {"label": "Réalisée", "state": "todo"},
        ],
        "events": [
            {"at": NOW, "title": "Bon de commande émis", "actor": "LGO Conseil", "document_url": "/d/1"},
            {
                "at": NOW + timedelta(hours=2),
                "title": "Message envoyé",
                "actor": "Portail",
                "detail": "À la titulaire, par messagerie.",
            },
            {"at": NOW + timedelta(days=1), "title": "Lu", "actor": "Claire Martin"},
        ],
        "pairs": {"Logiciel": "LGO+ 4.2", "Montant pris en charge": "1 050,00 €", "Numéro unique": None},
    }


def page(request: HttpRequest) -> HttpResponse:
    """The sample page; posting shows the form with its errors and two refusals."""
    form = SampleForm(request.POST or None, request.FILES or None)
    if form.is_bound:
        form.absorb(REFUSALS)
    context = {**sample_context(), "form": form}
    template = engines["django"].from_string((Path(__file__).parent / "sample.html").read_text())
    if request.GET.get("messages"):
        messages.success(request, "Le bon de commande est signé.")
        messages.error(request, "Le document n’a pas pu être joint.")
    return HttpResponse(template.render(context, request))


def simple(request: HttpRequest, template: str) -> HttpResponse:
    """An error page, with the frame of the site."""
    return render(request, f"{template}.html", sample_context())


urlpatterns = [
    path("", page, name="home"),
    path("compte/", include("allauth.account.urls")),
    path("compte/2fa/", include("allauth.mfa.urls")),
    path("erreur/<str:template>/", simple),
    path("logiciels/", include(([path("", page, name="public")], "referencing"))),
]
