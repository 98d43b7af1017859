"""The markup of forms: names, hints and errors reach everybody."""

from __future__ import annotations

from django import forms

from portal.common.refusals import Refusal
from portal.ui.forms import PortalForm, form_head
from tests.ui.markup import INLINE, draw, squash, tag
from tests.ui.sample import REFUSALS, SampleForm

VALID = {
    "name": "Claire Martin",
    "finess": "010002301",
    "day": "15/11/2022",
    "amount": "1 050,00",
    "scenario": "a",
    "mailbox": "oui",
    "consent": "on",
}


def html_of(form: forms.Form) -> str:
    html = squash(str(form))
    assert not INLINE.search(html)
    return html


def test_label_hint_and_input_are_tied() -> None:
    html = html_of(SampleForm())
    assert '<label class="fr-label" for="id_name">Nom du titulaire<span class="portal-required"> *</span>' in html
    found = tag(html, "input", id="id_name", aria_describedby="id_name_helptext", aria_required="true")
    assert 'class="fr-input"' in found
    assert " required" not in found  # the server's French message is the only one
    assert '<div class="fr-hint-text" id="id_name_helptext">Tel qu’il figure à l’Ordre.</div>' in html


def test_star_is_explained_once_and_only_if_used() -> None:
    assert html_of(SampleForm()).count("Les champs marqués d’un * sont obligatoires.") == 1

    class Optional(PortalForm):
        note = forms.CharField(required=False)

    assert "obligatoires" not in html_of(Optional())


def test_error_keeps_the_hint_and_the_typed_value() -> None:
    html = html_of(SampleForm({**VALID, "day": "31/02/2022", "amount": "12,345"}))
    found = tag(html, "input", id="id_day", aria_describedby="id_day_helptext id_day_error", aria_invalid="true")
    assert 'value="31/02/2022"' in found
    assert 'value="12,345"' in tag(html, "input", id="id_amount")
    assert '<div class="fr-input-group fr-input-group--error">' in html
    assert 'id="id_day_error"><p class="fr-error-text">Le 31/02/2022' in html
    assert 'value="Claire Martin"' in html


def test_choices_have_a_legend() -> None:
    html = html_of(SampleForm({**VALID, "mailbox": ""}))
    tag(html, "fieldset", id="id_mailbox_group", aria_describedby="id_mailbox_error")
    assert '<legend class="fr-fieldset__legend fr-fieldset__legend--regular">Avez-vous une boîte' in html
    radio = tag(html, "input", type="radio", id="id_mailbox_0")
    assert "aria-invalid" not in radio and "aria-required" not in radio and "required" not in radio
    assert '<label class="fr-label" for="id_mailbox_1"><span>Non</span></label>' in html


def test_each_kind_of_field_has_its_class() -> None:
    html = html_of(SampleForm())
    assert 'class="fr-select"' in tag(html, "select", id="id_scenario")
    assert 'class="fr-input"' in tag(html, "textarea", id="id_note")
    assert 'class="fr-upload"' in tag(html, "input", type="file", id="id_proof")
    assert "checked" not in tag(html, "input", type="checkbox", id="id_consent", aria_required="true")
    assert 'inputmode="decimal"' in tag(html, "input", id="id_amount")


def test_summary_leads_to_each_field() -> None:
    html = html_of(SampleForm({**VALID, "name": "", "mailbox": "", "consent": ""}))
    tag(html, "div", class_="fr-alert fr-alert--error portal-summary", role="alert", tabindex="-1")
    assert "3 erreurs à corriger" in html
    assert '<a href="#id_name">Nom du titulaire : Ce champ est obligatoire.</a>' in html
    assert '<a href="#id_mailbox_0">' in html  # the first button of the group takes the focus
    assert '<a href="#id_consent">' in html


def test_summary_is_drawn_once_whether_included_or_not() -> None:
    form = SampleForm({})
    page = draw('{% include "ui/form_errors.html" %}<hr>{{ form }}', form=form)
    assert page.count("fr-alert--error") == page.count("sont obligatoires") == 1
    assert page.index("fr-alert--error") < page.index("<hr>")
    assert form_head(form) is None


def test_include_without_a_form_shows_nothing() -> None:
    assert draw('{% include "ui/form_errors.html" %}') == ""


def test_refusals_go_beside_their_field_or_to_the_summary() -> None:
    form = SampleForm(VALID)
    form.absorb(REFUSALS)
    assert not form.is_valid()
    html = html_of(form)
    assert "La signature est close" in html.split("</ul>")[0]
    assert "Référence : Arrêté du 2 février 2022" in html
    beside = html.split('id="id_amount_error">')[1]
    assert beside.startswith('<p class="fr-error-text">La TVA à 20 % ne tombe pas juste')
    assert "Référence : CGI, art. 278" in beside
    assert "Une erreur à corriger" in html
    assert form.errors.as_data()["amount"][0].code == "bad_vat"


def test_refusal_of_an_unknown_field_is_not_lost() -> None:
    form = SampleForm(VALID)
    form.absorb([Refusal("elsewhere", "Cette pharmacie est fermée.", "not_in_this_form")])
    html = html_of(form)
    assert "La demande n’a pas abouti" in html
    assert "Cette pharmacie est fermée." in html


def test_refusals_may_be_shown_before_anything_is_posted() -> None:
    form = SampleForm()
    form.absorb([Refusal("closed", "Le guichet est fermé.")])
    assert "Le guichet est fermé." in html_of(form)


def test_a_refusal_is_text_not_markup() -> None:
    form = SampleForm(VALID)
    form.absorb([Refusal("x", "<b>100 %</b>", "name", "<i>")])
    html = html_of(form)
    assert "&lt;b&gt;100 %&lt;/b&gt;" in html and "<b>" not in html and "<i>" not in html


def test_group_of_inputs_and_prefix() -> None:
    class Split(PortalForm):
        when = forms.SplitDateTimeField(label="Quand")

    html = html_of(Split({}, prefix="a"))
    assert '<fieldset class="fr-fieldset fr-fieldset--error" id="id_a-when_group"' in html
    assert 'class="fr-input"' in tag(html, "input", id="id_a-when_0")
    assert 'href="#id_a-when_0"' in html


def test_hidden_fields_have_no_label_but_their_errors_are_said() -> None:
    class Hidden(PortalForm):
        key = forms.IntegerField(widget=forms.HiddenInput)

    html = html_of(Hidden({"key": "x"}))
    assert "<label" not in html
    assert "nombre entier" in html


def test_own_classes_and_plain_django_forms_are_drawn_too() -> None:
    class Plain(forms.Form):
        code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"class": "wide", "placeholder": "Code"}))

    found = tag(html_of(Plain()), "input", id="id_code", aria_required="true")
    assert 'class="wide fr-input"' in found
    assert "placeholder" not in found and " required" not in found
