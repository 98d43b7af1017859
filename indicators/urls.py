"""The addresses of usage."""

from django.urls import path

from indicators.views import usage, years

app_name = "indicators"

urlpatterns = [
    path("usages/", usage.usage, name="usage"),
    path("usages/annees/", years.years, name="years"),
    path("usages/annees/proposer/", years.propose, name="propose"),
    path("usages/annees/<uuid:pk>/", years.decision, name="decision"),
    path("usages/annees/<uuid:pk>/approuver/", years.Decide.as_view(), name="decide"),
    path("usages/annees/<uuid:pk>/retirer/", years.Withdraw.as_view(), name="withdraw"),
]
