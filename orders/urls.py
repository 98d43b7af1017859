"""The addresses of orders and installations."""

from django.urls import path

from orders.views import (
    acts,
    draft,
    installation,
    issue_all,
    objections,
    other_ways,
    plans,
    several,
    succession,
)

app_name = "orders"

urlpatterns = [
    path("nouvelle/", draft.ChoosePharmacy.as_view(), name="choose_pharmacy"),
    path("nouvelle/<uuid:pharmacy>/", draft.NewDraft.as_view(), name="new"),
    path("emettre/", issue_all.issue_all, name="issue_all"),
    path("a-signer/", several.SignSeveral.as_view(), name="sign_several"),
    path("a-signer/resultat/", several.signed_several, name="signed_several"),
    path("a-signer/<uuid:pk>.pdf", several.waiting_document, name="waiting_document"),
    path("plans/", plans.plans, name="plans"),
    path("plans/question/", plans.Ask.as_view(), name="plan_ask"),
    path("plans/proposer/<uuid:pharmacy>/", plans.Open.as_view(), name="plan_open"),
    path("plans/<uuid:pk>/", plans.PlanPage.as_view(), name="plan"),
    path("plans/<uuid:pk>/rediger/", plans.DraftFromPlan.as_view(), name="plan_draft"),
    path("contestations/", objections.objections, name="objections"),
    path("pharmacies/<uuid:pk>/evenement/", succession.succession, name="succession"),
    path("<uuid:pk>/contester/", objections.Contest.as_view(), name="object"),
    path("<uuid:pk>/trancher/", objections.Settle.as_view(), name="settle"),
    path("<uuid:pk>/modifier/", draft.EditDraft.as_view(), name="edit"),
    path("<uuid:pk>/signer-certificat/", other_ways.SignElsewhere.as_view(), name="sign_elsewhere"),
    path("<uuid:pk>/signer-a-la-main/", other_ways.SignByHand.as_view(), name="sign_by_hand"),
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
