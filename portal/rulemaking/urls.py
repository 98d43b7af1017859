"""The addresses of the rules: public calendar, drafts of the administration."""

from django.urls import path

from portal.rulemaking.views import acts, amendments, effects, outages, public

app_name = "rulemaking"

urlpatterns = [
    path("", public.calendar, name="calendar"),
    path("incidents/", public.incidents, name="incidents"),
    path("projets/", amendments.amendment_list, name="amendments"),
    path("projets/incident/", outages.report, name="report_outage"),
    path("projets/<uuid:pk>/", amendments.amendment, name="amendment"),
    path("projets/<uuid:pk>/modifier/", amendments.edit, name="edit"),
    path("projets/<uuid:pk>/effets/", effects.effects, name="effects"),
    path("projets/<uuid:pk>/effets.csv", effects.as_csv, name="effects_csv"),
    path("projets/<uuid:pk>/effets.json", effects.as_json, name="effects_json"),
    path("projets/<uuid:pk>/soumettre/", acts.Submit.as_view(), name="submit"),
    path("projets/<uuid:pk>/approuver/", acts.Approve.as_view(), name="publish"),
    path("projets/<uuid:pk>/renvoyer/", acts.SendBack.as_view(), name="send_back"),
    path("projets/<uuid:pk>/abandonner/", acts.Discard.as_view(), name="discard"),
    path("projets/<uuid:pk>/application/", amendments.progress, name="progress"),
]
