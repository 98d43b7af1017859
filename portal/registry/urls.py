"""The addresses of the registry."""

from django.urls import path

from portal.registry.views import desk, ending, enrolments, suppliers

app_name = "registry"

urlpatterns = [
    path("logiciels/", desk.software, name="software"),
    path("logiciels/<uuid:pk>/", desk.referencing, name="referencing"),
    path("fournisseurs/", suppliers.supplier_list, name="suppliers"),
    path("fournisseurs/nouveau/", suppliers.new_supplier, name="new_supplier"),
    path("fournisseurs/<uuid:pk>/", suppliers.supplier, name="supplier"),
    path("pharmacies/", desk.pharmacies, name="pharmacies"),
    path("rattachement/", enrolments.ask, name="enrol"),
    path("rattachements/", enrolments.requests, name="enrolments"),
    path("rattachements/<uuid:pk>/", enrolments.decide, name="enrolment"),
    path("fonctions/<int:pk>/fin/", ending.end_role, name="end_role"),
    path("pharmacies/<uuid:pk>/", desk.people, name="people"),
]
