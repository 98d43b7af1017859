"""A decision in force is read again when its editor says otherwise, or when another application receives the INS."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from homologation.models import EarlyReview
from homologation.services.prefill import publish_pack
from homologation.services.reviews import examine
from portal.common import clock
from portal.outbox.models import Notice
from portal.outbox.services.deliver import deliver_pending
from portal.outbox.services.jobs import run_waiting
from tests.conftest import TODAY
from tests.factories.dossier import Dossier
from tests.factories.insi import questionnaire
from tests.integration.homologation.test_reviews import in_service, rules
from tests.unit.homologation.forms import values

pytestmark = pytest.mark.django_db


def published(order: Dossier, at: datetime, **values: Any) -> None:
    given = {name.replace("__", "."): value for name, value in values.items()}
    with clock.frozen(business=at):
        publish_pack(version_id=order.version.pk, questionnaire=questionnaire(), actor=order.supplier, values=given)
        deliver_pending()
        run_waiting()


def test_what_the_editor_proposes_anew_opens_a_review_of_the_decision_in_force() -> None:
    one, order = in_service()
    published(order, TODAY + timedelta(hours=1), s2__3__mode="mensuel")  # as decided
    assert rules(one) == []
    published(order, TODAY + timedelta(hours=2), s2__3__mode="demande")
    review = EarlyReview.objects.get(dossier=one.pk)
    assert review.rule == "REV-08" and "pack n° 2 du 15/11/2022, 1 réponse que" in review.fact
    deliver_pending()
    assert Notice.objects.filter(user=one.titulaire.user_id, body__contains="L’éditeur propose").count() == 1
    published(order, TODAY + timedelta(hours=3), s2__3__mode="demande")
    assert EarlyReview.objects.filter(dossier=one.pk, rule="REV-08").count() == 1  # nothing new is said


def test_a_new_application_that_receives_the_ins_opens_a_review() -> None:
    one, order = in_service()
    rows = values()["s1.logiciels"]
    more = {**rows[0], "row": "b", "nom": "Agenda des vaccins", "nature": "autre"}
    with clock.frozen(business=TODAY + timedelta(hours=1)):
        one.again().fill(s1__logiciels=[*rows, more])
        assert examine(one.pk) == 1 and examine(one.pk) == 0
    review = EarlyReview.objects.get(dossier=one.pk)
    assert review.rule == "REV-09" and review.fact.startswith("« Agenda des vaccins » reçoit l’INS")
    other, order = in_service()
    published(order, TODAY + timedelta(hours=1), s1__logiciels=[*rows, more])
    assert rules(other) == ["REV-08", "REV-09"]
