"""The addresses by which anybody checks a document of the portal, without an account; and the scans of papers."""

from django.urls import path

from portal.documents import scan_views, views

app_name = "documents"

urlpatterns = [
    path("verifier/", views.verify, name="verify"),
    path("verifier/fichier/", views.verify_upload, name="verify_upload"),
    path("verifier/certificats.zip", views.published, name="published"),
    path("verifier/empreinte/<str:sha256>", views.fingerprint, name="fingerprint"),
    path("verifier/<str:code>", views.by_code, name="by_code"),
    path("numerisations/", scan_views.scans, name="scans"),
    path("numerisations/<uuid:pk>/", scan_views.scan_stack, name="scan_stack"),
    path("numerisations/<uuid:pk>/<int:number>.png", scan_views.scan_image, name="scan_image"),
    path("numerisations/document/<uuid:pk>/<int:number>.png", scan_views.paper_scan, name="paper_scan"),
]
