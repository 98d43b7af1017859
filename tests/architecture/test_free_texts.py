"""No patient's number enters by a form: every box that takes words is a field that refuses one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.sources import named, python_files, tree

GUARDED = "portal/ui/fields.py"
"""Where the fields that refuse are defined."""
WORDS = {"CharField", "EmailField", "URLField", "SlugField", "JSONField", "ComboField", "MultiValueField"}
EXEMPT = {
    "orders/forms/draft.py": {"q", "client_phone", "administrator_card", "administrator_phone"},
    "portal/documents/forms.py": {"code"},
    "portal/home/forms.py": {"q"},
    "portal/referencing/forms/administration.py": {"number"},
    "portal/referencing/forms/public.py": {"q"},
    "portal/registry/forms.py": {"number", "phone", "national_id"},
}
"""Official numbers that may have as many digits (cards, telephones with 0033, the ANS's), and searches, kept nowhere."""


def plain_fields(module: ast.AST) -> Iterator[tuple[str, int]]:
    """The name and line of each Django field that takes words unread; hidden ones hold what the portal wrote."""
    names = {id(node.value): ast.unparse(node.targets[0]) for node in ast.walk(module) if isinstance(node, ast.Assign)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        hidden = any(k.arg == "widget" and ast.unparse(k.value) == "forms.HiddenInput" for k in node.keywords)
        if node.func.attr in WORDS and ast.unparse(node.func.value) == "forms" and not hidden:
            yield names.get(id(node), "?"), node.lineno


def django_forms() -> Iterator[tuple[str, ast.Module]]:
    for path in python_files():
        if named(path) != GUARDED:
            yield named(path), tree(path)


def test_every_box_that_takes_words_refuses_a_patients_number() -> None:
    found = [
        f"{name}:{line} {field}"
        for name, module in django_forms()
        for field, line in plain_fields(module)
        if field not in EXEMPT.get(name, ())
    ]
    assert found == [], "use portal.ui.forms.FreeTextField or FreeEmailField"


def test_the_exemptions_are_all_needed() -> None:
    found = {name: {field for field, _ in plain_fields(module)} for name, module in django_forms()}
    assert [name for name, fields in EXEMPT.items() if fields - found.get(name, set())] == []


def test_no_form_takes_its_fields_unseen() -> None:
    """Neither those that Django makes of a model, nor those imported one by one."""
    faults = [
        name
        for name, module in django_forms()
        for node in ast.walk(module)
        if (isinstance(node, ast.ImportFrom) and node.module in ("django.forms", "django.forms.fields")
            and WORDS & {alias.name for alias in node.names})
        or (isinstance(node, ast.Attribute) and node.attr in ("ModelForm", "modelform_factory"))
    ]  # fmt: skip
    assert faults == []


def test_the_rule_sees_a_plain_field() -> None:
    tree = ast.parse(
        "class F:\n    a = forms.CharField(widget=forms.Textarea)\n    b = forms.CharField(widget=forms.HiddenInput)"
    )
    assert list(plain_fields(tree)) == [("a", 2)]
