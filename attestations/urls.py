"""The addresses of VAs."""

from django.urls import path

from attestations.views import acts

app_name = "attestations"

urlpatterns = [
    path("commandes/<uuid:pk>/va/preparer/", acts.Prepare.as_view(), name="prepare"),
    *(path(f"va/<uuid:pk>/{slug}/", view.as_view(), name=name) for name, (slug, view) in acts.ACTS.items()),
    path("va/<uuid:pk>/reserve/<int:reserve>/lever/", acts.Lift.as_view(), name="lift"),
]
