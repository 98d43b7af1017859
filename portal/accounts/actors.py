"""Who acts: a person for an organisation in a role, or the portal itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership


@dataclass(frozen=True)
class Actor:
    """A person acting for one organisation in one role; ``user_id`` is None for the portal itself.

    ``address`` and ``agent``: from where and with which browser, for the evidence of a signature; kept nowhere else.
    """

    role: Role
    user_id: int | None = None
    organisation_id: UUID | None = None
    name: str = ""
    organisation_name: str = ""
    request_id: str = ""
    address: str = ""
    agent: str = ""

    @property
    def tenant(self) -> UUID:
        """The organisation acted for; the nil UUID, which owns nothing, where there is none."""
        return self.organisation_id or UUID(int=0)

    @classmethod
    def system(cls) -> Actor:
        """The portal itself: jobs, sweeps, reactions."""
        return cls(role=Role.SYSTEM, name="Portail")

    @classmethod
    def of(cls, membership: Membership, request_id: str = "") -> Actor:
        """The actor of a membership (its ``user`` and ``organisation`` are read)."""
        return cls(
            role=Role(membership.role),
            user_id=membership.user_id,
            organisation_id=membership.organisation_id,
            name=membership.user.full_name,
            organisation_name=membership.organisation.name,
            request_id=request_id,
        )
