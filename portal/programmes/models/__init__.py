from portal.programmes.models.rules import Programme, RuleSetVersion

__all__ = ["Programme", "RuleSetVersion"]
