"""The published script and a signature made with a certificate of the person's own: named rightly, never a stranger's."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from portal.common import clock
from portal.documents import alone, storage
from portal.documents.evidence import evidence_file
from portal.documents.selectors import latest
from portal.outbox.services.deliver import deliver_pending
from tests.factories.dossier import SIGNED, dossier
from tests.factories.evidence import evidence_of
from tests.integration.documents import attacks
from tests.integration.documents.own_certificates import Certifier, accepted, signed
from tests.integration.documents.test_alone import run
from tests.integration.documents.test_signed_elsewhere import give
from tests.unit.documents.parts import MACHINE

pytestmark = pytest.mark.django_db
CPX, OTHER = Certifier(), Certifier()


@pytest.fixture(scope="module")
def made(register: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An order given back signed with a card (``signed.pdf``), and its evidence; the roots accepted, in a folder."""
    folder = tmp_path_factory.mktemp("personal")
    with accepted(folder / "accepted", cpx=CPX), clock.frozen(business=SIGNED, machine=MACHINE):
        one = dossier()
        one.draft()
        one.issue()
        deliver_pending()
        document = latest("order", "orders_order", str(one.pk))
        assert document is not None
        content = signed(storage.read(document.sha256 or ""), CPX.issue(), CPX, "Ma_Signature")
        give(one, content)
        deliver_pending()
        (folder / "evidence.pdf").write_bytes(evidence_file(evidence_of(one)))
        (folder / "signed.pdf").write_bytes(content)
    return folder


@pytest.fixture
def files(made: Path, tmp_path: Path) -> Path:
    """A copy to be spoilt."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_alone_with_the_published_roots(files: Path, sealing: None, settings: Any) -> None:
    settings.SIGNATURE_ROOTS = str(files / "accepted")
    asked = ["--roots", "certificats", "--personal", "certificats-personnels", "--evidence", "evidence.pdf"]
    code, said = run(files, *asked, "signed.pdf")
    assert code == 0, said
    assert "signed.pdf : authentique" in said and "evidence.pdf : authentique" in said
    own = next(line for line in said.splitlines() if "Ma_Signature" in line)
    assert "certificat de carte CPx du signataire" in own


def main(capsys: pytest.CaptureFixture[str], files: Path, authority: Path, *asked: str) -> tuple[int, str]:
    """The same script, here."""
    code = alone.main(["--roots", str(authority), *(str(files / a) if a.endswith("pdf") else a for a in asked)])
    return code, capsys.readouterr().out


def test_without_its_root_it_is_told_as_personal(
    files: Path, authority: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for more in ([], ["--evidence", "evidence.pdf"]):
        code, said = main(capsys, files, authority, "--signed", "signed.pdf", *more)
        assert code == 1 and "signed.pdf : NON ÉTABLI" in said
        assert "Certificat personnel du signataire, racine non fournie" in said
        assert "n’est pas un certificat du portail" not in said and "n’était pas attendue" not in said


def test_roots_that_are_not_its_own(files: Path, authority: Path, capsys: pytest.CaptureFixture[str]) -> None:
    OTHER.publish(files / "others" / "cpx")
    code, said = main(capsys, files, authority, "--signed", "--personal", str(files / "others"), "signed.pdf")
    assert code == 1 and "signed.pdf : NON AUTHENTIQUE" in said and "dont la racine est donnée" in said


def test_a_tampered_one_and_one_revoked(files: Path, authority: Path, capsys: pytest.CaptureFixture[str]) -> None:
    personal = ["--signed", "--personal", str(files / "accepted")]
    (files / "forged.pdf").write_bytes(attacks.with_annotation((files / "signed.pdf").read_bytes()))
    code, said = main(capsys, files, authority, *personal, "forged.pdf")
    assert code == 1 and "NON AUTHENTIQUE" in said and "complété après coup" in said
    CPX.publish(files / "accepted" / "cpx", CPX.issue())
    code, said = main(capsys, files, authority, *personal, "signed.pdf")
    assert code == 1 and "est révoqué" in said


def test_a_seal_of_a_stranger_is_no_personal_certificate(
    files: Path, authority: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    OTHER.publish(files / "elsewhere")
    code = alone.main(["--roots", str(files / "elsewhere"), "--signed", str(files / "signed.pdf")])
    assert code == 1 and "Sig_Emetteur : Son certificat n’est pas un certificat du portail." in capsys.readouterr().out


def test_wrong_usage(files: Path, authority: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "bare").mkdir()
    with pytest.raises(SystemExit) as stopped:
        main(capsys, files, authority, "--personal", str(files / "bare"), "signed.pdf")
    assert stopped.value.code == 2 and "aucun certificat" in capsys.readouterr().err
