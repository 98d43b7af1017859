"""The addresses of the homes and dossiers."""

from django.urls import path

from portal.home.views import boards, desk, dossier, evidence, stakes

app_name = "home"

urlpatterns = [
    path("commandes/", boards.board, name="board"),
    path("commandes/en-jeu/", stakes.at_stake, name="at_stake"),
    path("commandes/<uuid:pk>/", dossier.dossier, name="dossier"),
    path("commandes/<uuid:pk>/documents/", dossier.pending_documents, name="documents"),
    path("commandes/<uuid:pk>/documents/<uuid:document>/", dossier.document, name="document"),
    path("commandes/<uuid:pk>/signatures/<uuid:signature>/", evidence.evidence, name="evidence"),
    path("commandes/<uuid:pk>/signatures/<uuid:signature>/preuve/", evidence.evidence_pdf, name="evidence_pdf"),
    path("messages/", desk.notices, name="notices"),
    path("organisation/", desk.switch, name="switch"),
    path("demonstration/date/", desk.advance, name="advance"),
]
