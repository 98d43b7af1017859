"""What a supplier proposes for each of its versions: published on the page or from a file, by the one same service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic.base import View

from homologation import presentation
from homologation.client_selectors import (
    get_version,
    last_values,
    packs_of,
    questionnaire_now,
    supplier_company,
    users_of,
    uses_of,
    version_lines,
)
from homologation.domain.packs import pack_file, read_pack_file
from homologation.domain.questions import TABLE, Question, Questionnaire
from homologation.domain.snapshot import BadExport
from homologation.forms.section import new_names
from homologation.forms.suppliers import PackForm, PackImportForm
from homologation.models import PrefillPack, QuestionnaireVersion
from homologation.selectors import programme_now
from homologation.services.prefill import publish_pack
from portal.accounts.actors import Actor
from portal.common import clock
from portal.common.refusals import Refusal, Refused
from portal.registry.models import SoftwareVersion
from portal.workflow.views import actor_of

_PAGE = 30


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every version with its last pack."""
    lines = version_lines(supplier_company(actor_of(request)))
    return render(request, "homologation/packs.html", {"lines": lines})


@require_safe
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version: its packs, what the last one says, and who uses it."""
    actor = actor_of(request)
    version = get_version(actor, pk)
    packs, uses = packs_of(version), uses_of(version)
    page = Paginator(users_of(supplier_company(actor), version), _PAGE).get_page(request.GET.get("page"))
    context = {
        "version": version,
        "packs": [(pack, uses.get(pack.source, 0)) for pack in packs],
        "values": _lines(packs[0]) if packs else [],
        "page": page,
    }
    return render(request, "homologation/pack.html", context)


def _lines(pack: PrefillPack) -> list[tuple[str, list[str]]]:
    return [
        (presentation.short(question), presentation.lines(question, pack.values[question.key]))
        for question in pack.questionnaire.form
        if question.key in pack.values
    ]


@require_safe
def as_json(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last pack as a file; without any, an empty one to fill in."""
    version = get_version(actor_of(request), pk)
    questionnaire = _questionnaire()
    values = _last_values(version, questionnaire)
    content = pack_file(questionnaire.form, values)
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="preremplissage-insi-{pk}.json"'
    return response


def _questionnaire() -> QuestionnaireVersion:
    found = questionnaire_now(programme_now(clock.business_now()))
    if found is None:
        raise Http404
    return found


def _last_values(version: SoftwareVersion, questionnaire: QuestionnaireVersion) -> dict[str, Any]:
    """What was proposed last, for the questions of today."""
    return last_values(version, {question.key for question in prefillable(questionnaire.form)})


def prefillable(form: Questionnaire) -> list[Question]:
    """The questions that an editor may prefill."""
    return [question for question in form if question.prefillable]


class Publish(View):
    """The questions that an editor may prefill, on one page."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        version, questionnaire = get_version(actor_of(request), pk), _questionnaire()
        return self._page(request, version, questionnaire, self._form(request, version, questionnaire))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = actor_of(request)
        version, questionnaire = get_version(actor, pk), _questionnaire()
        form = self._form(request, version, questionnaire)
        if "ajouter" in request.POST or not form.is_valid():
            return self._page(request, version, questionnaire, form)
        if refusals := _publish(actor, version, questionnaire, form.values()):
            form.absorb(refusals)
            return self._page(request, version, questionnaire, form)
        return _published(request, version)

    def _form(self, request: HttpRequest, version: SoftwareVersion, questionnaire: QuestionnaireVersion) -> PackForm:
        questions = prefillable(questionnaire.form)
        values = _last_values(version, questionnaire)
        return PackForm(_with_one_more(request), questions=questions, values=values)

    def _page(
        self, request: HttpRequest, version: SoftwareVersion, questionnaire: QuestionnaireVersion, form: PackForm
    ) -> HttpResponse:
        items = [_item(form, question) for question in prefillable(questionnaire.form)]
        sections = [
            (part, [item for item in items if item["question"] in part.questions])
            for part in questionnaire.form.sections
        ]
        context = {
            "version": version,
            "questionnaire": questionnaire,
            "form": form,
            "sections": [(part, found) for part, found in sections if found],
        }
        return render(request, "homologation/pack_publish.html", context)


def _with_one_more(request: HttpRequest) -> QueryDict | None:
    """What was typed, with one more row where a button asks for it: nothing is published before its time."""
    if request.method != "POST":
        return None
    typed = request.POST.copy()
    if key := typed.get("ajouter"):
        names = typed.getlist(f"{key}-row")
        typed.setlist(f"{key}-row", [*names, *new_names(dict.fromkeys(names), 1)])
    return typed


def _item(form: PackForm, question: Question) -> dict[str, Any]:
    table = question.type == TABLE
    return {
        "question": question,
        "rows": form.rows_of(question) if table else [],
        "errors": form.errors.get(question.key, []) if table and form.is_bound else [],
        "field": None if table else form[question.key],
        "levels": {},
        "examples": [presentation.lines(question, [example])[0] for example in question.examples],
    }


class Import(View):
    """The same from a file."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        version = get_version(actor_of(request), pk)
        return self._page(request, version, PackImportForm())

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        actor = actor_of(request)
        version, questionnaire = get_version(actor, pk), _questionnaire()
        form = PackImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, version, form)
        try:
            values = read_pack_file(form.cleaned_data["file"], questionnaire.form)
        except BadExport as error:
            form.add_error("file", str(error))
            return self._page(request, version, form)
        if refusals := _publish(actor, version, questionnaire, values):
            form.absorb(_named(refusals))
            return self._page(request, version, form)
        return _published(request, version)

    def _page(self, request: HttpRequest, version: SoftwareVersion, form: PackImportForm) -> HttpResponse:
        return render(request, "homologation/pack_import.html", {"version": version, "form": form})


def _publish(
    actor: Actor, version: SoftwareVersion, questionnaire: QuestionnaireVersion, values: Mapping[str, Any]
) -> list[Refusal]:
    try:
        publish_pack(version_id=version.pk, questionnaire=questionnaire, actor=actor, values=values)
    except Refused as refused:
        return list(refused.refusals)
    return []


def _named(refusals: Iterable[Refusal]) -> list[Refusal]:
    """Each refusal with the key of the file that it is about."""
    return [
        replace(one, message=f"{one.field} : {one.message}" if one.field else one.message, field="file")
        for one in refusals
    ]


def _published(request: HttpRequest, version: SoftwareVersion) -> HttpResponse:
    messages.success(request, "Préremplissage publié : les dossiers en cours reçoivent vos propositions.")
    return redirect(reverse("homologation:pack", args=[version.pk]))
