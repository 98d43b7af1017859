"""The papers that people may sign by hand; applications declare theirs, ``portal.config`` installs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.documents.models import Document
from portal.documents.scan_models import ScannedPage
from portal.documents.selectors import issued_of, scans_of


@dataclass(frozen=True)
class Papers:
    """One kind of document that may be printed and signed by hand.

    ``waiting``: the objects whose signature is awaited, as far as the actor may see them. ``confirm``: the address of
    the page, by the object's key, where the signatory confirms the scan.
    """

    kind: str
    subject_type: str
    waiting: Callable[[Actor], QuerySet[Any]]
    confirm: str

    def documents(self, actor: Actor) -> QuerySet[Document]:
        """The very documents whose scan would be taken now: the last one of each object."""
        keys = self.waiting(actor).order_by().annotate(paper_key=Cast("pk", CharField())).values("paper_key")
        return issued_of(self.kind, self.subject_type).filter(subject_id__in=keys)


_papers: dict[str, Papers] = {}


def install(*papers: Papers) -> None:
    """Replace the whole table."""
    _papers.clear()
    _papers.update({one.kind: one for one in papers})


def papers() -> Iterator[Papers]:
    """Every one installed."""
    return iter(_papers.values())


def scans_to_confirm(actor: Actor) -> list[tuple[Document, str]]:
    """The documents whose whole scan was received and waits for the actor's confirmation, each with the page for it."""
    if actor.role is not Role.TITULAIRE:
        return []
    scanned = Exists(ScannedPage.objects.filter(document=OuterRef("pk")))
    found = [(document, one.confirm) for one in papers() for document in one.documents(actor).filter(scanned)]
    scans = scans_of(document for document, _ in found) if found else {}
    return [(document, page) for document, page in found if not scans[document.pk].problem]


def confirm_page(document: Document) -> str:
    """The name of the page where the scan of a document is confirmed. Raises LookupError for another kind."""
    return _papers[document.kind].confirm
