"""The addresses of Pro Santé Connect; the second and the third are registered at the provider."""

from __future__ import annotations

from django.urls import path

from portal.accounts.psc import views

urlpatterns = [
    path("connexion/", views.login, name="psc_login"),
    path("retour/", views.callback, name="psc_callback"),
    path("deconnexion-du-fournisseur/", views.backchannel_logout, name="psc_backchannel_logout"),
]
