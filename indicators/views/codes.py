"""The format of a log, and every code of a rejected line or refused file; public: a machine's answer leads here."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from indicators.domain.codes import FILE_CODES, LINE_CODES
from indicators.domain.log_format import HEADER, VERSION
from indicators.domain.problems import PROBLEMS
from indicators.domain.specification import bounds, columns, example_lines


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


@login_not_required
@require_safe
def log_format(request: HttpRequest) -> HttpResponse:
    """The specification that a supplier's export follows, from the very tables by which it is read."""
    context = {
        "version": VERSION,
        "header": HEADER,
        "columns": columns(),
        "examples": example_lines(),
        "bounds": bounds(),
        "codes": [("Une ligne est laissée de côté", LINE_CODES), ("Le fichier entier est refusé", FILE_CODES)],
    }
    return render(request, "indicators/format.html", context)
