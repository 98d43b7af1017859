"""What is bound once, when Django has loaded every application."""

from django.conf import settings

from attestations.documents import ATTESTATION_KINDS
from orders.documents import ORDER_KINDS
from portal.audit.selectors import root_words
from portal.common import clock
from portal.config.reactions import REACTIONS, WORKS
from portal.demo.clock import demo_business_time
from portal.documents import kinds
from portal.outbox import registry
from portal.outbox.services import jobs, notices


def start() -> None:
    """Install the business clock of the demonstration, the reactions, works, footer of mails and document kinds."""
    if settings.PORTAL_DEMO:
        clock.install(business=demo_business_time)
    registry.install(REACTIONS)
    jobs.install(WORKS)
    notices.install_footer(root_words)
    kinds.install(*ORDER_KINDS, *ATTESTATION_KINDS)
