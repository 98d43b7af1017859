from django.apps import AppConfig


class HomologationConfig(AppConfig):
    name = "homologation"
