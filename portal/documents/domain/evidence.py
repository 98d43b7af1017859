"""The evidence of one signature: what it says, and whether a signed file and its evidence belong together.

Checked without the portal: every hash in it is recomputed from the file, from the identity provider's own token and
keys, and from the way through the journal to a root that was published. Sources: eIDAS art. 25-26; signing facts §3.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt

from portal.accounts.domain.intents import commits_to, nonce_of
from portal.audit.domain.proof import proof_from, verify_proof
from portal.common.canonical import canonical

if TYPE_CHECKING:
    from jwt.types import Options

SCHEMA, TITLE = "evidence/1", "Preuve de signature"
ALGORITHMS = ["RS256", "PS256", "ES256"]
_SIGNATURE_ALONE: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""Its dates were checked on the day of the signature."""


@dataclass(frozen=True)
class EvidenceParts:
    """What the evidence is made of. ``document``: title, number, code, and hash and size of the file shown and of the
    signed one. ``person``: name, national identifier, role, organisation, FINESS, and since when the role is held.
    ``identity``: the fresh authentication with its token and keys, None for another method. ``journal``: the hash of
    the act, and its way to a published root once there is one."""

    frame: Mapping[str, Any]
    document: Mapping[str, Any]
    person: Mapping[str, Any]
    consent: Mapping[str, Any]
    method: Mapping[str, Any]
    times: Mapping[str, Any]
    request: Mapping[str, Any]
    rules: Mapping[str, Any]
    identity: Mapping[str, Any] | None
    journal: Mapping[str, Any]


def evidence_snapshot(parts: EvidenceParts) -> dict[str, Any]:
    """The value that the evidence prints, carries and seals."""
    return {"schema": SCHEMA, **vars(parts)}


def printed_fingerprint(snapshot: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical JSON without any blank: what is printed gives it again, however its lines break."""
    return hashlib.sha256("".join(canonical(dict(snapshot)).decode().split()).encode()).hexdigest()


def evidence_problems(content: bytes, said: Mapping[str, Any] | None, *, root_hash: str = "") -> list[str]:
    """What does not hold between a signed file and what its evidence says, in French; empty where all does.

    ``root_hash``: the root as published that day, where it is known otherwise.
    """
    if said is None or said.get("schema") != SCHEMA:
        return ["Ce n’est pas la preuve d’une signature."]
    try:
        return [
            *_file_problems(content, said["document"]),
            *_consent_problems(said["consent"]),
            *_identity_problems(said),
            *_journal_problems(said["journal"], root_hash),
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"La preuve n’a pas la forme attendue ({type(error).__name__})."]


def _file_problems(content: bytes, document: Mapping[str, Any]) -> list[str]:
    for of, words in (("signed", "signé"), ("shown", "présenté à la signature")):
        said = document[of]
        if len(content) < said["size"] or hashlib.sha256(content[: said["size"]]).hexdigest() != said["sha256"]:
            return [f"La preuve porte sur un autre fichier : le document {words} n’est pas celui-ci."]
    return []


def _consent_problems(consent: Mapping[str, Any]) -> list[str]:
    if hashlib.sha256(consent["text"].encode()).hexdigest() == consent["sha256"]:
        return []
    return ["Le texte de l’accord n’est pas celui dont la preuve donne l’empreinte."]


def _identity_problems(said: Mapping[str, Any]) -> list[str]:
    identity, shown = said["identity"], said["document"]["shown"]["sha256"]
    if identity is None:
        return []
    claims = _claims(identity["id_token"], identity["jwks"])
    if claims is None:
        return ["Le jeton d’identité n’est pas signé par les clés du fournisseur d’identité jointes à la preuve."]
    intent, problems = identity["intent"], []
    if claims.get("nonce") != nonce_of(intent):
        problems.append("Le jeton d’identité ne répond pas à l’intention de signer jointe à la preuve.")
    if not commits_to(intent, shown, identity["proof"], identity["position"]):
        problems.append("L’identité a été confirmée pour un autre document.")
    if intent.get("consent") != said["consent"]["version"]:
        problems.append("L’identité a été confirmée pour un autre texte d’accord.")
    if (claims.get("iss"), claims.get("acr")) != (identity["issuer"], identity["acr"]):
        problems.append("L’émetteur ou le niveau d’assurance n’est pas celui du jeton d’identité.")
    return problems


def _claims(token: str, jwks: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for key in jwt.PyJWKSet.from_dict(dict(jwks)).keys:
        try:
            claims: Mapping[str, Any] = jwt.decode(token, key, algorithms=ALGORITHMS, options=_SIGNATURE_ALONE)
        except jwt.PyJWTError:
            continue
        return claims
    return None


def _journal_problems(journal: Mapping[str, Any], root_hash: str) -> list[str]:
    if journal["proof"] is None:
        return []
    found = verify_proof(proof_from(journal["proof"]), event_hash=journal["event_hash"], root_hash=root_hash)
    return [f"Journal : {problem}." for problem in found]
