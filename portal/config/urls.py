"""Every address of the portal."""

from django.urls import include, path

urlpatterns = [
    path("compte/", include("allauth.urls")),
    path("", include("portal.home.urls")),
]
