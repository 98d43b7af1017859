"""A pharmacist known by Pro Santé Connect who asks for a second pharmacy."""

from __future__ import annotations

from portal.accounts.domain.roles import Role
from portal.accounts.models import User
from portal.registry.models import AttachmentRequest
from portal.registry.services.enrolments import Wish, ask_attachment


def make_request(login: str, finess: str) -> AttachmentRequest:
    """Their request, which waits for an answer."""
    return ask_attachment(user_id=User.objects.get(email=login).pk, wish=Wish(finess=finess, role=Role.ADJOINT))
