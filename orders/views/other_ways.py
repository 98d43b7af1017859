"""Other ways to sign an order than Pro Santé Connect, which stays the first one."""

from __future__ import annotations

from typing import Any

from orders.forms.other_ways import SignByHandForm, SignElsewhereForm
from orders.models import Order
from orders.services import paper, sign
from orders.views.acts import Sign
from portal.accounts.actors import Actor
from portal.documents.selectors import Scan, scan_of
from portal.ui.forms import PortalForm


class SignElsewhere(Sign):
    """With a certificate of one's own: download, sign with one's own software, send back."""

    title, template_name = "Signer avec votre certificat", "orders/sign_elsewhere.html"
    submit_label = "Envoyer le bon signé"

    def build_form(self, obj: Order, data: Any = None) -> PortalForm:
        """The file and the consent."""
        files = self.request.FILES if data is not None else None
        return SignElsewhereForm(data, files, conditional=not self.is_firm(), **self.asked(obj))

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        """The file is judged, then the order signed as by any other way."""
        consent, content = self.consent(data), data["file"].content
        sign.sign_order_elsewhere(order_id=obj.pk, actor=actor, consent=consent, content=content)


class SignByHand(Sign):
    """On paper: print, sign by hand, scan; then confirm here that the scan is what one signed."""

    title, template_name = "Confirmer le bon signé à la main", "orders/sign_by_hand.html"
    submit_label = "Confirmer ma signature"

    def scan(self, obj: Order) -> Scan | None:
        """The last scan received, read once a request."""
        if not hasattr(self, "_scan"):
            self._scan = scan_of(self.shown(obj))
        return self._scan

    def build_form(self, obj: Order, data: Any = None) -> PortalForm:
        """The scan is whole and mine; the consent."""
        asked, scan, document = self.asked(obj), self.scan(obj), self.shown(obj)
        asked["initial"] = {**asked["initial"], "seen": scan.mark if scan else ""}
        pages = (document.pages if document else None) or 1
        return SignByHandForm(data, pages=pages, conditional=not self.is_firm(), **asked)

    def perform(self, obj: Order, actor: Actor, data: dict[str, Any]) -> None:
        """The scan shown is the signature."""
        paper.sign_order_by_hand(order_id=obj.pk, actor=actor, consent=self.consent(data), seen=data["seen"])

    def page_context(self, obj: Order, actor: Actor) -> dict[str, Any]:
        """The scan beside the facts of the order."""
        return {**super().page_context(obj, actor), "scan": self.scan(obj)}
