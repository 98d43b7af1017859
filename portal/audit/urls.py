"""The addresses of the published roots of the journal; no log-in."""

from django.urls import path

from portal.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.roots, name="roots"),
    path("<slug:day>.json.gz", views.root_file, name="root_file"),
    path("<slug:day>.<slug:ending>", views.root_part, name="root_part"),
]
