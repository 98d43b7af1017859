"""The addresses of référencement: dossiers and lists behind the log-in, the registry open to all."""

from django.urls import path

from portal.referencing.views import dossiers, instruction, lists, public, supplier

app_name = "referencing"

urlpatterns = [
    path("logiciels-references/", public.registry, name="public"),
    path("logiciels-references/liste.csv", public.registry_csv, name="public_csv"),
    path("logiciels-references/liste.json", public.registry_json, name="public_json"),
    path("logiciels-references/changements.atom", public.feed, name="public_feed"),
    path("logiciels-references/<uuid:pk>/", public.version, name="public_version"),
    path("referencement/", dossiers.board, name="dossiers"),
    path("referencement/ouvrir/<uuid:pk>/", dossiers.open_dossier, name="open"),
    path("referencement/listes/", lists.ans_lists, name="ans_lists"),
    path("referencement/listes/<uuid:pk>/", lists.staged_list, name="ans_list"),
    path("referencement/quarantaine/", lists.quarantined, name="quarantine"),
    path("referencement/quarantaine/<uuid:pk>/", lists.quarantined_row, name="quarantined_row"),
    path("referencement/alertes/<int:pk>/", lists.alarm, name="alarm"),
    path("referencement/<uuid:pk>/", dossiers.dossier, name="dossier"),
    path("referencement/<uuid:pk>/chapitres/<str:chapter>/", supplier.Deposit.as_view(), name="deposit"),
    path("referencement/<uuid:pk>/preuves/<int:proof>/", dossiers.proof, name="proof"),
    path("referencement/<uuid:pk>/preuves/<int:proof>/retirer/", supplier.Retract.as_view(), name="retract"),
    path(
        "referencement/<uuid:pk>/obsolete/<int:obsolete>/reprendre/",
        supplier.RestoreVersion.as_view(),
        name="restore_version",
    ),
    *(
        path(f"referencement/<uuid:pk>/{slug}/", view.as_view(), name=name)
        for name, (slug, view) in {**supplier.ACTS, **instruction.ACTS}.items()
    ),
]
