"""The addresses of usage."""

from django.urls import path

from indicators.views import usage

app_name = "indicators"

urlpatterns = [
    path("usages/", usage.usage, name="usage"),
]
