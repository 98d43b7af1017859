"""The addresses of the registry."""

from django.urls import path

from portal.registry.views import desk

app_name = "registry"

urlpatterns = [
    path("logiciels/", desk.software, name="software"),
    path("logiciels/<uuid:pk>/", desk.referencing, name="referencing"),
    path("pharmacies/", desk.pharmacies, name="pharmacies"),
    path("pharmacies/<uuid:pk>/", desk.people, name="people"),
]
