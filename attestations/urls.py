"""The addresses of VAs."""

from django.urls import path

from attestations.views import acts, other_ways

app_name = "attestations"

urlpatterns = [
    path("commandes/<uuid:pk>/va/preparer/", acts.Prepare.as_view(), name="prepare"),
    *(path(f"va/<uuid:pk>/{slug}/", view.as_view(), name=name) for name, (slug, view) in acts.ACTS.items()),
    path("va/<uuid:pk>/signer-certificat/", other_ways.SignElsewhere.as_view(), name="sign_elsewhere"),
    path("va/<uuid:pk>/signer-a-la-main/", other_ways.SignByHand.as_view(), name="sign_by_hand"),
    path("va/<uuid:pk>/reserve/<int:reserve>/lever/", acts.Lift.as_view(), name="lift"),
]
