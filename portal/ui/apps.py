from django.apps import AppConfig


class UiConfig(AppConfig):
    """Template tags, components and form drawing; no model."""

    name = "portal.ui"
    label = "ui"
