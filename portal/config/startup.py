"""What is bound once, when Django has loaded every application."""

from datetime import datetime

from django.conf import settings

from attestations.documents import ATTESTATION_KINDS, ATTESTATION_PAPERS
from homologation.documents import SUPERVISION_KINDS
from homologation.dossier.documents import DOSSIER_KINDS
from homologation.kept_files import evidence_files, receipt_files
from orders.documents import ORDER_KINDS, ORDER_PAPERS
from portal.audit import sealing as root_sealing
from portal.audit.domain.anchors import Seal
from portal.audit.selectors import root_words
from portal.common import clock
from portal.config.reactions import REACTIONS, WORKS
from portal.demo.clock import demo_business_time
from portal.documents import kept, kinds, papers, sealing
from portal.outbox import registry
from portal.outbox.services import jobs, notices


def start() -> None:
    """Install the demonstration's clock, reactions, works, footer of mails, kinds of documents, kept files, sealer."""
    if settings.PORTAL_DEMO:
        clock.install(business=demo_business_time)
    registry.install(REACTIONS)
    jobs.install(WORKS)
    notices.install_footer(root_words)
    kinds.install(*ORDER_KINDS, *ATTESTATION_KINDS, *SUPERVISION_KINDS, *DOSSIER_KINDS)
    papers.install(ORDER_PAPERS, ATTESTATION_PAPERS)
    kept.install(evidence_files, receipt_files)
    install_root_sealer()


def install_root_sealer() -> None:
    """The journal's roots are sealed by the key of the documents."""
    root_sealing.install(
        root_sealing.Sealer(_wanted, sealing.detached_signature, sealing.detached_token, _problems_of_seal)
    )


def _wanted() -> tuple[bool, bool]:
    """The journal's roots are sealed where documents are, and time-stamped where an authority is set."""
    return sealing.enabled(), sealing.enabled() and sealing.timestamping() != "internal"


def _problems_of_seal(content: bytes, seal: Seal, at: datetime | None) -> list[str]:
    return sealing.detached_problems(content, seal.signature, seal.token, at)
