"""A dossier given to read by a link: made by the titulaire, opened by whoever holds it, noted, closed, forgotten."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from homologation.domain.inspection import Opened
from homologation.models import InspectionLink, InspectionOpening
from homologation.services import decide
from homologation.services.inspect import close_link, forget_openings, make_link, open_link
from portal.accounts.actors import Actor
from portal.accounts.domain.roles import Role
from portal.accounts.models import Membership, User
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.common.refusals import Refused
from portal.outbox.services.deliver import deliver_pending
from portal.registry.services.ending import Ending, end_membership
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.factories.insi import Case, case_in
from tests.factories.insi_papers import body, unzipped
from tests.integration.refusals import refused_by_postgres

pytestmark = pytest.mark.django_db

GIVEN: dict[str, Any] = {"recipient": "Inspectrice de l’ARS", "reason": "Contrôle annoncé", "days": 7}
NIR = "1 85 05 78 006 084 36"
PARTS = ("inspection", "inspection_pdf", "inspection_zip")


def made(one: Case, actor: Actor | None = None, **changes: Any) -> tuple[InspectionLink, str]:
    return make_link(dossier_id=one.pk, actor=actor or one.titulaire, **(GIVEN | changes))


def url(token: str, part: str = "inspection") -> str:
    return reverse(f"homologation:{part}", args=[token])


@pytest.fixture
def decided() -> Case:
    one = case_in("approved")
    deliver_pending()
    return one


def logged(client: Client, actor: Actor) -> Client:
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def test_a_link_gives_the_dossier_its_pdf_and_its_archive(client: Client, decided: Case) -> None:
    link, token = made(decided)
    page = client.get(url(token), REMOTE_ADDR="192.0.2.7")
    words = page.content.decode()
    assert page.status_code == 200 and decided.place.name in words and "Inspectrice de l’ARS" in words
    assert "Revue avec toute l’équipe." in words and "Saisie par" in words and decided.dossier.state == "approved"
    assert body(client.get(url(token, "inspection_pdf"))).startswith(b"%PDF")
    response = client.get(url(token, "inspection_zip"))
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response.streaming and len(body(response)) > 100
    told = list(InspectionOpening.objects.filter(link=link).order_by("pk").values_list("what", "at", "address"))
    assert told == [("page", MACHINE, "192.0.2.7"), ("pdf", MACHINE, "127.0.0.1"), ("zip", MACHINE, "127.0.0.1")]


@pytest.mark.parametrize("part", PARTS)
def test_nothing_keeps_or_tells_on_the_address(part: str, client: Client, decided: Case) -> None:
    for token in (made(decided)[1], "faux"):
        response = client.get(url(token, part))
        body(response)
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Cache-Control"] == "private, no-store"
        assert client.post(url(token, part)).status_code == 405


def test_the_token_is_told_once_and_kept_as_a_hash(client: Client, decided: Case) -> None:
    page = reverse("homologation:links", args=[decided.pk])
    logged(client, decided.titulaire)
    response = client.post(page, GIVEN, follow=True)
    address = response.context["url"]
    token = address.rstrip("/").rpartition("/")[2]
    link = InspectionLink.objects.get()
    assert len(token) >= 43 and token not in str(vars(link)) and address in response.content.decode()
    assert client.get(page).context["url"] == "" and address not in client.get(page).content.decode()
    assert client.get(url(token)).status_code == 200
    assert client.get(url(link.link_sha256)).status_code == 404
    assert "depuis l’adresse 127.0.0.1" in client.get(page).content.decode()
    assert (link.expires_at - link.created_at).days == 7


@pytest.mark.parametrize("part", PARTS)
def test_over_closed_or_wrong_it_opens_nothing_and_says_what_to_do(part: str, client: Client, decided: Case) -> None:
    over, closed = made(decided, days=1), made(decided)
    assert close_link(link_id=closed[0].pk, actor=decided.titulaire)
    assert not close_link(link_id=closed[0].pk, actor=decided.titulaire)
    with clock.frozen(business=TODAY, machine=over[0].expires_at):
        pages = [client.get(url(token, part)) for token in (over[1], closed[1], "faux", over[1][:-1], "é\x00")]
    for page in pages:
        assert page.status_code == 404 and "demandez un nouveau lien" in page.content.decode()
        assert decided.place.name not in page.content.decode()
    assert not InspectionOpening.objects.exists()
    with clock.frozen(business=TODAY, machine=over[0].expires_at - timedelta(seconds=1)):
        response = client.get(url(over[1], part))
        body(response)
    assert response.status_code == 200


def test_too_many_openings_in_a_minute_are_slowed_down(client: Client, decided: Case) -> None:
    token = made(decided)[1]
    codes = {client.get(url(token), REMOTE_ADDR="192.0.2.99").status_code for _ in range(61)}
    assert codes == {200, 429}
    assert InspectionOpening.objects.count() == 60


def test_a_dossier_that_no_longer_holds_says_so(client: Client, decided: Case) -> None:
    token = made(decided)[1]
    decide.withdraw_dossier(dossier_id=decided.pk, actor=decided.titulaire, reason="Logiciel changé")
    words = client.get(url(token)).content.decode()
    assert "n’a plus cours" in words and "Homologation retirée" in words


def test_only_the_titulaire_of_the_pharmacy_makes_and_closes_links(client: Client, decided: Case) -> None:
    link, _ = made(decided)
    stranger = people.attach(people.pharmacy(), Role.TITULAIRE)
    for actor in (decided.adjoint, stranger, people.administrator(), Actor.system()):
        for act in (lambda a=actor: made(decided, a), lambda a=actor: close_link(link_id=link.pk, actor=a)):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.codes == ("not_allowed",)
    for actor in (decided.adjoint, stranger):
        logged(client, actor)
        assert client.get(reverse("homologation:links", args=[decided.pk])).status_code == 404
        assert client.post(reverse("homologation:link_close", args=[decided.pk, link.pk])).status_code == 404
    assert InspectionLink.objects.count() == 1
    assert InspectionLink.objects.get().revoked_at is None


def test_a_link_is_closed_from_its_own_dossier_alone(client: Client, decided: Case) -> None:
    other = case_in("approved")
    mine, theirs = made(decided)[0], made(other)[0]
    logged(client, decided.titulaire)
    assert client.post(reverse("homologation:link_close", args=[decided.pk, theirs.pk])).status_code == 404
    page = client.post(reverse("homologation:link_close", args=[decided.pk, mine.pk]), follow=True)
    assert "Lien fermé" in page.content.decode()
    page = client.post(reverse("homologation:link_close", args=[decided.pk, mine.pk]), follow=True)
    assert "déjà fermé" in page.content.decode()
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


@pytest.mark.parametrize("state", ["draft", "to_decide", "refused", "abandoned"])
def test_what_was_not_decided_is_not_shown_to_anybody(state: str, client: Client) -> None:
    one = case_in(state)
    with pytest.raises(Refused) as refused:
        made(one)
    assert refused.value.codes == ("not_decided",)
    page = logged(client, one.titulaire).get(reverse("homologation:links", args=[one.pk])).content.decode()
    assert "n’a pas été homologué" in page and "Créer le lien" not in page
    typed = client.post(reverse("homologation:links", args=[one.pk]), GIVEN).content.decode()
    assert "rien à montrer à un inspecteur" in typed


def test_what_cannot_be_kept_is_shown_again_beside_its_field(client: Client, decided: Case) -> None:
    page = reverse("homologation:links", args=[decided.pk])
    typed = {"recipient": f"Mme {NIR}", "reason": "Contrôle", "days": "7"}
    response = logged(client, decided.titulaire).post(page, typed)
    assert "recipient" in response.context["form"].errors and NIR in response.content.decode()
    assert "days" in client.post(page, typed | {"days": "31"}).context["form"].errors
    assert not InspectionLink.objects.exists()


def test_everything_is_in_the_journal_and_no_address(decided: Case) -> None:
    link, token = made(decided)
    open_link(token, Opened.ZIP, "192.0.2.7")
    close_link(link_id=link.pk, actor=decided.titulaire)
    events = AuditEvent.objects.filter(object_type=InspectionLink._meta.db_table).order_by("seq")
    assert list(events.values_list("verb", "actor", "thread")) == [
        ("create", decided.titulaire.user_id, str(decided.pk)),
        ("open", None, str(decided.pk)),
        ("revoke", decided.titulaire.user_id, str(decided.pk)),
    ]
    assert "192.0.2.7" not in str(list(events.values()))
    assert not list(broken_events(InspectionLink._meta.db_table, str(link.pk)))


def test_who_leaves_the_pharmacy_leaves_no_link_open(decided: Case) -> None:
    second = people.attach(decided.place, Role.TITULAIRE)
    mine, theirs = made(decided)[0], made(decided, second)[0]
    member = Membership.objects.get(user=decided.titulaire.user_id, organisation=decided.place.organisation_id)
    end_membership(membership_id=member.pk, actor=people.administrator(), ending=Ending(date(2022, 11, 14), "left"))
    for _ in range(2):
        deliver_pending()
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.revoked_at is not None and theirs.revoked_at is None


def test_addresses_are_forgotten_after_a_year_and_never_before(decided: Case) -> None:
    link, token = made(decided)
    open_link(token, Opened.PAGE, "192.0.2.7")
    now = timezone.now()
    old, young = (
        InspectionOpening.objects.create(link=link, what="pdf", at=now - timedelta(days=days), address="192.0.2.8")
        for days in (400, 300)
    )
    with refused_by_postgres("kept_its_time"):
        InspectionOpening.objects.filter(pk=young.pk).delete()
    with clock.frozen(business=TODAY, machine=now):
        forget_openings()
    assert not InspectionOpening.objects.filter(pk=old.pk).exists()
    assert InspectionOpening.objects.filter(pk=young.pk).exists()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"recipient": "Autre"}, "link_frozen"),
    ({"expires_at": MACHINE + timedelta(days=29)}, "link_frozen"),
    ({"link_sha256": "0" * 64}, "link_frozen"),
    ({"revoked_at": MACHINE}, "inspection_link_revoked"),
]


@pytest.mark.parametrize(("change", "name"), WRONG)
def test_postgresql_refuses_what_the_services_never_write(change: dict[str, Any], name: str, decided: Case) -> None:
    link, _ = made(decided)
    with refused_by_postgres(name):
        InspectionLink.objects.filter(pk=link.pk).update(**change)
    close_link(link_id=link.pk, actor=decided.titulaire)
    with refused_by_postgres("revoked_is_final"):
        InspectionLink.objects.filter(pk=link.pk).update(revoked_at=None, revoked_by=None)
    with refused_by_postgres("never_deleted|Cannot delete"):
        InspectionLink.objects.filter(pk=link.pk).delete()


BAD: list[tuple[dict[str, Any], str]] = [
    ({"days": 31}, "inspection_link_length"),
    ({"days": 0}, "inspection_link_length"),
    ({"expires_at": MACHINE + timedelta(days=30, seconds=1)}, "inspection_link_length"),
    ({"expires_at": MACHINE}, "inspection_link_length"),
    ({"recipient": ""}, "inspection_link_says"),
    ({"reason": ""}, "inspection_link_says"),
    ({"link_sha256": "x"}, "inspection_link_hash"),
]


@pytest.mark.parametrize(("change", "name"), BAD)
def test_postgresql_refuses_a_wrong_link(change: dict[str, Any], name: str, decided: Case) -> None:
    given = {
        **{"dossier": decided.dossier, "recipient": "A", "reason": "B", "days": 1, "link_sha256": "0" * 64},
        **{"created_at": MACHINE, "created_by_id": decided.titulaire.user_id, "expires_at": MACHINE + timedelta(1)},
    }
    with refused_by_postgres(name):
        InspectionLink.objects.create(**(given | change))


def test_openings_are_append_only(decided: Case) -> None:
    link, token = made(decided)
    open_link(token, Opened.PAGE, "")
    assert InspectionOpening.objects.get().address == "inconnue"
    with refused_by_postgres("never_changed"):
        InspectionOpening.objects.update(address="x")
    with refused_by_postgres("inspection_opening_known"):
        InspectionOpening.objects.create(link=link, what="other", at=MACHINE, address="192.0.2.7")
    with refused_by_postgres("inspection_opening_known"):
        InspectionOpening.objects.create(link=link, what="page", at=MACHINE, address="")


def test_the_pharmacy_downloads_its_own_files_and_nobody_else(client: Client, decided: Case) -> None:
    names = ("dossier_pdf", "archive", "answers_csv", "export")
    for actor in (decided.titulaire, decided.adjoint):
        logged(client, actor)
        for name in names:
            response = client.get(reverse(f"homologation:{name}", args=[decided.pk]))
            assert response.status_code == 200 and body(response), name
    logged(client, people.attach(people.pharmacy(), Role.TITULAIRE))
    assert {client.get(reverse(f"homologation:{name}", args=[decided.pk])).status_code for name in names} == {404}


def test_a_paper_not_made_yet_is_said_to_be_coming(client: Client) -> None:
    one = case_in("approved")
    token = made(one)[1]
    for part in ("inspection_pdf", "inspection_zip"):
        assert client.get(url(token, part)).status_code == 503
    assert client.get(url(token)).status_code == 200
    assert client.get(reverse("homologation:archive", args=[one.pk])).status_code == 302
    deliver_pending()
    files = unzipped(io.BytesIO(body(client.get(url(token, "inspection_zip")))))
    assert set(files) >= {"LISEZMOI.txt", "reponses.json", "reponses.csv", "dossier.json"}
