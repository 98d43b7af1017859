from portal.rulemaking.models.amendments import Amendment

__all__ = ["Amendment"]
