from django.apps import AppConfig
from django.utils.module_loading import import_string

from portal.config import celery  # noqa: F401  (shared tasks bind to this application)


class ConfigConfig(AppConfig):
    """Installs what the lower layers only know as an interface: clock, reactions, document kinds."""

    name = "portal.config"
    label = "config"

    def ready(self) -> None:
        # By name: models may only be imported once every application is loaded.
        import_string("portal.config.startup.start")()
