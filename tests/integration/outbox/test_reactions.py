"""Every verb that is announced is answered, every message is written, and twice is once."""

from __future__ import annotations

from string import Formatter

import pytest
from django.core import mail

from attestations.services.machine import ATTESTATIONS
from homologation import help_messages, life_messages, mandate_messages, proof_messages
from homologation import messages as homologation_messages
from homologation.life_messages import on_version_changed
from orders.services.machines import INSTALLATIONS, ORDERS
from portal.config.reactions import REACTIONS
from portal.home import messages
from portal.home.job_messages import tell_completion
from portal.home.messages import MESSAGES
from portal.home.reactions import close_dossier, on_referencing_changed
from portal.outbox import registry
from portal.outbox.models import Notice, OutboxMessage
from portal.outbox.services.deliver import deliver_pending
from portal.referencing import messages as referencing_messages
from portal.rulemaking.services.machine import AMENDMENTS
from tests.conftest import MACHINE
from tests.factories.dossiers import ORDER_STORIES, VA_STORIES, installation_in, order_in, va_in

MACHINES = (ORDERS, INSTALLATIONS, ATTESTATIONS)
ANNOUNCED = [(machine, verb) for machine in MACHINES for verb in sorted(machine.announces)]
TOLD_OTHERWISE = {
    "attestations_attestation.sign": "told by the order's realise",
    "attestations_attestation.complete": "told by the order's realise",
}
# Announced by no verb of a machine: they come from the documents, the registry, jobs and objections.
OTHER_TOPICS = {
    "activity.accepted",
    "activity.deposited",
    "activity.recounted",
    "activity.refused",
    "attachment.asked",
    "breach.reminder",
    "step.expiry",
    "documents.evidence",
    "documents.render",
    "documents.scanned",
    "membership.ended",
    "referencing.changed",
    "supervision.detail_asked",
    "supervision.detail_late",
    "supervision.detailed",
    "supervision.engage",
    "supervision.escalated",
    "supervision.missing",
    "supervision.reported",
    "year_decision.decide",
    "job.run",
    "job.done",
    "objection.raised",
    "objection.settled",
    "order.late_va_counts",
    "plan.revised",
    "reminders.digest",
    *help_messages.REACTIONS,
    *mandate_messages.REACTIONS,
    *proof_messages.REACTIONS,
    *homologation_messages.REACTIONS,
    *life_messages.REACTIONS,
    *referencing_messages.REACTIONS,
}
# Told to the administration, not to the parties of an order.
OTHER_TOPICS |= {f"amendment.{verb}" for verb in AMENDMENTS.announces}


def test_the_table_is_the_one_installed() -> None:
    assert registry.topics() == set(REACTIONS)


def test_every_announced_verb_is_bound_and_nothing_else() -> None:
    announced = {f"{machine.lifecycle.name}.{verb}" for machine, verb in ANNOUNCED}
    assert announced | OTHER_TOPICS == set(REACTIONS)
    for machine, verb in ANNOUNCED:
        assert verb == "create" or machine.lifecycle.transition(verb)
        assert messages.tell in REACTIONS[f"{machine.lifecycle.name}.{verb}"]


def test_every_announced_verb_has_its_words_or_its_reason() -> None:
    announced = {f"{machine.model._meta.db_table}.{verb}" for machine, verb in ANNOUNCED}
    assert announced == set(MESSAGES) | set(TOLD_OTHERWISE)
    assert not set(MESSAGES) & set(TOLD_OTHERWISE)


@pytest.mark.django_db
def test_words_name_known_facts_only() -> None:
    known = set(messages._facts(order_in("draft").order))
    for template in MESSAGES.values():
        named = {
            name for text in (template.subject, template.body) for _, name, _, _ in Formatter().parse(text) if name
        }
        assert named <= known
        assert template.to and len(template.subject) < 120


def test_what_ends_an_order_closes_its_dossier() -> None:
    ending = {topic for topic, handlers in REACTIONS.items() if close_dossier in handlers}
    assert ending == {"order.lapse", "order.cancel", "order.void", "order.transfer"}
    assert REACTIONS["referencing.changed"] == [on_referencing_changed, tell_completion, on_version_changed]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [*ORDER_STORIES, *(f"va {state}" for state in VA_STORIES), "failed"])
def test_delivering_again_writes_nothing_twice(state: str) -> None:
    if state == "failed":
        installation_in(state)
    elif state.startswith("va "):
        va_in(state.removeprefix("va "))
    else:
        order_in(state)
    deliver_pending()
    assert not OutboxMessage.objects.exclude(error="").exists()
    before = Notice.objects.count(), len(mail.outbox), OutboxMessage.objects.count()
    OutboxMessage.objects.update(delivered_at=None, available_at=MACHINE)
    assert deliver_pending() == OutboxMessage.objects.count()
    assert not OutboxMessage.objects.exclude(error="").exists()
    assert (Notice.objects.count(), len(mail.outbox), OutboxMessage.objects.count()) == before
    for notice in Notice.objects.all():
        assert "{" not in notice.subject + notice.body and "  " not in notice.body
