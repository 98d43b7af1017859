"""The addresses of self-homologation."""

from django.urls import path

from homologation.views import acts, boards, sections

app_name = "homologation"

urlpatterns = [
    path("insi/", boards.Index.as_view(), name="index"),
    path("insi/<uuid:pk>/", boards.board, name="dossier"),
    path("insi/<uuid:pk>/partie/<int:section>/", sections.Fill.as_view(), name="section"),
    path("insi/<uuid:pk>/export.json", boards.export, name="export"),
    *(path(f"insi/<uuid:pk>/{slug}/", view.as_view(), name=name) for name, (slug, view) in acts.ACTS.items()),
]
