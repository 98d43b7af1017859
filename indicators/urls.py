"""The addresses of usage."""

from django.urls import path

from indicators.views import api, board, codes, coverage, deposits, files, questions, usage, years

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
    path("usages/depots/format/", codes.log_format, name="format"),
    path("usages/depots/<uuid:pk>/", deposits.deposit, name="deposit"),
    path("usages/depots/<uuid:pk>/a-corriger/", deposits.rejects, {"form": "a-corriger"}, name="rejects_as_sent"),
    path("usages/depots/<uuid:pk>/rejets/", deposits.rejects, {"form": "rejets"}, name="rejects"),
    path("usages/declaration/", usage.declaration, name="declaration"),
    path("usages/pourquoi/<slug:code>/", usage.why, name="why"),
    path("usages/rapport.pdf", files.report, name="report"),
    path("usages/chiffres.xlsx", files.usage_xlsx, name="usage_xlsx"),
    path("usages/<slug:grain>.csv", files.usage_csv, name="usage_csv"),
    path("usages/pharmacies/", board.board, name="board"),
    path("usages/pharmacies/pharmacies.csv", board.board_csv, name="board_csv"),
    path("usages/pharmacies/pharmacies.xlsx", board.board_xlsx, name="board_xlsx"),
    path("usages/questions/", questions.questions, name="questions"),
    path("usages/questions/<uuid:pk>/", questions.question, name="question"),
    path("usages/questions/<uuid:pk>/repondre/", questions.Explain.as_view(), name="explain"),
    path("usages/annees/", years.years, name="years"),
    path("usages/annees/proposer/", years.propose, name="propose"),
    path("usages/annees/<uuid:pk>/", years.decision, name="decision"),
    path("usages/annees/<uuid:pk>/approuver/", years.Decide.as_view(), name="decide"),
    path("usages/annees/<uuid:pk>/retirer/", years.Withdraw.as_view(), name="withdraw"),
]
