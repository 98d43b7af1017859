"""The addresses by which anybody checks a document of the portal, without an account."""

from django.urls import path

from portal.documents import views

app_name = "documents"

urlpatterns = [
    path("verifier/", views.verify, name="verify"),
    path("verifier/fichier/", views.verify_upload, name="verify_upload"),
    path("verifier/certificats.zip", views.published, name="published"),
    path("verifier/empreinte/<str:sha256>", views.fingerprint, name="fingerprint"),
    path("verifier/<str:code>", views.by_code, name="by_code"),
]
