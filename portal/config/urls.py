"""Every address of the portal."""

from django.urls import include, path

from portal.home.views.boards import home

urlpatterns = [
    path("", home, name="home"),
    path("compte/", include("portal.accounts.urls")),
    path("commandes/", include("orders.urls")),
    path("", include("attestations.urls")),
    path("journal/", include("portal.audit.urls")),
    path("regles/", include("portal.rulemaking.urls")),
    path("registre/", include("portal.registry.urls")),
    path("", include("portal.reminders.urls")),
    path("", include("portal.referencing.urls")),
    path("", include("portal.documents.urls")),
    path("", include("indicators.urls")),
    path("", include("homologation.urls")),
    path("", include("portal.home.urls")),
]
