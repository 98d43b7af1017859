"""The addresses of the homes and dossiers."""

from django.urls import path

from portal.home.views import boards, desk, dossier, stakes

app_name = "home"

urlpatterns = [
    path("commandes/", boards.board, name="board"),
    path("commandes/en-jeu/", stakes.at_stake, name="at_stake"),
    path("commandes/<uuid:pk>/", dossier.dossier, name="dossier"),
    path("commandes/<uuid:pk>/documents/", dossier.pending_documents, name="documents"),
    path("commandes/<uuid:pk>/documents/<uuid:document>/", dossier.document, name="document"),
    path("messages/", desk.notices, name="notices"),
    path("organisation/", desk.switch, name="switch"),
    path("demonstration/date/", desk.advance, name="advance"),
]
