from django.apps import AppConfig


class ReferencingConfig(AppConfig):
    name = "portal.referencing"
    label = "referencing"
