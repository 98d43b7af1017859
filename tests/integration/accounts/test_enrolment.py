"""From a first log-in by Pro Santé Connect to a right in a pharmacy: asked by the person, given by an administrator."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from portal.accounts.actors import Actor
from portal.accounts.domain.professionals import Activity, Professional, read_professional
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, ProfessionalIdentity, User
from portal.accounts.selectors import person
from portal.accounts.services.identities import admit, record_identity
from portal.audit.models import AuditEvent
from portal.common.refusals import Refused
from portal.demo.identity.people import PEOPLE
from portal.demo.identity.provider import IdentityProvider
from portal.outbox.services.notices import Letter, notify
from portal.registry.models import AttachmentRequest, Pharmacy
from portal.registry.services.enrolments import Wish, ask_attachment, grant_attachment, refuse_attachment
from portal.registry.services.people import Person, engage
from tests.conftest import TODAY
from tests.factories import people
from tests.integration.accounts.providers import Browser
from tests.integration.refusals import refused_by_postgres
from tests.integration.web.world import as_

ENROL = "/registre/rattachement/"
NEW = PEOPLE["nouvelle"]


@pytest.fixture
def canal(db: None) -> Pharmacy:
    """The pharmacy that Pro Santé Connect knows the new one in."""
    return people.pharmacy(finess="310001136", name="Pharmacie du Canal")


@pytest.fixture
def newcomer(canal: Pharmacy) -> User:
    """Who has just come by Pro Santé Connect for the first time."""
    record_identity(
        user=(user := people.person("Camille", "Rivoal", email="")), national_id=NEW.national_id, recorded_by=None
    )
    return user


def ask(user: User, pharmacy: Pharmacy, **fields: Any) -> AttachmentRequest:
    """A request for the role of adjoint."""
    return ask_attachment(user_id=user.pk, wish=Wish(finess=pharmacy.finess, role=Role.ADJOINT, **fields))


def desk(actor: Actor) -> Any:
    """An administrator's browser."""
    return as_(person(actor).email)


def test_from_the_first_log_in_to_the_pharmacy(provider: IdentityProvider, browser: Browser, canal: Pharmacy) -> None:
    browser.log_in("nouvelle")
    page = browser.portal.get(ENROL).content.decode()
    assert "Pharmacie du Canal" in page and "Tilleuls" not in page  # the other one is not in the registry
    answer = {"place": canal.finess, "role": "adjoint", "contact_email": "camille@rivoal.example"}
    assert browser.portal.post(ENROL, answer).status_code == 302
    assert "en attente de réponse" in browser.portal.get(ENROL).content.decode()
    assert not Membership.objects.exists()

    administrator = desk(people.administrator())
    assert "Camille RIVOAL" in administrator.get("/registre/rattachements/").content.decode()
    request = AttachmentRequest.objects.get()
    decision = administrator.get(f"/registre/rattachements/{request.pk}/").content.decode()
    assert "section de l’Ordre D : <strong>Pharmacien adjoint</strong>" in decision
    assert NEW.national_id in decision
    assert administrator.post(f"/registre/rattachements/{request.pk}/", {"grant": "1"}).status_code == 302

    assert browser.portal.get("/").status_code == 200
    user = ProfessionalIdentity.objects.get(national_id=NEW.national_id).user
    assert user.email == "camille@rivoal.example"
    assert Membership.objects.get(user=user).role == "adjoint"


def test_an_identifier_that_an_administrator_recorded_opens_the_door_at_once(
    provider: IdentityProvider, browser: Browser, canal: Pharmacy
) -> None:
    administrator = desk(people.administrator())
    form = {
        "email": "camille@rivoal.example", "first_name": "Camille", "last_name": "Rivoal",
        "national_id": NEW.national_id, "role": "titulaire",
    }  # fmt: skip
    assert administrator.post(f"/registre/pharmacies/{canal.pk}/", form).status_code == 302
    assert NEW.national_id in administrator.get(f"/registre/pharmacies/{canal.pk}/").content.decode()
    assert browser.log_in("nouvelle")["Location"] == "/"
    assert browser.portal.get("/").status_code == 200
    assert browser.portal.get(ENROL).status_code == 200


def test_who_has_an_account_already_keeps_it(newcomer: User, canal: Pharmacy) -> None:
    """Given by address before: the identifier goes over to it, the account of the first log-in is closed."""
    old = people.attach(canal, Role.ADJOINT)
    actor = people.administrator()
    request = ask(newcomer, canal)
    page = desk(actor).get(f"/registre/rattachements/{request.pk}/").content.decode()
    assert f'value="{old.user_id}"' in page
    grant_attachment(request_id=request.pk, actor=actor, account_id=old.user_id)
    assert ProfessionalIdentity.objects.get(national_id=NEW.national_id).user_id == old.user_id
    newcomer.refresh_from_db()
    assert not newcomer.is_active
    assert Membership.objects.count() == 2  # the old one's, and the administrator's


def test_an_account_of_elsewhere_is_not_given_away(newcomer: User, canal: Pharmacy) -> None:
    stranger = people.attach(people.pharmacy(), Role.TITULAIRE)
    with pytest.raises(Refused) as refused:
        grant_attachment(request_id=ask(newcomer, canal).pk, actor=people.administrator(), account_id=stranger.user_id)
    assert refused.value.codes == ("unknown_account",)
    assert not AttachmentRequest.objects.exclude(decision="").exists()


def test_a_refusal_gives_its_reason(newcomer: User, canal: Pharmacy) -> None:
    actor, request = people.administrator(), ask(newcomer, canal)
    path = f"/registre/rattachements/{request.pk}/"
    assert desk(actor).post(path, {"refuse": "1"}).status_code == 200
    assert desk(actor).post(path, {"refuse": "1", "reason": "Contrat terminé en juin"}).status_code == 302
    client = as_("")
    client.force_login(newcomer)
    assert "Contrat terminé en juin" in client.get(ENROL).content.decode()
    assert not Membership.objects.filter(user=newcomer).exists()
    assert ask(newcomer, canal).decision == ""  # and may be asked again


def test_a_decision_is_journalled_without_a_name(newcomer: User, canal: Pharmacy) -> None:
    actor, request = people.administrator(), ask(newcomer, canal)
    grant_attachment(request_id=request.pk, actor=actor)
    event = AuditEvent.objects.get(object_id=str(request.pk))
    assert (event.verb, event.actor_id, event.data["role"]) == ("grant", actor.user_id, "adjoint")
    assert "Rivoal" not in str(event.data) and NEW.national_id not in str(event.data)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("999999999", Role.ADJOINT), "unknown_pharmacy"),
        (Wish("310009999", Role.ADJOINT), "pharmacy_closed"),
        (Wish("310001136", Role.ADJOINT), "already_asked"),
        (Wish("310001136", Role.TITULAIRE), "already_attached"),
    ],
)
def test_what_cannot_be_asked(wish: Wish, code: str, newcomer: User, canal: Pharmacy) -> None:
    people.pharmacy(finess="310009999", closed_on=TODAY.date())
    ask(newcomer, canal)
    engage(person=Person("x@y.example", "Camille", "Rivoal"), pharmacy_id=canal.pk, role=Role.TITULAIRE, since=TODAY)
    Membership.objects.filter(role="titulaire").update(user=newcomer)
    with pytest.raises(Refused) as refused:
        ask_attachment(user_id=newcomer.pk, wish=wish)
    assert refused.value.codes == (code,)


def test_without_an_identity_there_is_nothing_to_ask(canal: Pharmacy) -> None:
    with pytest.raises(Refused) as refused:
        ask(people.person(), canal)
    assert refused.value.codes == ("no_identity",)


def test_only_the_administration_decides(newcomer: User, canal: Pharmacy) -> None:
    request = ask(newcomer, canal)
    for actor in (people.attach(canal, Role.TITULAIRE), people.member(people.supplier().organisation, Role.SUPPLIER)):
        with pytest.raises(Refused) as refused:
            refuse_attachment(request_id=request.pk, actor=actor, reason="non")
        assert refused.value.codes == ("not_allowed",)


def test_an_answer_is_given_once(newcomer: User, canal: Pharmacy) -> None:
    actor, request = people.administrator(), ask(newcomer, canal)
    refuse_attachment(request_id=request.pk, actor=actor, reason="non")
    with pytest.raises(Refused) as refused:
        grant_attachment(request_id=request.pk, actor=actor)
    assert refused.value.codes == ("already_decided",)
    with refused_by_postgres("decided_is_final"):
        AttachmentRequest.objects.update(decision="granted")
    with refused_by_postgres("asked_is_final"):
        AttachmentRequest.objects.update(role="titulaire")
    with refused_by_postgres("(?i)cannot delete"):
        AttachmentRequest.objects.all()._raw_delete("default")


def test_an_address_of_another_is_not_taken(newcomer: User, canal: Pharmacy) -> None:
    people.person(email="pris@ailleurs.example")
    request = ask(newcomer, canal, contact_email="Pris@Ailleurs.example", declared=Activity(finess=canal.finess))
    grant_attachment(request_id=request.pk, actor=people.administrator())
    newcomer.refresh_from_db()
    assert newcomer.email == ""


def test_a_person_without_address_reads_in_the_portal(newcomer: User, canal: Pharmacy) -> None:
    grant_attachment(request_id=ask(newcomer, canal).pk, actor=people.administrator())
    canal.refresh_from_db()
    assert canal.organisation_id is not None
    mail.outbox.clear()
    notice = notify(newcomer, canal.organisation_id, Letter("Sujet", "Texte", "/", "une-fois"))
    assert notice is not None and notice.mailed_at is None
    assert mail.outbox == []


def test_one_identifier_one_account(newcomer: User, canal: Pharmacy) -> None:
    engage(person=Person("a@b.example", "Camille", "Rivoal"), pharmacy_id=canal.pk, role=Role.ADJOINT, since=TODAY)
    Membership.objects.update(user=newcomer)
    other = people.person()
    for user, number, code in (
        (other, NEW.national_id, "national_id_taken"),
        (newcomer, "899700088888", "other_national_id"),
        (other, "12", "bad_national_id"),
        (other, "8997\x0000012", "bad_national_id"),
    ):
        with pytest.raises(Refused) as refused:
            record_identity(user=user, national_id=number, recorded_by=None)
        assert refused.value.codes == (code,)
    with refused_by_postgres("professional_one_account"):
        ProfessionalIdentity.objects.create(user=other, national_id=NEW.national_id, recorded_at=TODAY)
    with refused_by_postgres("professional_national_id_form"):
        ProfessionalIdentity.objects.create(user=other, national_id="x y", recorded_at=TODAY)


def test_an_identifier_is_added_to_who_is_attached(canal: Pharmacy) -> None:
    person = Person("a@b.example", "Camille", "Rivoal")
    first = engage(person=person, pharmacy_id=canal.pk, role=Role.ADJOINT, since=TODAY)
    known = Person(person.email, person.first_name, person.last_name, NEW.national_id)
    assert engage(person=known, pharmacy_id=canal.pk, role=Role.ADJOINT, since=TODAY) == first
    with pytest.raises(Refused) as refused:
        engage(person=known, pharmacy_id=canal.pk, role=Role.ADJOINT, since=TODAY)
    assert refused.value.codes == ("already_attached",)


def test_two_people_without_address(db: None) -> None:
    for number in ("899700077777", "899700066666"):
        user = admit(_professional(number))
        assert user.email == ""
    people.person(email="seule@adresse.example")
    with refused_by_postgres("user_email"):
        people.person(email="seule@adresse.example")


def _professional(number: str) -> Professional:
    return read_professional(NEW.userinfo() | {"SubjectNameID": number})
