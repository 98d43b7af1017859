"""A mandate on some parts of the questionnaire covers the pieces of their answers, and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from homologation.domain.mandates import NewMandate
from homologation.models import InsiEvidence
from homologation.services.evidence import join_to_breach, replace_evidence, withdraw_evidence
from homologation.services.mandates import give_mandate
from portal.accounts.actors import Actor
from portal.accounts.models import Membership, User
from portal.common.refusals import Refused
from tests.factories import breaches
from tests.factories.evidence_pieces import QUESTION, given, joined
from tests.factories.insi import Case, case

pytestmark = pytest.mark.django_db
OTHER = "s4.rapport"


def limited() -> Case:
    """An adjoint with a mandate on part 2 alone."""
    one = case()
    membership = Membership.objects.get(user=one.adjoint.user_id)
    days = NewMandate((2,), date(2022, 11, 15), date(2022, 11, 30))
    give_mandate(actor=one.titulaire, membership_id=membership.pk, given=days)
    return one


def logged(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def test_pieces_are_joined_replaced_and_withdrawn_in_the_parts_of_a_mandate() -> None:
    one = limited()
    mine, other = joined(one), joined(one, key=OTHER, by=one.titulaire)
    replace_evidence(evidence_id=mine.pk, actor=one.adjoint, given=given(text="nouveau"))
    acts: list[Callable[[], InsiEvidence]] = [
        lambda: joined(one, given(text="autre"), key=OTHER),
        lambda: replace_evidence(evidence_id=other.pk, actor=one.adjoint, given=given(text="nouveau")),
        lambda: withdraw_evidence(evidence_id=other.pk, actor=one.adjoint, reason="Erreur"),
    ]
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ("no_mandate",) and "partie 4" in refused.value.refusals[0].message
    assert InsiEvidence.objects.get(pk=other.pk).revisions.count() == 1
    withdraw_evidence(evidence_id=mine.pk, actor=one.adjoint, reason="Erreur")


def test_the_register_of_breaches_is_no_part() -> None:
    one = limited()
    breach = breaches.again(one.place, one.titulaire, one.adjoint)
    assert join_to_breach(breach_id=breach.breach.pk, actor=one.adjoint, given=given()).ref == "PJ1"


def test_the_page_offers_what_would_be_taken() -> None:
    one = limited()
    mine, other = joined(one), joined(one, key=OTHER, by=one.titulaire)
    client = logged(one.adjoint)
    page = client.get(reverse("homologation:evidence", args=[one.pk])).content.decode()
    for piece, offered in ((mine, True), (other, False)):
        assert (reverse("homologation:evidence_replace", args=[piece.pk]) in page) is offered
        assert (reverse("homologation:evidence_withdraw", args=[piece.pk]) in page) is offered
    join = reverse("homologation:evidence_join", args=[one.pk])
    assert join in page
    of_other = client.get(reverse("homologation:evidence", args=[one.pk]), {"question": OTHER}).content.decode()
    assert join not in of_other and "demandez un mandat" in of_other
    choices = client.get(join).content.decode()
    assert f'value="{QUESTION}"' in choices and f'value="{OTHER}"' not in choices
