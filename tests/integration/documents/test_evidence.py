"""The evidence of a signature: what it says, that it can be recomputed from what is printed, that forgeries are named."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from portal.accounts.services.person_keys import Erased, destroy_key
from portal.audit.publishing import publish_root
from portal.common import clock
from portal.documents.domain.evidence import evidence_problems
from portal.documents.evidence import evidence_file, facts_of
from portal.documents.models import Document, Evidence, Signature
from portal.documents.services.evidence import make_evidence, request_evidence, request_owed
from portal.documents.services.verify_file import verify_evidence, verify_file
from tests.factories import sealing as seals
from tests.factories.dossier import Dossier
from tests.factories.evidence import evidence_of, signed_order
from tests.integration.documents import attacks
from tests.integration.documents.test_alone import run
from tests.integration.documents.test_sealed import data_of
from tests.unit.documents import parts

END = '+00:00"}}'


@dataclass(frozen=True)
class Made:
    """A signed order, its evidence after the publication of a root, and the evidence of before."""

    one: Dossier
    signed: bytes
    early: bytes
    content: bytes
    data: dict[str, Any]


@pytest.fixture(scope="module")
def made(register: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with override_settings(AUDIT_FOLDER=tmp_path_factory.mktemp("audit")):
        one = signed_order()
        early = _asked(one)
        with clock.frozen(machine=parts.MACHINE + timedelta(days=1)):
            publish_root()
            late = _asked(one)
            assert request_owed() == 0
        assert early.revision == 1 and late.revision == 2
        signed = Document.objects.get(kind="order_signed")
        content = evidence_file(late)
        yield Made(one, seals.content(signed), evidence_file(early), content, data_of(content))


def _asked(one: Dossier) -> Evidence:
    made = evidence_of(one)
    assert (request_evidence(made.signature_id), make_evidence(made.pk)) == (made, made), "made once"
    return made


@pytest.fixture
def tomorrow(held_clocks: None) -> Iterator[None]:
    """The day of the published root."""
    with clock.frozen(business=parts.ISSUED, machine=parts.MACHINE + timedelta(days=1)):
        yield


def test_it_says_who_what_which_words_how_when_and_where_it_is_written(made: Made) -> None:
    said, signature = made.data, Signature.objects.get()
    shown = made.signed[: said["document"]["shown"]["size"]]
    assert said["document"]["shown"]["sha256"] == hashlib.sha256(shown).hexdigest() == signature.document_sha256
    assert said["document"]["signed"] == {"sha256": hashlib.sha256(made.signed).hexdigest(), "size": len(made.signed)}
    person = said["person"]
    assert (person["name"], person["role"], person["finess"]) == ("Anne Lefèvre", "Titulaire", made.one.place.finess)
    assert (person["organisation"], bool(person["role_since"])) == (signature.organisation.name, True)
    assert said["consent"]["text"] == signature.consent_text
    assert (said["method"]["code"], said["identity"]["acr"]) == ("psc_demo", "eidas1")
    assert said["times"]["signed_at"] == signature.signed_at.isoformat()
    assert said["request"] == {"id": "essai", "address": "", "agent": ""}
    assert said["journal"]["act"]["verb"] == "sign_conditional"
    assert said["journal"]["proof"]["root"]["number"] == 1


def test_a_document_and_its_evidence_are_genuine_together(made: Made, tomorrow: None) -> None:
    assert evidence_problems(made.signed, made.data) == []
    for content in (made.early, made.content):
        verdict = verify_evidence(made.signed, content)
        assert (verdict.genuine, verdict.reasons) == (True, [])
    alone = verify_file(made.content)
    assert (alone.genuine, alone.evidence, alone.document) == (True, True, Document.objects.get(kind="order"))


def test_what_is_printed_gives_the_seal_again(made: Made, tmp_path: Path) -> None:
    """Copied from the paper, page after page, without its blanks."""
    (tmp_path / "evidence.pdf").write_bytes(made.content)
    body = ["-x", "40", "-y", "62", "-W", "520", "-H", "728"]
    done = subprocess.run(
        ["pdftotext", "-raw", *body, "evidence.pdf", "-"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    text = "".join(done.stdout.split())
    printed = text[text.index('{"consent"') : text.rindex(END) + len(END)]
    fingerprint = hashlib.sha256(printed.encode()).hexdigest()
    assert json.loads(printed)["times"]["signed_at"] == made.data["times"]["signed_at"]
    assert fingerprint in text.replace(printed, "")


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "consent": (lambda said: said["consent"].update(text="J’accepte tout"), "Le texte de l’accord"),
    "token": (lambda said: said["identity"].update(id_token=said["identity"]["id_token"][:-6] + "AAAAAA"), "jeton"),
    "keys": (lambda said: said["identity"]["jwks"].update(keys=_stranger()), "jeton d’identité n’est pas signé"),
    "intent": (lambda said: said["identity"]["intent"].update(salt="autre"), "ne répond pas à l’intention"),
    "document": (lambda said: said["identity"]["intent"].update(documents=["0" * 64]), "pour un autre document"),
    "version": (lambda said: said["consent"].update(version="autre"), "pour un autre texte"),
    "level": (lambda said: said["identity"].update(acr="eidas3"), "niveau d’assurance"),
    "act": (lambda said: said["journal"]["proof"]["events"][0].update(at="2022-01-01T00:00:00+00:00"), "Journal"),
    "root": (lambda said: said["journal"]["proof"]["root"].update(tree="0" * 64), "n’a pas la forme"),
    "shape": (lambda said: said.pop("journal"), "n’a pas la forme"),
    "schema": (lambda said: said.update(schema="autre"), "Ce n’est pas la preuve"),
}


def _stranger() -> list[dict[str, Any]]:
    key = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256)
    from_text = json.loads(_STRANGER)
    assert key.from_jwk(from_text)
    return [from_text]


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_statement_is_named(name: str, made: Made) -> None:
    forge, words = FORGERIES[name]
    said = deepcopy(made.data)
    forge(said)
    assert any(words in problem for problem in evidence_problems(made.signed, said)), name


def test_the_root_must_be_the_published_one(made: Made) -> None:
    assert evidence_problems(made.signed, made.data, root_hash=made.data["journal"]["proof"]["hash"]) == []
    assert "autre racine" in evidence_problems(made.signed, made.data, root_hash="0" * 64)[0]


def test_the_evidence_of_another_file_or_altered_is_not_genuine(made: Made) -> None:
    cut = made.signed[: made.data["document"]["shown"]["size"]]
    assert "autre fichier" in verify_evidence(cut, made.content).reasons[0]
    for position in (200, len(made.content) // 2):
        forged = attacks.flipped(made.content, position)
        verdict = verify_evidence(made.signed, forged)
        assert not verdict.genuine and any("octet près" in reason for reason in verdict.reasons)


def test_the_command_and_the_published_script_agree(
    made: Made, tomorrow: None, authority: Path, tmp_path: Path
) -> None:
    (tmp_path / "order.pdf").write_bytes(made.signed)
    (tmp_path / "evidence.pdf").write_bytes(made.content)
    call_command("verify_document", tmp_path / "order.pdf", evidence=tmp_path / "evidence.pdf")
    root = made.data["journal"]["proof"]["hash"]
    arguments = ["--roots", str(authority), "--evidence", "evidence.pdf", "order.pdf"]
    code, said = run(tmp_path, *arguments, "--root", root)
    assert (code, said.count(": authentique")) == (0, 2), said
    code, said = run(tmp_path, *arguments, "--root", "0" * 64)
    assert (code, "autre racine" in said) == (1, True)
    with pytest.raises(CommandError, match="seul fichier"):
        call_command(
            "verify_document", tmp_path / "order.pdf", tmp_path / "order.pdf", evidence=tmp_path / "evidence.pdf"
        )


@pytest.mark.django_db
def test_an_erased_signatory_closes_the_evidence_for_good(sealing: None) -> None:
    signed_order()
    signature = Signature.objects.get()
    made = request_evidence(signature.pk)
    assert made is not None
    destroy_key(signature.signer_id)
    assert make_evidence(made.pk).sha256 is None
    with pytest.raises(Erased):
        facts_of(signature)


_STRANGER = json.dumps(
    {
        "kty": "RSA",
        "kid": "etrangere",
        "use": "sig",
        "alg": "RS256",
        "e": "AQAB",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs"
        "tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n9"
        "1CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    }
)
"""The public example key of RFC 7517, appendix A.1."""
