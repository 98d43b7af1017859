"""Other ways to sign a document than Pro Santé Connect, which stays the first one: its file given back, or its scan.

Each is a mixin, put before the page that signs this document by Pro Santé Connect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from portal.documents.stepping import SigningView

    _Page = SigningView
else:
    _Page = object


class Elsewhere(_Page):
    """With a certificate of one's own: download, sign with one's own software, send back."""

    template_name: ClassVar[str] = "documents/sign_elsewhere.html"
    title: ClassVar[str] = "Signer avec votre certificat"
    submit_label: ClassVar[str] = "Envoyer le document signé"

    def files(self, data: Any) -> Any:
        """What came with a form that was sent."""
        return self.request.FILES if data is not None else None


class ByHand(_Page):
    """On paper: print, sign by hand, scan; then confirm here that the scan is what one signed."""

    template_name: ClassVar[str] = "documents/sign_by_hand.html"
    title: ClassVar[str] = "Signer à la main"
    submit_label: ClassVar[str] = "Confirmer ma signature"

    def scan_asked(self, obj: Any) -> dict[str, Any]:
        """What a form that confirms the scan is made with: the pages it is to have, and the mark of what is shown."""
        scan, document = self.scan(obj), self.shown(obj)
        pages = (document.pages if document else None) or 1
        return {"pages": pages, "initial": {"seen": scan.mark if scan else ""}}
