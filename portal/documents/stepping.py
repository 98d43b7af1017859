"""Pages that sign a document: the identity is confirmed by Pro Santé Connect for this very file, then one signs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.accounts.actors import Actor
from portal.accounts.psc.refusals import PscRefused
from portal.accounts.psc.step_up import begin_step_up
from portal.accounts.psc.views import refusal_page
from portal.accounts.services.step_up import Standing, standing_to_sign
from portal.common.refusals import Refusal
from portal.documents.models import Document
from portal.documents.sealing import certificate_kinds
from portal.documents.selectors import Scan, scan_of
from portal.ui.forms import PortalForm
from portal.workflow.views import ActView, actor_of

IDENTIFY, BACK_AT = "identify", "signer"
"""Name of the button that leads to Pro Santé Connect, and the place of the page where one lands on the way back."""
_NOT_KEPT = {"csrfmiddlewaretoken", "consent", "shown", "replaces", "former", IDENTIFY}
"""What is asked again on the way back: the agreement is to the document as it then stands."""


class Signable(Protocol):
    """What is signed under: a document, or any frozen value known by its SHA-256 (None while it is prepared)."""

    @property
    def sha256(self) -> str | None:
        """In hexadecimal."""
        ...


class SigningView(ActView):
    """An act by which a person signs a document that the page names.

    Two steps: « Confirmer mon identité » leads to Pro Santé Connect and back, then the form appears. Sub-classes give
    the document shown and the version of the text agreed to.
    """

    consent_version: ClassVar[str]
    _kept: Mapping[str, str] = MappingProxyType({})

    def document_shown(self, obj: Any) -> Signable | None:
        """The document that the person reads before signing."""
        raise NotImplementedError

    def shown(self, obj: Any) -> Any:
        """The same, read once a request."""
        if not hasattr(self, "_shown"):
            self._shown = self.document_shown(obj)
        return self._shown

    def post(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        """Off to confirm one's identity, or the act itself."""
        if IDENTIFY not in request.POST:
            return super().post(request, pk, **kwargs)
        actor = actor_of(request)
        obj = self.find(actor, pk)
        if refusals := self.refusals(obj, actor):
            return self.refused(obj, actor, refusals)
        document = self.shown(obj)
        if not self._may_confirm(self._standing(actor, document), document):
            return self.show(obj, actor, self.build_form(obj))
        request.session[_typed(request)] = {n: v for n, v in request.POST.items() if n not in _NOT_KEPT}
        try:
            return begin_step_up(
                request,
                documents=[(document.sha256 or "") if document else ""],
                consent=self.consent_version,
                next_url=f"{request.path}#{BACK_AT}",
            )
        except PscRefused as refused:
            return refusal_page(request, refused, "step_up")

    def get(self, request: HttpRequest, pk: UUID, **kwargs: Any) -> HttpResponse:
        """The page, with what was typed before one's identity was asked for again."""
        self._kept = request.session.pop(_typed(request), {})
        return super().get(request, pk, **kwargs)

    def show(
        self,
        obj: Any,
        actor: Actor,
        form: PortalForm | None,
        refusals: list[Refusal] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """See ``ActView``."""
        if form is not None and not form.is_bound:
            form.initial.update({name: value for name, value in self._kept.items() if name in form.fields})
        return super().show(obj, actor, form, refusals, status)

    def signing_context(self, obj: Any, actor: Actor) -> dict[str, Any]:
        """Where the person stands: identity to confirm, confirmed for this file, or not known to Pro Santé Connect.

        Beside it the other ways: ``ways``, the kinds of certificate accepted; ``scan``, of the paper, if received.
        """
        document = self.shown(obj)
        standing = self._standing(actor, document)
        return {
            "document": document,
            "confirmed": standing.confirmed,
            "may_confirm": self._may_confirm(standing, document),
            "psc_demo": settings.PSC is not None and settings.PSC.demo,
            "identify": IDENTIFY,
            "ways": certificate_kinds(),
            "scan": self.scan(obj),
        }

    def scan(self, obj: Any) -> Scan | None:
        """The last scan received of the document shown, read once a request."""
        if not hasattr(self, "_scan"):
            shown = self.shown(obj)
            self._scan = scan_of(shown) if isinstance(shown, Document) else None
        return self._scan

    def _standing(self, actor: Actor, document: Signable | None) -> Standing:
        if actor.user_id is None or document is None or document.sha256 is None:
            return Standing(known=False, confirmed=False)
        return standing_to_sign(actor.user_id, document.sha256)

    def _may_confirm(self, standing: Standing, document: Signable | None) -> bool:
        return settings.PSC is not None and standing.known and document is not None and document.sha256 is not None


def _typed(request: HttpRequest) -> str:
    return f"typed:{request.path}"
