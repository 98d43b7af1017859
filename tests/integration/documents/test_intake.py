"""What enters and what does not: each refusal by a file really made, and the antivirus on a real socket."""

from __future__ import annotations

import hashlib
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.common.refusals import Refused
from portal.config import env
from portal.documents import storage
from portal.documents.domain.incoming import PDF, SCANS, Incoming, label_of
from portal.documents.intake.receive import receive
from tests.integration.documents import antivirus
from tests.integration.documents.sent_files import BAD, SOUND, image, pdf


def received(content: bytes, name: str = "bon.pdf", kinds: frozenset[str] = frozenset({PDF})) -> Incoming:
    upload: Any = SimpleUploadedFile("any", content)
    upload._name = name  # past Django's own cleaning, which is not what is relied on
    return receive(upload, kinds)


@pytest.mark.parametrize("which", SOUND)
def test_a_sound_pdf_enters(which: str) -> None:
    content = SOUND[which]
    assert received(content) == Incoming(content, PDF, "bon.pdf", hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("which", BAD)
def test_a_bad_file_says_why_and_leaves_nothing(which: str, documents_folder: Path) -> None:
    content, code = BAD[which]
    with pytest.raises(Refused) as refused:
        received(content)
    assert refused.value.codes == (code,) and refused.value.refusals[0].field == "file"
    assert not list(storage.stored_hashes())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_images_enter_where_a_scan_is_expected_and_whole(kind: str) -> None:
    content = image(kind)
    assert received(content, kinds=SCANS).media_type == f"image/{kind.lower()}"
    for wrong, kinds, code in (
        (content, frozenset({PDF}), "bad_kind"),
        (content[: len(content) // 2], SCANS, "damaged"),
    ):
        with pytest.raises(Refused) as refused:
            received(wrong, kinds=kinds)
        assert refused.value.codes == (code,)


def test_an_image_larger_than_a_page_is_refused_before_it_is_unfolded() -> None:
    content = bytearray(image("PNG", (10, 10)))
    content[16:24] = (60_000).to_bytes(4, "big") * 2  # the header says 3.6 billion pixels
    with pytest.raises(Refused):
        received(bytes(content), kinds=SCANS)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\moi\bon signé.pdf", "bon signé.pdf"),
        ("a\x00b\n<c>.pdf", "abc.pdf"),
        ("..", "fichier"),
        ("é" * 300 + ".pdf", "é" * 116 + ".pdf"),
    ],
)
def test_a_name_is_a_label_never_a_path(name: str, label: str) -> None:
    assert label_of(name) == label and received(SOUND["plain"], name).label == label


def test_the_antivirus_sees_the_whole_file(settings: Any, tmp_path: Path) -> None:
    content = SOUND["plain"]
    for path in ("", str(tmp_path / "clamd")):
        with antivirus.daemon(path=path) as (settings.CLAMAV_ADDRESS, seen):
            assert received(content).content == content and seen == [content]


def test_what_the_antivirus_names_is_refused(settings: Any) -> None:
    infected = pdf(lambda made: made.docinfo.update({"/Title": antivirus.SIGNATURE.decode()}))
    with antivirus.daemon() as (settings.CLAMAV_ADDRESS, _), pytest.raises(Refused) as refused:
        received(infected)
    assert refused.value.codes == ("virus",)


def test_without_an_answer_nothing_enters(settings: Any) -> None:
    with antivirus.daemon(antivirus.full) as (settings.CLAMAV_ADDRESS, _), pytest.raises(Refused) as refused:
        received(SOUND["plain"])
    assert refused.value.codes == ("antivirus_down",)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(Refused) as refused:
            received(SOUND["plain"])
    assert refused.value.codes == ("antivirus_down",) and "Réessayez" in refused.value.refusals[0].message


@pytest.mark.parametrize("given", ["", "clamav:3310", "/run/clamav/clamd.ctl", "unix:/run/clamd", "[::1]:3310"])
def test_addresses_of_the_antivirus(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAMAV_ADDRESS", given)
    assert env.clamav() == given.removeprefix("unix:")


@pytest.mark.parametrize("given", ["clamav", "clamav:", ":3310", "clamav:99999", "run/clamd", "unix:clamd"])
def test_wrong_addresses_stop_the_start(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAMAV_ADDRESS", given)
    with pytest.raises(ImproperlyConfigured, match="CLAMAV_ADDRESS"):
        env.clamav()


def test_a_name_with_a_patients_number_is_refused() -> None:
    name = "accuse 1 85 05 78 006 084 36.pdf"
    with pytest.raises(Refused, match="renommez le fichier"):
        received(SOUND[next(iter(SOUND))], name)
    assert received(SOUND[next(iter(SOUND))], "accuse 2022-11-15.pdf").label == "accuse 2022-11-15.pdf"
