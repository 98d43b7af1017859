"""The addresses of self-homologation."""

from django.urls import path

from homologation.views import acts, boards, cases, sections, supervision

app_name = "homologation"

urlpatterns = [
    path("insi/", boards.Index.as_view(), name="index"),
    path("insi/<uuid:pk>/", boards.board, name="dossier"),
    path("insi/<uuid:pk>/partie/<int:section>/", sections.Fill.as_view(), name="section"),
    path("insi/<uuid:pk>/export.json", boards.export, name="export"),
    *(path(f"insi/<uuid:pk>/{slug}/", view.as_view(), name=name) for name, (slug, view) in acts.ACTS.items()),
    path("insi/supervision/", supervision.months, name="supervision"),
    path("insi/supervision/totaux/", supervision.Deposit.as_view(), name="totals"),
    path("insi/supervision/<uuid:pk>/", supervision.report, name="supervision_report"),
    path("insi/supervision/<uuid:pk>/rapport.pdf", supervision.report_pdf, name="supervision_pdf"),
    path("insi/alertes/<uuid:pk>/", cases.board, name="case"),
    *(
        path(f"insi/alertes/<uuid:pk>/{slug}/", view.as_view(), name=f"case_{name}")
        for name, (slug, view) in cases.CASE_ACTS.items()
    ),
]
