"""The addresses of orders and installations."""

from django.urls import path

from orders.views import acts, draft, installation

app_name = "orders"

urlpatterns = [
    path("nouvelle/", draft.ChoosePharmacy.as_view(), name="choose_pharmacy"),
    path("nouvelle/<uuid:pharmacy>/", draft.NewDraft.as_view(), name="new"),
    path("<uuid:pk>/modifier/", draft.EditDraft.as_view(), name="edit"),
    path("<uuid:pk>/apercu.pdf", draft.Preview.as_view(), name="preview"),
    *(path(f"<uuid:pk>/{slug}/", view.as_view(), name=name) for name, (slug, view) in acts.ACTS.items()),
    *(
        path(f"<uuid:pk>/installation/{slug}/", view.as_view(), name=f"installation_{name}")
        for name, (slug, view) in installation.ACTS.items()
    ),
    path(
        "<uuid:pk>/installation/reserve/<int:reserve>/lever/",
        installation.Lift.as_view(),
        name="installation_lift",
    ),
]
