"""Which effect follows which act: the one table through which facts travel up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from homologation import (
    breach_messages,
    help_messages,
    life_messages,
    mandate_messages,
    proof_messages,
    supervision_messages,
)
from homologation import messages as homologation_messages
from homologation.reactions import close_links, on_order_signed
from indicators import reactions as activity
from indicators.services import recount
from orders.services import deadlines, issue_all, revival
from portal.demo.services import activity as demo_activity
from portal.documents.reactions import on_evidence_requested, on_render_requested
from portal.home import job_messages, messages, objection_messages, plan_messages, scan_messages
from portal.home.reactions import close_dossier, on_late_va, on_referencing_changed
from portal.outbox.reactions import wake_jobs
from portal.outbox.registry import Handler
from portal.outbox.services.jobs import Work
from portal.referencing import messages as referencing_messages
from portal.registry.reactions import tell_asked, tell_ending
from portal.reminders.reactions import close_feed, tell_digest
from portal.rulemaking import reactions as rule_messages

REACTIONS: Mapping[str, Sequence[Handler]] = {
    "activity.deposited": [activity.wake_reading],
    "activity.accepted": [activity.on_deposit_accepted, activity.ask_about_deposit, activity.read_next],
    "activity.recounted": [activity.on_recounted],
    "activity.refused": [activity.tell_refused, activity.read_next],
    "year_decision.decide": [activity.on_year_decided],
    **homologation_messages.REACTIONS,
    **supervision_messages.REACTIONS,
    **help_messages.REACTIONS,
    **life_messages.REACTIONS,
    **mandate_messages.REACTIONS,
    **proof_messages.REACTIONS,
    "breach.reminder": [breach_messages.tell_breach],
    "step.expiry": [breach_messages.tell_expiry],
    "documents.render": [on_render_requested],
    "documents.evidence": [on_evidence_requested],
    "documents.scanned": [scan_messages.tell_scan],
    "attachment.asked": [tell_asked],
    "membership.ended": [tell_ending, close_feed, close_links, life_messages.on_membership_ended],
    "referencing.changed": [
        on_referencing_changed,
        job_messages.tell_completion,
        life_messages.on_version_changed,
    ],
    "reminders.digest": [tell_digest],
    **referencing_messages.REACTIONS,
    "order.issue": [messages.tell],
    "order.sign_firm": [messages.tell, on_order_signed],
    "order.sign_conditional": [messages.tell, on_order_signed],
    "order.decline": [messages.tell],
    "order.expire": [messages.tell],
    "order.affirm": [messages.tell],
    "order.lapse": [close_dossier, messages.tell],
    "order.ask_cancel": [messages.tell],
    "order.keep": [messages.tell],
    "order.cancel": [close_dossier, messages.tell],
    "order.void": [close_dossier, messages.tell],
    "order.realise": [messages.tell],
    "order.hand_over": [messages.tell],
    "order.replace": [messages.tell],
    "order.transfer": [close_dossier, messages.tell],
    "order.revive_issued": [messages.tell],
    "order.revive_conditional": [messages.tell],
    "order.revive_firm": [messages.tell],
    "order.revive_affirmed": [messages.tell],
    "order.late_va_counts": [on_late_va],
    "objection.raised": [objection_messages.tell_objection],
    "objection.settled": [objection_messages.tell_objection],
    "plan.revised": [plan_messages.tell_plan],
    "job.run": [wake_jobs],
    "job.done": [job_messages.tell_job, rule_messages.tell_applied],
    "amendment.submit": [rule_messages.tell_draft],
    "amendment.send_back": [rule_messages.tell_draft],
    "amendment.publish": [rule_messages.tell_draft],
    "installation.plan": [messages.tell],
    "installation.replan": [messages.tell],
    "installation.declare": [messages.tell, life_messages.on_installed],
    "installation.fail": [messages.tell],
    "installation.reserve": [messages.tell],
    "installation.lift": [messages.tell],
    "attestation.create": [messages.tell],
    "attestation.sign": [messages.tell],
    "attestation.sign_with_reserves": [messages.tell],
    "attestation.sign_late": [messages.tell],
    "attestation.accept_late": [messages.tell],
    "attestation.refuse": [messages.tell],
    "attestation.lift": [messages.tell],
    "attestation.confirm": [messages.tell],
    "attestation.complete": [messages.tell],
}

WORKS: Mapping[str, Work] = {
    demo_activity.ACTIVITY: demo_activity.deposit_activity,
    life_messages.EXAMINE: life_messages.examine_wanted,
    deadlines.FOLLOW: deadlines.follow_referencing,
    revival.APPLY: revival.apply_rules,
    issue_all.ISSUE_ALL: issue_all.issue_all,
    recount.RECOUNT: recount.recount_bucket,
}
"""Which work a job of each kind does."""
