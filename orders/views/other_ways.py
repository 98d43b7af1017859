"""Other ways to sign an order than Pro Santé Connect, which stays the first one."""

from __future__ import annotations

from typing import Any

from orders.forms.other_ways import SignByHandForm, SignElsewhereForm
from orders.models import Order
from orders.services import sign
from orders.views.acts import Sign
from portal.accounts.actors import Actor
from portal.documents.other_ways import ByHand, Elsewhere
from portal.ui.forms import PortalForm


class SignElsewhere(Elsewhere, Sign):
    """The issued order, signed with a certificate of one's own."""

    template_name = "orders/sign_elsewhere.html"

    def build_form(self, obj: Order, data: Any = None) -> PortalForm:
        """The file and the consent."""
        return SignElsewhereForm(data, self.files(data), conditional=not self.is_firm(), **self.asked(obj))

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        """The file is judged, then the order signed as by any other way."""
        consent, content = self.consent(data), data["file"].content
        sign.sign_order_elsewhere(order_id=obj.pk, actor=actor, consent=consent, content=content)


class SignByHand(ByHand, Sign):
    """The issued order, signed on paper."""

    template_name = "orders/sign_by_hand.html"

    def build_form(self, obj: Order, data: Any = None) -> PortalForm:
        """The scan is whole and mine; the consent."""
        asked, scanned = self.asked(obj), self.scan_asked(obj)
        asked["initial"] |= scanned.pop("initial")
        return SignByHandForm(data, conditional=not self.is_firm(), **asked, **scanned)

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        """The scan shown is the signature."""
        sign.sign_order_by_hand(order_id=obj.pk, actor=actor, consent=self.consent(data), seen=data["seen"])
