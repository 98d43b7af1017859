"""The addresses of usage."""

from django.urls import path

from indicators.views import api, codes, coverage, deposits, usage

app_name = "indicators"

urlpatterns = [
    path("usages/", usage.usage, name="usage"),
    path("api/v1/depots/", api.uploads, name="api_uploads"),
    path("api/v1/depots/<uuid:pk>/", api.upload, name="api_upload"),
    path("api/v1/depots/<uuid:pk>/a-corriger/", api.rejects, name="api_rejects"),
    path("usages/depots/", deposits.deposits, name="deposits"),
    path("usages/depots/nouveau/", deposits.new, name="deposit_new"),
    path("usages/depots/mois/", coverage.coverage, name="coverage"),
    path("usages/depots/codes/", codes.codes, name="codes"),
    path("usages/depots/<uuid:pk>/", deposits.deposit, name="deposit"),
    path("usages/depots/<uuid:pk>/a-corriger/", deposits.rejects, {"form": "a-corriger"}, name="rejects_as_sent"),
    path("usages/depots/<uuid:pk>/rejets/", deposits.rejects, {"form": "rejets"}, name="rejects"),
]
