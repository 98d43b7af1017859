"""The addresses of self-homologation."""

from django.urls import path

from homologation.views import (
    acts,
    api,
    boards,
    breach_acts,
    breach_exports,
    breaches,
    cases,
    clients,
    duties,
    evidence,
    exports,
    help,
    inspection,
    life,
    mandates,
    packs,
    quorum,
    sections,
    steps,
    supervision,
)

app_name = "homologation"

urlpatterns = [
    path("insi/", boards.Index.as_view(), name="index"),
    path("insi/<uuid:pk>/", boards.board, name="dossier"),
    path("insi/<uuid:pk>/partie/<int:section>/", sections.Fill.as_view(), name="section"),
    path("insi/<uuid:pk>/evolutions/", life.changes, name="changes"),
    path("insi/revues/<uuid:pk>/rien-ne-change/", life.Keep.as_view(), name="review_keep"),
    path("insi/<uuid:pk>/export.json", boards.export, name="export"),
    *(path(f"insi/<uuid:pk>/{slug}/", view.as_view(), name=name) for name, (slug, view) in acts.ACTS.items()),
    path("insi/<uuid:pk>/dossier.pdf", exports.pdf, name="dossier_pdf"),
    path("insi/<uuid:pk>/dossier.zip", exports.archive, name="archive"),
    path("insi/<uuid:pk>/reponses.csv", exports.answers, name="answers_csv"),
    path("insi/<uuid:pk>/pieces/", evidence.index, name="evidence"),
    path("insi/<uuid:pk>/pieces/joindre/", evidence.JoinToDossier.as_view(), name="evidence_join"),
    path("insi/pieces/<uuid:pk>/<int:number>/", evidence.file, name="evidence_file"),
    *(
        path(f"insi/pieces/<uuid:pk>/{slug}/", view.as_view(), name=f"evidence_{name}")
        for name, (slug, view) in evidence.EVIDENCE_ACTS.items()
    ),
    path("insi/<uuid:pk>/liens/", inspection.Links.as_view(), name="links"),
    path("insi/<uuid:pk>/liens/<int:link>/fermer/", inspection.close, name="link_close"),
    path("inspection/<str:token>/", inspection.inspection, name="inspection"),
    path("inspection/<str:token>/dossier.pdf", inspection.inspection_pdf, name="inspection_pdf"),
    path("inspection/<str:token>/dossier.zip", inspection.inspection_zip, name="inspection_zip"),
    path("inspection/<str:token>/pieces/<slug:ref>/", inspection.inspection_piece, name="inspection_piece"),
    path("insi/violations/", breaches.index, name="breaches"),
    path("insi/violations/nouvelle/", breaches.Declare.as_view(), name="breach_declare"),
    path("insi/violations/registre.pdf", breach_exports.register_as_pdf, name="breaches_pdf"),
    path("insi/violations/registre.csv", breach_exports.register_as_csv, name="breaches_csv"),
    path("insi/violations/<uuid:pk>/", breaches.page, name="breach"),
    path("insi/violations/<uuid:pk>/fiche.pdf", breach_exports.sheet_as_pdf, name="breach_pdf"),
    path("insi/violations/<uuid:pk>/accuses/<int:receipt>/", breach_exports.receipt_file, name="breach_receipt"),
    path("insi/violations/<uuid:pk>/piece/", evidence.JoinToBreach.as_view(), name="breach_evidence"),
    path("insi/violations/<uuid:pk>/fiche.json", breach_exports.sheet_as_json, name="breach_json"),
    *(
        path(f"insi/violations/<uuid:pk>/{slug}/", view.as_view(), name=f"breach_{name}")
        for name, (slug, view) in breach_acts.BREACH_ACTS.items()
    ),
    path("insi/etapes/", steps.index, name="steps"),
    path("insi/etapes/<slug:key>/", steps.One.as_view(), name="step"),
    path("insi/supervision/", supervision.months, name="supervision"),
    path("api/v1/supervision-insi/", api.monthly, name="api_monthly"),
    path("insi/supervision/totaux/", supervision.Deposit.as_view(), name="totals"),
    path("insi/supervision/<uuid:pk>/", supervision.report, name="supervision_report"),
    path("insi/supervision/<uuid:pk>/rapport.pdf", supervision.report_pdf, name="supervision_pdf"),
    path("insi/alertes/<uuid:pk>/", cases.board, name="case"),
    path("insi/alertes/<uuid:pk>/piece/", evidence.JoinToCase.as_view(), name="case_evidence"),
    *(
        path(f"insi/alertes/<uuid:pk>/{slug}/", view.as_view(), name=f"case_{name}")
        for name, (slug, view) in cases.CASE_ACTS.items()
    ),
    path("insi/preremplissage/", packs.index, name="packs"),
    path("insi/preremplissage/<uuid:pk>/", packs.board, name="pack"),
    path("insi/preremplissage/<uuid:pk>/publier/", packs.Publish.as_view(), name="pack_publish"),
    path("insi/preremplissage/<uuid:pk>/importer/", packs.Import.as_view(), name="pack_import"),
    path("insi/preremplissage/<uuid:pk>/preremplissage.json", packs.as_json, name="pack_json"),
    path("insi/pharmacies/", clients.index, name="clients"),
    path("insi/pharmacies/<uuid:pk>/", clients.board, name="client"),
    path("insi/pharmacies/<uuid:pk>/formulaire/", clients.HandOver.as_view(), name="handover"),
    path("insi/<uuid:pk>/aide/", help.Ask.as_view(), name="help_ask"),
    path("insi/aide/", help.index, name="helps"),
    path("insi/aide/<uuid:pk>/", help.board, name="help"),
    *(
        path(f"insi/aide/<uuid:pk>/{slug}/", view.as_view(), name=f"help_{name}")
        for name, (slug, view) in help.HELP_ACTS.items()
    ),
    path("insi/consignes/", duties.Duties.as_view(), name="duties"),
    path("insi/mandats/", mandates.Mandates.as_view(), name="mandates"),
    path("insi/mandats/<int:pk>/retirer/", mandates.Revoke.as_view(), name="mandate_revoke"),
    path("insi/qui-decide/", quorum.Quorum.as_view(), name="quorum"),
]
