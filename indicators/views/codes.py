"""Every code of a rejected line or refused file in plain words; public: a machine's answer leads here."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.domain.codes import FILE_CODES, LINE_CODES
from indicators.domain.problems import PROBLEMS


@login_not_required
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """What is wrong, what was expected, what to do, for each code."""
    groups = [
        ("Une ligne est laissée de côté", LINE_CODES.items()),
        ("Le fichier entier est refusé", FILE_CODES.items()),
        ("L’interface de dépôt refuse l’envoi", PROBLEMS.items()),
    ]
    return render(request, "indicators/codes.html", {"groups": groups})
