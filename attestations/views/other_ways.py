"""Other ways to sign a VA, or the answers to its lifted reserves, than Pro Santé Connect, which stays the first one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from attestations.forms.sign import VaByHandForm, VaElsewhereForm
from attestations.models import Attestation
from attestations.services.fill import answering_verb
from attestations.services.other_ways import sign_va_by_hand, sign_va_elsewhere
from attestations.views.acts import SignVa, sign_page
from portal.accounts.actors import Actor
from portal.common.refusals import Refusal
from portal.documents.other_ways import ByHand, Elsewhere
from portal.ui.forms import PortalForm


class OtherWay(SignVa):
    """The VA as it was filled in; it comes back when it can, whatever day it bears."""

    def today(self) -> date | None:
        """No day is asked for."""
        return None

    def acting(self, obj: Attestation, *, late: bool) -> str:
        """By what the VA waits for: its first signature, or the answers to its lifted reserves."""
        return answering_verb(obj, late=late)

    def fill_page(self, obj: Attestation) -> str:
        """The first page, where it is filled in."""
        return sign_page(obj)

    def show(
        self,
        obj: Attestation,
        actor: Actor,
        form: PortalForm | None,
        refusals: list[Refusal] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Back to the questions where nothing is filled in, or where it is to be filled in anew."""
        if form is None or self.shown(obj) is not None:
            return super().show(obj, actor, form, refusals, status)
        why = [refusal.message for refusal in self.stale] or [
            "Remplissez d’abord la VA : c’est elle que vous signerez."
        ]
        for message in why:
            messages.warning(self.request, message)
        return redirect(self.fill_page(obj))

    def shown_sha256(self, obj: Attestation) -> dict[str, str]:
        """What the page is about."""
        document = self.shown(obj)
        return {"shown": (document.sha256 or "") if document else ""}


class SignElsewhere(Elsewhere, OtherWay):
    """The filled VA, signed with a certificate of one's own."""

    template_name = "attestations/sign_elsewhere.html"

    def build_form(self, obj: Attestation, data: Any = None) -> PortalForm:
        """The file and the consent."""
        return VaElsewhereForm(data, self.files(data), initial=self.shown_sha256(obj))

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        """The file is judged, then the VA signed as by any other way."""
        consent, content = self.consent(data), data["file"].content
        sign_va_elsewhere(attestation_id=obj.pk, actor=actor, consent=consent, content=content)


class SignByHand(ByHand, OtherWay):
    """The filled VA, signed on paper."""

    template_name = "attestations/sign_by_hand.html"

    def build_form(self, obj: Attestation, data: Any = None) -> PortalForm:
        """The scan is whole and mine; the consent."""
        scanned = self.scan_asked(obj)
        scanned["initial"] |= self.shown_sha256(obj)
        return VaByHandForm(data, **scanned)

    def perform(self, obj: Attestation, actor: Actor, data: dict[str, Any]) -> None:
        """The scan shown is the signature."""
        sign_va_by_hand(attestation_id=obj.pk, actor=actor, consent=self.consent(data), seen=data["seen"])
