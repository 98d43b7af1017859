"""Other ways to sign an order than Pro Santé Connect, which stays the first one."""

from __future__ import annotations

from typing import Any

from orders.forms.other_ways import SignElsewhereForm
from orders.models import Order
from orders.services import sign
from orders.views.acts import Sign
from portal.accounts.actors import Actor
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
