"""Forms drawn in the State's design system, with errors people can act on.

``FORM_RENDERER = "portal.ui.forms.DsfrRenderer"`` draws *every* form of the project this way, those of
django-allauth too. ``PortalForm`` adds what services need: putting their refusals beside the right input.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList

from portal.ui.fields import (
    FinessField,
    FreeEmailField,
    FreeTextField,
    FrenchDateField,
    FrenchDateTimeField,
    IdentifierField,
    MoneyField,
    SiretField,
)

__all__ = [
    "DsfrBoundField",
    "DsfrRenderer",
    "FinessField",
    "FreeEmailField",
    "FreeTextField",
    "FrenchDateField",
    "FrenchDateTimeField",
    "IdentifierField",
    "MoneyField",
    "PortalForm",
    "SiretField",
]

# Kind of field → DSFR name of the group that holds it, and class of the input itself.
_GROUPS = {
    "input": "fr-input-group",
    "select": "fr-select-group",
    "file": "fr-upload-group",
    "checkbox": "fr-checkbox-group",
    "radio": "fr-fieldset",
    "checkboxes": "fr-fieldset",
    "group": "fr-fieldset",
}
_INPUTS = {"input": "fr-input", "select": "fr-select", "file": "fr-upload", "group": "fr-input"}


def widget_kind(widget: forms.Widget) -> str:
    """Which of the seven shapes of field a widget takes."""
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radio"
    if widget.use_fieldset:
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.Select):
        return "select"
    return "file" if isinstance(widget, forms.FileInput) else "input"


class DsfrBoundField(BoundField):
    """A field with its data that knows its DSFR classes and keeps its hint and error tied to the input."""

    @property
    def kind(self) -> str:
        """The shape of the field, for ``ui/forms/field.html``."""
        return widget_kind(self.field.widget)

    @property
    def group_classes(self) -> str:
        """The classes of the group, in error or not."""
        group = _GROUPS[self.kind]
        return f"{group} {group}--error" if self.errors else group

    @property
    def focus_id(self) -> str:
        """The id that the error summary leads to: the input, or the first one of a group."""
        if self.kind in ("radio", "checkboxes") and self.subwidgets:
            return str(self.subwidgets[0].id_for_label or self.auto_id)
        return f"{self.auto_id}_0" if self.kind == "group" else str(self.id_for_label or self.auto_id)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes, with DSFR classes; told to assistive technology rather than policed by the browser.

        ``required`` becomes ``aria-required``: the server's French message, tied to the input, is the only one.
        A placeholder is dropped: it vanishes when one types, the hint does not.
        """
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        kind = widget_kind(widget)
        required = built.pop("required", False) or self.field.required
        if required and kind in ("input", "select", "checkbox"):
            built["aria-required"] = "true"
        if kind in ("radio", "checkboxes"):
            built.pop("aria-invalid", None)
        if "placeholder" in widget.attrs:
            built["placeholder"] = False
        classes = [str(widget.attrs.get("class", "")), str(attrs.get("class", "")), _INPUTS.get(kind, "")]
        if joined := " ".join(name for name in classes if name):
            built["class"] = joined
        return built


class DsfrRenderer(DjangoTemplates):
    """Draws forms and fields with ``ui/forms/*.html``, and inputs with Django's own widget templates."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = DsfrBoundField


@dataclass(frozen=True)
class SummaryItem:
    """One line of the error summary: with the input it leads to, or alone when it concerns the whole form."""

    message: str
    label: str = ""
    target: str = ""
    legal_ref: str = ""


@dataclass(frozen=True)
class FormHead:
    """What stands at the top of a form: the errors, and what the ``*`` means when there is one."""

    errors: list[SummaryItem]
    explain_required: bool

    @property
    def title(self) -> str:
        """How many corrections are asked; a refusal of the whole form asks for none."""
        count = sum(bool(item.target) for item in self.errors)
        if count == 0:
            return "La demande n’a pas abouti"
        return "Une erreur à corriger" if count == 1 else f"{count} erreurs à corriger"


def form_head(form: forms.BaseForm) -> FormHead | None:
    """The head of ``form`` the first time it is asked for, ``None`` afterwards: it is drawn once a page."""
    if getattr(form, "_portal_head_drawn", False):
        return None
    form._portal_head_drawn = True  # type: ignore[attr-defined]
    items = [SummaryItem(message, legal_ref=ref) for message, ref in error_items(form.non_field_errors())]
    for bound in form:
        if not bound.errors:
            continue
        target = "" if bound.is_hidden else getattr(bound, "focus_id", bound.auto_id)
        label = str(bound.label)
        items += [SummaryItem(message, label, target, ref) for message, ref in error_items(bound.errors)]
    required = any(bound.field.required and not bound.is_hidden for bound in form)
    return FormHead(items, explain_required=required)


def error_items(errors: ErrorList) -> list[tuple[str, str]]:
    """Each message with the legal reference that a refusal may carry."""
    return [
        (message, str((error.params or {}).get("legal_ref", "")))
        for error in errors.as_data()
        for message in error.messages
    ]


class RefusalLike(Protocol):
    """What a service says when it refuses: ``portal.common.refusals.Refusal`` has this shape."""

    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def field(self) -> str | None: ...
    @property
    def legal_ref(self) -> str | None: ...


class PortalForm(forms.Form):
    """A form whose errors come both from its fields and from the refusals of a service."""

    use_required_attribute = False

    def absorb(self, refusals: Iterable[RefusalLike]) -> None:
        """Put each refusal beside its field, or in the summary when the form has no such field."""
        if self.errors is None or not hasattr(self, "cleaned_data"):
            self.cleaned_data: dict[str, Any] = {}
        for refusal in refusals:
            self.add_error(refusal.field if refusal.field in self.fields else None, _as_error(refusal))


def _as_error(refusal: RefusalLike) -> ValidationError:
    """The refusal as Django keeps errors; the legal reference travels in ``params``."""
    if not refusal.legal_ref:
        return ValidationError(refusal.message, code=refusal.code)
    literal = refusal.message.replace("%", "%%")
    return ValidationError(literal, code=refusal.code, params={"legal_ref": refusal.legal_ref})
