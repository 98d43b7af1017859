from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "portal.reminders"
    label = "reminders"
