from portal.accounts.models.people import Membership, Organisation, User

__all__ = ["Membership", "Organisation", "User"]
