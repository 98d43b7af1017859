"""A person is erased once and for good; what proves their acts stays, and names them no more."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Model
from pytest_django import Settings

from portal.accounts.models import Membership, PersonKey, ProfessionalIdentity, StepUp, User
from portal.accounts.services.identities import record_identity
from portal.accounts.services.person_keys import Erased, unseal
from portal.audit.models import AuditEvent
from portal.audit.selectors import broken_events
from portal.common import clock
from portal.demo.identity.people import PEOPLE
from portal.documents import storage
from portal.documents.models import Document, Signature
from portal.registry.models import AttachmentRequest
from tests.conftest import MACHINE, TODAY
from tests.factories import people
from tests.factories.dossiers import order_in

pytestmark = pytest.mark.django_db


def erased(person: User | int, *options: str) -> str:
    """What the command says."""
    said = StringIO()
    call_command("erase_person", str(person.pk if isinstance(person, User) else person), *options, stdout=said)
    return said.getvalue()


@pytest.fixture(autouse=True)
def nothing_is_kept(settings: Settings) -> None:
    """The years for which proofs are kept are over."""
    settings.PROOFS_KEPT_YEARS = 0


@pytest.fixture
def signatory() -> User:
    """Somebody who signed an order, is known by Pro Santé Connect, asked for a pharmacy, and holds no role any more."""
    one = order_in("signed_firm")
    user = User.objects.get(pk=one.titulaire.user_id or 0)
    record_identity(user=user, national_id=PEOPLE["canal"].national_id, recorded_by=None)
    AttachmentRequest.objects.create(
        user=user, pharmacy=people.pharmacy(), role="adjoint", declared={"x": "y"}, contact_email="a@b.example",
        asked_at=TODAY,
    )  # fmt: skip
    Membership.objects.filter(user=user).update(until=TODAY)
    return user


def test_without_yes_it_only_says_what(signatory: User) -> None:
    said = erased(signatory)
    assert "Rien n’a été changé" in said and "identifiant national : 1" in said
    assert "preuves gardées, désormais illisibles : 1, et 0 fichiers" in said
    assert "signatures gardées, avec leurs documents : 1" in said and "achevée le 05/01/2026" in said
    signatory.refresh_from_db()
    assert signatory.is_active and ProfessionalIdentity.objects.filter(user=signatory).exists()
    assert not AuditEvent.objects.filter(verb="erase_person").exists()


def test_what_names_the_person_goes_and_the_proofs_stay(signatory: User) -> None:
    name, address, step_up = signatory.full_name, signatory.email, StepUp.objects.get(user=signatory)
    counts = {model: _count(model) for model in (StepUp, Signature, Document)}
    assert unseal(signatory.pk, step_up.sealed)
    told = json.loads(erased(signatory, "--yes", "--json"))
    assert told["erased"] and not told["done"] and told["removed"]["identities"] == 1
    kept = {name: told[name] for name in ("proofs", "signatures", "evidence", "kept_until")}
    assert kept == {"proofs": 1, "signatures": 1, "evidence": 0, "kept_until": "2026-01-05"}
    person = User.objects.get(pk=signatory.pk)
    assert (person.email, person.full_name, person.is_active) == ("", "Personne effacée", False)
    assert not person.has_usable_password()
    request = AttachmentRequest.objects.get(user=person)
    assert (request.contact_email, request.declared) == ("", {})
    assert {model: _count(model) for model in counts} == counts
    with pytest.raises(Erased):
        unseal(person.pk, StepUp.objects.get(pk=step_up.pk).sealed)
    signed = Signature.objects.get(signer=person)
    assert storage.read(signed.document_sha256)
    event = AuditEvent.objects.get(verb="erase_person")
    assert event.object_id == str(person.pk)
    assert name not in json.dumps(event.data) and address not in json.dumps(event.data)
    assert not list(broken_events("accounts_user", str(person.pk)))


def test_again_it_changes_nothing(signatory: User) -> None:
    erased(signatory, "--yes")
    key = PersonKey.objects.get(user=signatory)
    assert "déjà effacée" in erased(signatory.pk, "--yes")
    assert PersonKey.objects.get(user=signatory).destroyed_at == key.destroyed_at
    assert AuditEvent.objects.filter(verb="erase_person").count() == 1


def test_whoever_still_holds_a_role_is_refused(signatory: User) -> None:
    Membership.objects.filter(user=signatory).update(until=None)
    for options in ((), ("--yes",)):
        with pytest.raises(CommandError, match=r"Mettez fin à ses fonctions") as refused:
            erased(signatory, *options)
        assert refused.value.returncode == 1
    signatory.refresh_from_db()
    assert signatory.is_active and signatory.email
    with clock.frozen(business=TODAY):
        assert ProfessionalIdentity.objects.filter(user=signatory).exists()


def test_whoever_signed_is_kept_as_long_as_the_proofs(signatory: User, settings: Settings) -> None:
    settings.PROOFS_KEPT_YEARS = 10
    with pytest.raises(
        CommandError, match=r"1 signature.* gardées 10 ans .*L’effacement sera possible à partir du 05/01/2036"
    ):
        erased(signatory, "--yes")
    assert not PersonKey.objects.filter(user=signatory, destroyed_at__isnull=False).exists()
    with clock.frozen(business=TODAY, machine=MACHINE.replace(year=2036) + timedelta(seconds=1)):
        assert json.loads(erased(signatory, "--yes", "--json"))["erased"]


def test_an_unknown_person_is_told(signatory: User) -> None:
    for person in ("0", "nulle-part@nulle.example"):
        with pytest.raises(CommandError, match="Aucun compte"):
            call_command("erase_person", person, "--yes")
    call_command("erase_person", signatory.email.upper(), stdout=StringIO())


def _count(model: type[Model]) -> int:
    return model._default_manager.count()
