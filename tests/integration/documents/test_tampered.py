"""Whatever is done to a sealed file is found and named; the untouched one passes, also in 2034."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.documents import verify
from portal.documents.services.verify_file import UNREGISTERED, Verdict, verify_file
from tests.factories.sealing import Sealed
from tests.integration.documents import attacks
from tests.unit.documents.parts import MACHINE

ALTERED = "Le contenu signé a été modifié après la signature."
UNMATCHED = "La signature ne correspond pas à son certificat."
COMPLETED = "Le fichier a été complété après coup par autre chose que ce qui était permis."
UNREADABLE = "Le fichier n’est pas un PDF lisible, ou il a été abîmé"
NO_ISSUER, NO_CLIENT = "Il manque le cachet de l’émetteur.", "Il manque la signature du client."


def forged(content: bytes) -> Verdict:
    """The verdict on a forged file, which is never that it is genuine, and never in the register."""
    verdict = verify_file(content)
    assert not verdict.genuine
    assert any(reason.startswith(UNREGISTERED) for reason in verdict.reasons)
    return verdict


def by_the_seals(verdict: Verdict) -> str:
    """What the seals alone say against it."""
    return "\n".join(reason for reason in verdict.reasons if not reason.startswith(UNREGISTERED))


@pytest.mark.parametrize("name", ["issued", "signed"])
@pytest.mark.parametrize("year", [None, 2034, 2045])
def test_the_untouched_file_passes_now_and_later(sealed: Sealed, name: str, year: int | None) -> None:
    signed = name != "issued"
    finding = verify.examine(sealed.files[name], sealed.trust, signed=signed, now=MACHINE, in_year=year)
    assert (finding.reasons, [signer.problems for signer in finding.signers]) == ([], [()] * (1 + signed))
    assert finding.holds


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("share", [0.02, 0.7])
def test_one_byte_changed_in_what_is_signed(sealed: Sealed, part: int, share: float) -> None:
    content = sealed.files["signed"]
    covered = attacks.signed_ranges(content)[part]
    verdict = forged(attacks.flipped(content, covered[int(len(covered) * share)]))
    assert any(words in by_the_seals(verdict) for words in (ALTERED, UNREADABLE, NO_ISSUER, NO_CLIENT, UNMATCHED))


UPDATES: dict[str, attacks.Attack] = {
    "page content": attacks.with_page_content,
    "annotation": attacks.with_annotation,
    "attachment": attacks.with_attachment,
    "embedded data": attacks.with_other_data,
}


@pytest.mark.parametrize("name", ["issued", "signed"])
@pytest.mark.parametrize("update", UPDATES)
def test_an_update_appended(sealed: Sealed, name: str, update: str) -> None:
    content = sealed.files[name]
    changed = UPDATES[update](content)
    assert changed.startswith(content) and len(changed) > len(content)
    verdict = forged(changed)
    assert by_the_seals(verdict).count(COMPLETED) == len(verdict.signers) == (2 if name == "signed" else 1)
    assert verdict.document == sealed.signed  # by the code that it still bears


def test_embedded_data_replaced_in_a_file_written_anew(sealed: Sealed) -> None:
    assert ALTERED in by_the_seals(forged(attacks.with_other_data_rewritten(sealed.files["signed"])))


def test_two_signatures_swapped(sealed: Sealed) -> None:
    said = by_the_seals(forged(attacks.swapped(sealed.files["signed"])))
    assert f"{verify.ISSUER_FIELD} : {ALTERED}" in said and f"{verify.CLIENT_FIELD} : {ALTERED}" in said


def test_the_signature_of_another_order(sealed: Sealed) -> None:
    said = by_the_seals(forged(attacks.transplanted(sealed.files["signed"], sealed.files["other"])))
    assert f"{verify.ISSUER_FIELD} : {ALTERED}" in said


def test_a_page_of_another_order_inserted(sealed: Sealed) -> None:
    content, other = sealed.files["signed"], sealed.files["other"]
    assert by_the_seals(forged(attacks.with_page_of(content, other))).count(COMPLETED) == 2
    assert ALTERED in by_the_seals(forged(attacks.with_page_of_rewritten(content, other)))


def test_the_last_revision_cut_off(sealed: Sealed) -> None:
    """Without its archive time-stamp the signatures still hold: the register alone sees it."""
    content = sealed.files["signed"]
    end = content.rindex(b"%%EOF", 0, content.rindex(b"%%EOF")) + len(b"%%EOF\n")
    verdict = forged(content[:end])
    assert verdict.document == sealed.signed
    assert [signer["field"] for signer in verdict.signers] == ["Sig_Emetteur", "Sig_Client"]


def test_the_signature_of_the_client_cut_off(sealed: Sealed) -> None:
    """What is left is the order as it was issued, byte for byte, and nothing more: it is not said to be signed."""
    cut = sealed.files["signed"][: len(sealed.files["issued"])]
    verdict = verify_file(cut)
    assert (verdict.genuine, verdict.document) == (True, sealed.issued)
    assert [signer["field"] for signer in verdict.signers] == ["Sig_Emetteur"]
    assert verify.examine(cut, sealed.trust, signed=True, now=MACHINE).reasons == [NO_CLIENT]


def test_the_signature_of_the_client_taken_out(sealed: Sealed) -> None:
    said = by_the_seals(forged(attacks.without_signature(sealed.files["signed"], verify.CLIENT_FIELD)))
    assert NO_CLIENT in said and COMPLETED in said


def test_bytes_appended_after_the_end(sealed: Sealed) -> None:
    for more in (b"\n", b"%\n", b"\0" * 64, b"1 0 obj\n<< /Evil true >>\nendobj\n"):
        assert forged(sealed.files["signed"] + more)


def test_bytes_put_before_the_beginning(sealed: Sealed) -> None:
    assert by_the_seals(forged(b"%\n" + sealed.files["signed"]))


def test_bits_turned_inside_the_signatures(sealed: Sealed) -> None:
    """Where a signature itself is written it does not look: the register does."""
    content, rng = sealed.files["signed"], random.Random(20221116)
    places = attacks.signature_bytes(content)
    assert len(places) == 3
    for place in places:
        forged(attacks.flipped(content, rng.choice(place)))
        forged(attacks.flipped(content, place[-1]))  # the padding behind it


def test_written_anew_by_another_program(sealed: Sealed) -> None:
    assert ALTERED in by_the_seals(forged(attacks.rewritten(sealed.files["signed"])))


@pytest.mark.parametrize("password", ["", "secret"])
def test_closed_by_a_password(sealed: Sealed, password: str) -> None:
    assert UNREADABLE in by_the_seals(forged(attacks.encrypted(sealed.files["signed"], password)))


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 1000, b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF\n", b"PK\x03\x04", random.Random(1).randbytes(5000)],
    ids=["empty", "zeros", "header", "nothing", "zip", "junk"],
)
def test_no_document_at_all(sealed: Sealed, content: bytes) -> None:
    verdict = forged(content)
    assert UNREADABLE in by_the_seals(verdict)
    assert (verdict.document, verdict.signers) == (None, [])


def test_a_pdf_without_a_seal(sealed: Sealed) -> None:
    unsealed = sealed.files["issued"].split(b"%%EOF\n")[0] + b"%%EOF\n"
    verdict = forged(unsealed)
    assert NO_ISSUER in by_the_seals(verdict)
    assert verdict.signers == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(data=st.data())
def test_any_bit_turned_anywhere(sealed: Sealed, data: st.DataObject) -> None:
    content = sealed.files["signed"]
    position = data.draw(st.integers(0, len(content) - 1))
    forged(attacks.flipped(content, position, data.draw(st.integers(0, 7))))
