from django.apps import AppConfig


class RulemakingConfig(AppConfig):
    name = "portal.rulemaking"
    label = "rulemaking"
