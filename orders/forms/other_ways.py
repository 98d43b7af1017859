"""Other ways to sign an order: the file signed elsewhere, the scan of the paper."""

from __future__ import annotations

from typing import Any

from orders.domain.consent import consent_text
from orders.forms.answer import SignForm
from portal.documents.forms import GivenFileForm, GivenScanForm


class SignElsewhereForm(GivenFileForm, SignForm):
    """The order signed with one's own certificate."""

    field_order = ("file", "replaces", "consent")

    def __init__(self, *args: Any, conditional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = consent_text(conditional=conditional)


class SignByHandForm(GivenScanForm, SignForm):
    """The scan shown is the paper that one signed."""

    field_order = ("mine", "replaces", "consent")

    def __init__(self, *args: Any, conditional: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = consent_text(conditional=conditional)
