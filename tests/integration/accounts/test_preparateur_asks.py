"""A préparateur known by Pro Santé Connect asks for his own attachment; a titulaire of the pharmacy answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from portal.accounts.actors import Actor
from portal.accounts.domain.professionals import PREPARATEUR, Activity
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.accounts.selectors import person
from portal.accounts.services.identities import record_identity
from portal.common.refusals import Refused
from portal.demo.identity.people import PEOPLE
from portal.demo.identity.provider import IdentityProvider
from portal.outbox.services.deliver import deliver_pending
from portal.registry.models import AttachmentRequest, Pharmacy
from portal.registry.services.enrolments import Wish, ask_attachment, grant_attachment, refuse_attachment
from tests.factories import people
from tests.integration.accounts.providers import Browser
from tests.integration.web.world import as_

ENROL = "/registre/rattachement/"
NEW = PEOPLE["nouveau-preparateur"]


@pytest.fixture
def canal(db: None) -> Pharmacy:
    return people.pharmacy(finess="310001136", name="Pharmacie du Canal")


@pytest.fixture
def titulaire(canal: Pharmacy) -> Actor:
    return people.attach(canal, Role.TITULAIRE)


@pytest.fixture
def newcomer(canal: Pharmacy) -> User:
    user = people.person("Hugo", "Tessier", email="")
    record_identity(user=user, national_id=NEW.national_id, recorded_by=None)
    return user


def ask(user: User, pharmacy: Pharmacy, role: Role = Role.PREPARATEUR, **fields: Any) -> AttachmentRequest:
    return ask_attachment(user_id=user.pk, wish=Wish(finess=pharmacy.finess, role=role, **fields))


def desk(actor: Actor) -> Any:
    return as_(person(actor).email)


def test_from_the_first_log_in_to_his_duties(
    provider: IdentityProvider, browser: Browser, canal: Pharmacy, titulaire: Actor
) -> None:
    browser.log_in("nouveau-preparateur")
    page = browser.portal.get(ENROL).content.decode()
    assert "Pharmacie du Canal" in page and 'value="preparateur"' in page and 'value="titulaire"' not in page
    assert browser.portal.post(ENROL, {"place": canal.finess, "role": "titulaire"}).status_code == 200
    assert not AttachmentRequest.objects.exists(), "no préparateur asks to be a titulaire"
    assert browser.portal.post(ENROL, {"place": canal.finess, "role": "preparateur"}).status_code == 302
    assert "en attente de réponse" in browser.portal.get(ENROL).content.decode()
    for name in ("homologation:duties", "homologation:index", "homologation:mandates", "registry:enrolments"):
        assert browser.portal.get(reverse(name)).status_code in (403, 404), f"{name} before any answer"
    deliver_pending()
    assert [sent.subject for sent in mail.outbox if person(titulaire).email in sent.to] == [
        "Un préparateur demande son rattachement"
    ]
    request = AttachmentRequest.objects.get()
    answers = desk(titulaire)
    assert "Hugo TESSIER" in answers.get(reverse("registry:enrolments")).content.decode()
    shown = answers.get(reverse("registry:enrolment", args=[request.pk])).content.decode()
    assert "profession 39 : <strong>Préparateur</strong>" in shown and 'name="account"' not in shown
    assert answers.post(reverse("registry:enrolment", args=[request.pk]), {"grant": "1"}).status_code == 302
    assert "Consignes INSi" in browser.portal.get("/", follow=True).content.decode()
    assert browser.portal.get(reverse("homologation:index")).status_code == 404
    assert browser.portal.get(ENROL).status_code == 200, "he may ask for another pharmacy"


def test_a_refusal_gives_its_reason(newcomer: User, canal: Pharmacy, titulaire: Actor) -> None:
    path = reverse("registry:enrolment", args=[ask(newcomer, canal).pk])
    assert desk(titulaire).post(path, {"refuse": "1"}).status_code == 200
    assert desk(titulaire).post(path, {"refuse": "1", "reason": "Ne travaille pas ici"}).status_code == 302
    client = as_("")
    client.force_login(newcomer)
    assert "Ne travaille pas ici" in client.get(ENROL).content.decode()
    assert not Membership.objects.filter(user=newcomer).exists()
    assert ask(newcomer, canal).decision == "", "and may be asked again"


def test_a_titulaire_answers_for_his_own_preparateurs_alone(newcomer: User, canal: Pharmacy, titulaire: Actor) -> None:
    mine, pharmacist = ask(newcomer, canal), people.person()
    record_identity(user=pharmacist, national_id="899700099999", recorded_by=None)
    colleague = ask(pharmacist, canal, Role.ADJOINT)
    strangers = (people.attach(canal, Role.ADJOINT), people.attach(people.pharmacy(), Role.TITULAIRE))
    for actor, request in ((titulaire, colleague), *((stranger, mine) for stranger in strangers)):
        for act in (
            lambda who=actor, one=request: grant_attachment(request_id=one.pk, actor=who),
            lambda who=actor, one=request: refuse_attachment(request_id=one.pk, actor=who, reason="Non"),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.codes == ("not_allowed",)
        assert desk(actor).get(reverse("registry:enrolment", args=[request.pk])).status_code == 404
    grant_attachment(request_id=mine.pk, actor=people.administrator())
    assert Membership.objects.get(user=newcomer).role == "preparateur"


def test_a_titulaire_links_no_account(newcomer: User, canal: Pharmacy, titulaire: Actor) -> None:
    with pytest.raises(Refused) as refused:
        grant_attachment(request_id=ask(newcomer, canal).pk, actor=titulaire, account_id=titulaire.user_id)
    assert refused.value.codes == ("not_allowed",)
    assert not AttachmentRequest.objects.exclude(decision="").exists()


def test_what_pro_sante_connect_declares_is_held_to(newcomer: User, canal: Pharmacy) -> None:
    declared = Activity(finess=canal.finess, profession=PREPARATEUR)
    with pytest.raises(Refused) as refused:
        ask(newcomer, canal, Role.ADJOINT, declared=declared)
    assert refused.value.codes == ("not_a_pharmacist",)
    assert ask(newcomer, canal, declared=declared).declared["profession"] == "39"
