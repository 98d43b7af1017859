"""A fresh authentication that commits to what is signed: kept, claimed once, readable until the person is erased."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from pytest_django import Settings

from portal.accounts.domain.intents import commits_to, nonce_of
from portal.accounts.models import PersonKey, StepUp, StepUpDocument, User
from portal.accounts.psc.step_up import begin_step_up
from portal.accounts.services.identities import record_identity
from portal.accounts.services.person_keys import Erased, destroy_key, seal, unseal
from portal.accounts.services.step_up import (
    VALID_FOR,
    Proven,
    binding_of,
    claim_step_up,
    make_intent,
    record_step_up,
    standing_to_sign,
)
from portal.common import clock
from portal.common.refusals import Refused
from portal.demo.identity.people import PEOPLE
from portal.demo.identity.provider import Grant, IdentityProvider
from tests.conftest import MACHINE
from tests.factories import people
from tests.integration.accounts.providers import Browser
from tests.integration.refusals import refused_by_postgres

ORDER = hashlib.sha256(b"the order as shown").hexdigest()
OTHERS = [hashlib.sha256(bytes([n])).hexdigest() for n in range(4)]
CONSENT = "bdc-1"


@pytest.fixture
def signer(db: None) -> User:
    """Élise Fabre, who is known by her national identifier."""
    user = people.person("Élise", "Fabre")
    record_identity(user=user, national_id=PEOPLE["canal"].national_id, recorded_by=None)
    return user


def begin(browser: Browser, documents: list[str]) -> str:
    """What a page that signs does: the address at the provider. The session is the browser's own."""
    request = RequestFactory().post("/commandes/x/signer/", HTTP_HOST="testserver")
    request.session = browser.portal.session
    request.user = User.objects.get(pk=request.session["_auth_user_id"])
    response = begin_step_up(request, documents=documents, consent=CONSENT, next_url="/commandes/x/signer/")
    request.session.save()
    return str(response["Location"])


def sign(user: User, document: str) -> StepUp:
    """A signing service, as orders and attestations are to be."""
    with transaction.atomic():
        return claim_step_up(user_id=user.pk, document_sha256=document)


def test_the_nonce_that_comes_back_signed_commits_to_the_document(
    provider: IdentityProvider, signer: User, browser: Browser
) -> None:
    browser.log_in("canal")
    away = begin(browser, [ORDER])
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away).query).items()}
    assert (asked["prompt"], asked["max_age"], len(asked["nonce"])) == ("login", "0", 43)
    response = browser.portal.get(browser.confirm(away, "canal"))
    assert (response.status_code, response["Location"]) == (302, "/commandes/x/signer/")

    step_up = sign(signer, ORDER)
    kept = json.loads(unseal(signer.pk, step_up.sealed))
    claims = jwt.decode(
        kept["id_token"], jwt.PyJWK(step_up.jwks["keys"][0]), algorithms=["RS256"], audience="portail",
        options={"verify_exp": False, "verify_iat": False},
    )  # fmt: skip
    assert claims["nonce"] == nonce_of(step_up.intent) == step_up.nonce
    assert step_up.intent["documents"] == [ORDER]
    assert step_up.intent["consent"] == CONSENT
    assert kept["userinfo"]["SubjectNameID"] == PEOPLE["canal"].national_id
    assert (step_up.acr, step_up.auth_mode, step_up.demo) == ("eidas1", "DEMONSTRATION", True)
    assert step_up.auth_time == MACHINE
    assert hashlib.sha256(step_up.sealed.encode()).hexdigest() == step_up.sealed_sha256
    assert PEOPLE["canal"].national_id not in step_up.sealed


def test_the_known_browser_is_asked_again(provider: IdentityProvider, signer: User, browser: Browser) -> None:
    browser.log_in("canal")
    page = browser.outside.get(begin(browser, [ORDER]), allow_redirects=False)
    assert page.status_code == 200
    assert "pour une signature" in page.text


def test_several_documents_by_one_authentication(provider: IdentityProvider, signer: User, browser: Browser) -> None:
    browser.log_in("canal")
    browser.portal.get(browser.confirm(begin(browser, OTHERS), "canal"))
    for position, document in enumerate(OTHERS):
        step_up = sign(signer, document)
        binding = binding_of(step_up, document)
        assert binding["position"] == position
        assert commits_to(binding["intent"], document, binding["proof"], position)
        assert not commits_to(binding["intent"], ORDER, binding["proof"], position)
        assert document not in json.dumps(step_up.intent)
    assert StepUp.objects.count() == 1


def test_it_serves_once_and_for_that_document(provider: IdentityProvider, signer: User, browser: Browser) -> None:
    browser.log_in("canal")
    browser.portal.get(browser.confirm(begin(browser, [ORDER]), "canal"))
    assert standing_to_sign(signer.pk, ORDER).confirmed
    for user, document in ((signer, OTHERS[0]), (people.person(), ORDER)):
        with pytest.raises(Refused) as refused:
            sign(user, document)
        assert refused.value.codes == ("step_up_missing",)
    sign(signer, ORDER)
    assert not standing_to_sign(signer.pk, ORDER).confirmed
    with pytest.raises(Refused, match="Pro Santé Connect"):
        sign(signer, ORDER)


def test_a_signature_that_fails_leaves_it_unused(signer: User) -> None:
    recorded(signer, [ORDER])
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        claim_step_up(user_id=signer.pk, document_sha256=ORDER)
        raise ZeroDivisionError
    assert sign(signer, ORDER).user == signer


@pytest.mark.parametrize(("after", "serves"), [(-1, True), (0, False), (1, False)])
def test_it_serves_fifteen_minutes(after: int, serves: bool, signer: User) -> None:
    recorded(signer, [ORDER])
    with clock.frozen(machine=MACHINE + VALID_FOR + timedelta(seconds=after)):
        assert standing_to_sign(signer.pk, ORDER).confirmed is serves


def recorded(user: User, documents: list[str]) -> StepUp:
    """A step-up as if the person had just come back."""
    claims = {"iss": "https://psc.example", "acr": "eidas1", "auth_time": int(MACHINE.timestamp())}
    proven = Proven("a.b.c", claims, {"sub": "x", "given_name": "Élise"}, {"keys": []}, "CARD", False)
    return record_step_up(user_id=user.pk, intent=make_intent(documents, CONSENT), documents=documents, proven=proven)


def test_somebody_else_does_not_confirm(provider: IdentityProvider, signer: User, browser: Browser) -> None:
    """A colleague's card at the titulaire's open session."""
    browser.log_in("canal")
    response = browser.portal.get(browser.confirm(begin(browser, [ORDER]), "gare"))
    assert response.status_code == 403
    assert "pas la personne attendue" in response.content.decode()
    assert not StepUp.objects.exists()


def test_nobody_confirms_for_a_session_that_has_ended(
    provider: IdentityProvider, signer: User, browser: Browser
) -> None:
    browser.log_in("canal")
    back = browser.confirm(begin(browser, [ORDER]), "canal")
    session = browser.portal.session
    for key in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[key]
    session.save()
    assert browser.portal.get(back).status_code == 403
    assert not StepUp.objects.exists()


STALE: dict[str, Callable[[int], Any]] = {
    "an hour ago": lambda now: now - 3600,
    "just before": lambda now: now - 61,
    "to come": lambda now: now + 3600,
    "nothing": lambda now: None,
    "a word": lambda now: "maintenant",
    "true": lambda now: True,
}


@pytest.mark.parametrize("when", STALE)
def test_an_old_authentication_does_not_bind(
    when: str, provider: IdentityProvider, signer: User, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that does not honour « max_age=0 »."""
    browser.log_in("canal")
    back = browser.confirm(begin(browser, [ORDER]), "canal")
    honest = type(provider).id_token_claims

    def stale(self: IdentityProvider, grant: Grant) -> dict[str, Any]:
        return honest(self, grant) | {"auth_time": STALE[when](int(MACHINE.timestamp()))}

    monkeypatch.setattr(type(provider), "id_token_claims", stale)
    response = browser.portal.get(back)
    assert response.status_code == 403
    assert "reconfirmée" in response.content.decode()
    assert not StepUp.objects.exists()


def test_the_nonce_of_other_documents_does_not_bind(provider: IdentityProvider, signer: User, browser: Browser) -> None:
    """The answer to one intent, slipped in as the answer to another."""
    browser.log_in("canal")
    away = begin(browser, [ORDER])
    nonce = parse_qs(urlsplit(away).query)["nonce"][0]
    other = nonce_of(make_intent([OTHERS[0]], CONSENT))
    assert browser.portal.get(browser.confirm(away.replace(nonce, other), "canal")).status_code == 400
    assert not StepUp.objects.exists()


def test_the_answer_serves_once(provider: IdentityProvider, signer: User, browser: Browser) -> None:
    browser.log_in("canal")
    back = browser.confirm(begin(browser, [ORDER]), "canal")
    browser.portal.get(back)
    assert browser.portal.get(back).status_code == 400
    assert StepUp.objects.count() == 1


def test_two_signatures_at_once_use_it_once(committed_db: str) -> None:
    user = people.person()
    recorded(user, [ORDER])

    def one(_: int) -> str:
        try:
            sign(user, ORDER)
            return "signed"
        except Refused:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == ["refused", "refused", "refused", "signed"]


def test_it_belongs_inside_a_transaction(committed_db: str) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        claim_step_up(user_id=1, document_sha256=ORDER)


def test_postgres_keeps_it(signer: User) -> None:
    step_up = recorded(signer, [ORDER])
    sign(signer, ORDER)
    for change in (
        {"nonce": "A" * 43},
        {"sealed": "x"},
        {"acr": "eidas3"},
        {"valid_until": MACHINE + timedelta(days=1)},
    ):
        with refused_by_postgres("(?i)cannot update"):
            StepUp.objects.filter(pk=step_up.pk).update(**change)
    with refused_by_postgres("serves a document once"):
        StepUpDocument.objects.update(used_at=None)
    with refused_by_postgres("(?i)cannot delete"):
        StepUpDocument.objects.all().delete()
    with refused_by_postgres("(?i)cannot (update or )?delete"):
        StepUp.objects.all()._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        StepUpDocument.objects.create(step_up=step_up, position=1, sha256=ORDER)


def test_an_unused_document_cannot_become_another(signer: User) -> None:
    recorded(signer, [ORDER])
    with refused_by_postgres("serves a document once"):
        StepUpDocument.objects.update(sha256=OTHERS[0])


def test_erasing_a_person_leaves_the_proof_whole_and_silent(signer: User) -> None:
    step_up = recorded(signer, [ORDER])
    assert b"\xc3\x89lise" in unseal(signer.pk, step_up.sealed)
    destroy_key(signer.pk)
    destroy_key(signer.pk)
    with pytest.raises(Erased):
        unseal(signer.pk, step_up.sealed)
    with pytest.raises(Erased):
        seal(signer.pk, b"again")
    step_up.refresh_from_db()
    assert hashlib.sha256(step_up.sealed.encode()).hexdigest() == step_up.sealed_sha256
    with refused_by_postgres("destroyed for good"):
        PersonKey.objects.filter(user=signer).update(wrapped="x", destroyed_at=None)


def test_who_never_had_a_key_is_erased_too(signer: User) -> None:
    destroy_key(signer.pk)
    with pytest.raises(Erased):
        recorded(signer, [ORDER])


def test_the_operators_key_may_change(signer: User, settings: Settings) -> None:
    sealed = seal(signer.pk, b"content")
    settings.EVIDENCE_KEYS = ["n" * 40, *settings.EVIDENCE_KEYS]
    assert unseal(signer.pk, sealed) == b"content"
    settings.EVIDENCE_KEYS = ["n" * 40]
    with pytest.raises(RuntimeError, match="PORTAL_EVIDENCE_KEYS"):
        unseal(signer.pk, sealed)
