from portal.accounts.models.people import Membership, Organisation, User
from portal.accounts.models.professionals import ProfessionalIdentity, ProviderSession, SpentToken
from portal.accounts.models.step_ups import PersonKey, StepUp, StepUpDocument

__all__ = [
    "Membership",
    "Organisation",
    "PersonKey",
    "ProfessionalIdentity",
    "ProviderSession",
    "SpentToken",
    "StepUp",
    "StepUpDocument",
    "User",
]
