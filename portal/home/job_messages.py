"""What a finished job tells: one message a supplier for the thousands of orders it moved."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse

from orders.domain.stakes import verdict_of_completion
from orders.models import Order
from orders.services.courses import courses
from orders.services.deadlines import FOLLOW
from portal.accounts.domain.roles import Role
from portal.accounts.selectors import people_with_role
from portal.audit.models import AuditEvent
from portal.common import clock
from portal.outbox.models import Job
from portal.outbox.services.notices import Letter, notify
from portal.programmes.selectors import book_for
from portal.registry.domain.referencing import Status
from portal.registry.models import SoftwareVersion, Supplier


def tell_job(payload: dict[str, Any]) -> None:
    """The supplier reads how many orders a change of référencement affirmed or ended, in one message."""
    job = Job.objects.get(pk=payload["id"])
    if job.kind != FOLLOW or _others_at_work(job):
        return
    version = SoftwareVersion.objects.select_related("software__supplier").get(pk=job.params["version"])
    affirmed, lapsed, last = _moved(job)
    if not affirmed and not lapsed:
        return
    supplier = version.software.supplier
    letter = Letter(
        subject=f"{version} : {_words(affirmed, lapsed)}",
        body=f"Le statut de référencement de {version} a changé : {_words(affirmed, lapsed)}. Le détail est dans votre "
        "tableau des commandes ; chaque pharmacie concernée est prévenue.",
        link=f"{reverse('home:board')}?logiciel={version.pk}",
        dedup=f"followed:{version.pk}:{last}",  # two jobs that saw the same orders move write once
    )
    _write(supplier, letter)


def tell_completion(payload: dict[str, Any]) -> None:
    """The dossier of a version is complete: its supplier reads how many orders are in time, and how many late."""
    if payload["status"] != Status.COMPLETE.value:
        return
    version = SoftwareVersion.objects.select_related("software__supplier").get(pk=payload["version"])
    now = clock.business_now()
    book = book_for(payload["programme"], now)
    rows = courses(payload["programme"], Order.objects.filter(software_version=version))
    in_time, late = verdict_of_completion((row.course for row in rows), book, now)
    letter = Letter(
        subject=f"{version} : dossier de référencement complet",
        body=f"Le dossier de référencement de {version} est complet. {_verdict(in_time, late)}",
        link=f"{reverse('home:at_stake')}?logiciel={version.pk}",
        dedup=f"complete:{payload['event']}",
    )
    _write(version.software.supplier, letter)


def _verdict(in_time: int, late: int) -> str:
    if not in_time and not late:
        return "Aucune commande n’était signée sous condition pour cette version."
    timely = (
        f"{in_time} commande{'s' if in_time > 1 else ''} sous condition {'sont' if in_time > 1 else 'est'} en temps"
    )
    return f"{timely} et attend{'ent' if in_time > 1 else ''} la décision de l’ANS ; {late} hors délai."


def _write(supplier: Supplier, letter: Letter) -> None:
    for membership in people_with_role(supplier.organisation_id, frozenset({Role.SUPPLIER}), clock.business_now()):
        notify(membership.user, supplier.organisation_id, letter)


def _others_at_work(job: Job) -> bool:
    """Whether another part of the same work is not finished: the last one tells."""
    cause = job.dedup.rpartition(":")[0]
    return Job.objects.filter(kind=FOLLOW, dedup__startswith=f"{cause}:", finished_at=None).exists()


def _moved(job: Job) -> tuple[int, int, int]:
    """How many orders of the version were affirmed and lapsed since the job was asked for, and the last such event."""
    orders = Order.objects.filter(software_version=job.params["version"], programme=job.params["programme"])
    keys = [str(pk) for pk in orders.values_list("pk", flat=True)]
    events = AuditEvent.objects.filter(
        object_type="orders_order", object_id__in=keys, verb__in=["affirm", "lapse"], recorded_at__gte=job.created_at
    )
    counts = events.aggregate(
        affirmed=Count("pk", filter=Q(verb="affirm")), lapsed=Count("pk", filter=Q(verb="lapse")), last=Max("pk")
    )
    return counts["affirmed"], counts["lapsed"], counts["last"] or 0


def _words(affirmed: int, lapsed: int) -> str:
    parts = []
    if affirmed:
        parts.append(f"{affirmed} commande{'s' if affirmed > 1 else ''} affermie{'s' if affirmed > 1 else ''}")
    if lapsed:
        parts.append(f"{lapsed} commande{'s' if lapsed > 1 else ''} caduque{'s' if lapsed > 1 else ''}")
    return ", ".join(parts)
