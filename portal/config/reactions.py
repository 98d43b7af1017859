"""Which effect follows which act: the one table through which facts travel up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.documents.reactions import on_render_requested
from portal.home import messages
from portal.home.reactions import close_dossier, on_referencing_changed
from portal.outbox.registry import Handler

REACTIONS: Mapping[str, Sequence[Handler]] = {
    "documents.render": [on_render_requested],
    "referencing.changed": [on_referencing_changed],
    "order.issue": [messages.tell],
    "order.sign_firm": [messages.tell],
    "order.sign_conditional": [messages.tell],
    "order.decline": [messages.tell],
    "order.expire": [messages.tell],
    "order.affirm": [messages.tell],
    "order.lapse": [close_dossier, messages.tell],
    "order.ask_cancel": [messages.tell],
    "order.keep": [messages.tell],
    "order.cancel": [close_dossier, messages.tell],
    "order.void": [close_dossier, messages.tell],
    "order.realise": [messages.tell],
    "installation.plan": [messages.tell],
    "installation.replan": [messages.tell],
    "installation.declare": [messages.tell],
    "installation.fail": [messages.tell],
    "installation.reserve": [messages.tell],
    "installation.lift": [messages.tell],
    "attestation.create": [messages.tell],
    "attestation.sign": [messages.tell],
    "attestation.sign_with_reserves": [messages.tell],
    "attestation.refuse": [messages.tell],
    "attestation.lift": [messages.tell],
    "attestation.confirm": [messages.tell],
    "attestation.complete": [messages.tell],
}
